/** Shown when nobody, or nobody with the right role, is signed in: says what is wrong and what to do. */
import { useState } from "react";
import { Button } from "react-aria-components";
import { nameOf } from "../api.ts";
import type { SignIn, SignInProblem } from "../desk/session.ts";
import type { Texts } from "../i18n/index.ts";
import { usePrefs, useTexts } from "./context.tsx";
import { Avatar } from "./parts.tsx";
import { BrandMark } from "./TopBar.tsx";

interface SignInPageProps {
  readonly state: SignIn & { kind: "out" };
  readonly onRetry: () => void;
  readonly onDemo: (person: string) => Promise<void>;
}

export function SignInPage({ state, onRetry, onDemo }: SignInPageProps) {
  const texts = useTexts();
  const [prefs, setPrefs] = usePrefs();
  const [hasFailed, setHasFailed] = useState(false);
  const words = explain(texts, state.problem);
  // Customers cannot work at the desk; without any admin the choice would lead nowhere.
  const people = state.people.filter(({ user }) => user.role === "ADMIN");
  const enter = (person: string) => {
    setHasFailed(false);
    onDemo(person).catch(() => setHasFailed(true));
  };
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <p className="brand">
          <BrandMark />
          <span>{texts.appName}</span>
        </p>
        <h1>{texts.signInTitle}</h1>
        <div role="alert" className={`sign-in-problem problem-${state.problem}`}>
          <p>
            <strong>{words.title}</strong>
          </p>
          <p>{words.hint}</p>
        </div>
        <Button className="button" onPress={onRetry}>
          {texts.retry}
        </Button>
        {people.length > 0 && (
          <section className="demo" aria-labelledby="demo-title">
            <h2 id="demo-title">{texts.demoTitle}</h2>
            <ul>
              {people.map(({ person, user }) => (
                <li key={person}>
                  <Button className="demo-person" onPress={() => enter(person)}>
                    <Avatar id={user.id} name={nameOf(user, texts.personNumber)} />
                    <span>
                      <bdi>{nameOf(user, texts.personNumber)}</bdi>
                      <small>{texts.admin}</small>
                    </span>
                  </Button>
                </li>
              ))}
            </ul>
            <p className="muted">{texts.demoHint}</p>
            {hasFailed && (
              <p role="alert" className="setting-problem">
                {texts.demoFailed}
              </p>
            )}
          </section>
        )}
        <Button
          className="link-button language-switch"
          onPress={() => setPrefs({ locale: prefs.locale === "en" ? "id" : "en" })}
        >
          <span lang={prefs.locale === "en" ? "id" : "en"}>
            {prefs.locale === "en" ? texts.indonesian : texts.english}
          </span>
        </Button>
      </div>
    </main>
  );
}

function explain(texts: Texts, problem: SignInProblem): { title: string; hint: string } {
  switch (problem) {
    case "missing":
      return { title: texts.signInMissing, hint: texts.signInMissingHint };
    case "expired":
      return { title: texts.signInExpired, hint: texts.signInExpiredHint };
    case "forbidden":
      return { title: texts.signInForbidden, hint: texts.signInForbiddenHint };
    case "unreachable":
      return { title: texts.signInUnreachable, hint: texts.signInUnreachableHint };
  }
}
