/** What a person sets for this browser. */
import { type ReactNode, useState } from "react";
import { Button, Dialog, Heading, Label, Modal, ModalOverlay, Radio, RadioGroup, Switch } from "react-aria-components";
import { nameOf } from "../api.ts";
import type { NotificationAnswer } from "../desk/attention.ts";
import { useDesk, usePrefs, useTexts } from "./context.tsx";

interface SettingsProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onSignOut: (() => void) | null;
}

export function SettingsSheet({ isOpen, onOpenChange, onSignOut }: SettingsProps) {
  const texts = useTexts();
  const { me } = useDesk();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{texts.settings}</Heading>
          <p className="muted">
            <bdi>{texts.signedInAs(nameOf(me, texts.personNumber))}</bdi>
          </p>
          <Display />
          <AttentionSettings />
          <section className="settings-section">
            <h3>{texts.keyboard}</h3>
            <Toggle name="letters">{texts.letters}</Toggle>
          </section>
          <div className="dialog-buttons">
            {onSignOut && (
              <Button className="button" onPress={onSignOut}>
                {texts.signOut}
              </Button>
            )}
            <Button slot="close" className="button button-primary">
              {texts.gotIt}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Display() {
  const texts = useTexts();
  const [prefs, set] = usePrefs();
  return (
    <section className="settings-section">
      <h3>{texts.display}</h3>
      <Segments
        label={texts.language}
        value={prefs.locale}
        onChange={(locale) => set({ locale })}
        options={[
          ["en", texts.english],
          ["id", texts.indonesian],
        ]}
      />
      <Segments
        label={texts.theme}
        value={prefs.theme}
        onChange={(theme) => set({ theme })}
        options={[
          ["auto", texts.themeAuto],
          ["light", texts.themeLight],
          ["dark", texts.themeDark],
        ]}
      />
      <Segments
        label={texts.direction}
        value={prefs.direction}
        onChange={(direction) => set({ direction })}
        options={[
          ["auto", texts.directionAuto],
          ["ltr", texts.directionLtr],
          ["rtl", texts.directionRtl],
        ]}
      />
    </section>
  );
}

function AttentionSettings() {
  const texts = useTexts();
  const desk = useDesk();
  const [, set] = usePrefs();
  const [answer, setAnswer] = useState<NotificationAnswer | null>(null);
  const ask = async (wanted: boolean) => {
    const given = wanted ? await desk.attention.askForNotifications() : null;
    setAnswer(given);
    set({ notifications: given === "granted" });
  };
  return (
    <section className="settings-section">
      <h3>{texts.attention}</h3>
      <p className="muted">{texts.attentionHint}</p>
      <div className="setting-line">
        <Toggle name="sound">{texts.sound}</Toggle>
        <Button className="button button-small" onPress={() => desk.attention.testSound()}>
          {texts.soundTest}
        </Button>
      </div>
      <div className="setting-line">
        <Toggle name="notifications" onChange={(wanted) => void ask(wanted)}>
          {texts.notifications}
        </Toggle>
        <Button className="button button-small" onPress={() => void desk.attention.testNotification().then(setAnswer)}>
          {texts.notificationsTest}
        </Button>
      </div>
      <p role="status" className="setting-problem">
        {answer === "denied" && texts.notificationsDenied}
        {answer === "unsupported" && texts.notificationsUnsupported}
      </p>
    </section>
  );
}

function Toggle({
  name,
  onChange,
  children,
}: {
  readonly name: "sound" | "notifications" | "letters";
  readonly onChange?: (value: boolean) => void;
  readonly children: ReactNode;
}) {
  const [prefs, set] = usePrefs();
  return (
    <Switch className="switch" isSelected={prefs[name]} onChange={onChange ?? ((value) => set({ [name]: value }))}>
      <span className="switch-track" aria-hidden="true" />
      {children}
    </Switch>
  );
}

function Segments<K extends string>({
  label,
  value,
  onChange,
  options,
}: {
  readonly label: string;
  readonly value: K;
  readonly onChange: (value: K) => void;
  readonly options: readonly (readonly [K, string])[];
}) {
  return (
    <RadioGroup className="segments" value={value} onChange={(next) => onChange(next as K)} orientation="horizontal">
      <Label className="segments-label">{label}</Label>
      <div className="segments-options">
        {options.map(([id, text]) => (
          <Radio key={id} value={id} className="segment">
            {text}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
