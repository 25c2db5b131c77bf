/** Who is there? Then the desk, or the page that says what is wrong. */
import { type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { Desk } from "../desk/desk.ts";
import { demoToken, forgetToken, type SignIn, signIn } from "../desk/session.ts";
import { DeskContext, PrefsContext, usePrefs, useTexts } from "./context.tsx";
import { CrashGuard } from "./CrashGuard.tsx";
import { DeskView } from "./DeskView.tsx";
import { Loading } from "./parts.tsx";
import { SignInPage } from "./SignInPage.tsx";

export function App({ token }: { readonly token: string | null }) {
  const [state, setState] = useState<SignIn | null>(null);
  const [credential, setCredential] = useState(token);
  const check = useCallback(() => void signIn(credential).then(setState), [credential]);
  useEffect(check, [check]);
  const enter = async (person: string) => setCredential(await demoToken(person));
  const leave = () => {
    forgetToken();
    setCredential(null);
  };
  return (
    <Appearance>
      <CrashGuard>
        {state === null && <Loading />}
        {state?.kind === "out" && <SignInPage state={state} onRetry={check} onDemo={enter} />}
        {state?.kind === "in" && <SignedIn key={state.me.id} state={state} onEnd={check} onSignOut={leave} />}
      </CrashGuard>
    </Appearance>
  );
}

function SignedIn({
  state,
  onEnd,
  onSignOut,
}: {
  readonly state: SignIn & { kind: "in" };
  readonly onEnd: () => void;
  readonly onSignOut: () => void;
}) {
  const prefs = useContext(PrefsContext);
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    if (!prefs) return;
    const made = new Desk({
      me: state.me,
      api: state.api,
      messageChars: state.messageChars,
      prefs,
      onSessionEnd: onEnd,
    });
    made.start();
    setDesk(made);
    return () => made.stop();
    // A desk lasts as long as its session; a new check of the same person keeps it.
  }, [state.api]);
  if (!desk) return <Loading />;
  return (
    <DeskContext.Provider value={desk}>
      <DeskView onSignOut={state.hasToken ? onSignOut : null} />
    </DeskContext.Provider>
  );
}

/** Theme, language and direction, on the root element and for the components. */
function Appearance({ children }: { readonly children: ReactNode }) {
  const texts = useTexts();
  const [{ theme, locale, direction }] = usePrefs();
  const dir = direction === "auto" ? "ltr" : direction;
  useEffect(() => {
    const root = document.documentElement;
    root.lang = locale;
    root.dir = dir;
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.dataset["theme"] = theme;
  }, [theme, locale, dir]);
  useEffect(() => {
    document.title = `${texts.pageTitle} · ${texts.appName}`;
  }, [texts]);
  // The script subtag turns the components around without changing their language.
  return <I18nProvider locale={dir === "rtl" ? `${locale}-Arab` : locale}>{children}</I18nProvider>;
}
