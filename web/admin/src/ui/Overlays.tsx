/** Notices with Undo, and what is said to people who listen. */
import { Button } from "react-aria-components";
import { useDesk, useStore, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";

export function ToastRegion() {
  const texts = useTexts();
  const { toasts } = useDesk();
  const shown = useStore(toasts.state);
  return (
    <section
      className="toasts"
      aria-label={texts.notices}
      onPointerEnter={() => toasts.hold()}
      onPointerLeave={() => toasts.release()}
      onFocus={() => toasts.hold()}
      onBlur={() => toasts.release()}
    >
      <div aria-live="polite" className="toast-stack">
        {shown.map((toast) => (
          <div key={toast.id} className={`toast toast-${toast.tone}`}>
            <bdi className="toast-text">{toast.text(texts)}</bdi>
            {toast.undo && (
              <Button
                className="toast-undo"
                onPress={() => {
                  toasts.dismiss(toast.id);
                  toast.undo?.();
                }}
              >
                {texts.undo}
                <kbd aria-hidden="true">u</kbd>
              </Button>
            )}
            <Button className="toast-close" aria-label={texts.dismiss} onPress={() => toasts.dismiss(toast.id)}>
              <Icon name="close" />
            </Button>
          </div>
        ))}
      </div>
    </section>
  );
}

export function Announcer() {
  const desk = useDesk();
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {useStore(desk.announcement)}
    </div>
  );
}
