/** When a part of the page fails, says so instead of leaving it blank. */
import { Component, type ReactNode } from "react";
import { Button } from "react-aria-components";
import { useTexts } from "./context.tsx";
import { EmptyState } from "./parts.tsx";

export class CrashGuard extends Component<{ readonly children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true };
  }

  override render(): ReactNode {
    return this.state.hasCrashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const texts = useTexts();
  return (
    <main role="alert" className="sign-in">
      <EmptyState icon="alert" title={texts.crashed} hint={texts.crashedHint}>
        <Button className="button button-primary" onPress={() => window.location.reload()}>
          {texts.reload}
        </Button>
      </EmptyState>
    </main>
  );
}
