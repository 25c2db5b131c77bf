/** All keys on one sheet. */
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { Texts } from "../i18n/index.ts";
import { SHORTCUTS } from "../state/keymap.ts";
import { usePrefs, useTexts } from "./context.tsx";
import { MOD } from "./TopBar.tsx";

interface SheetProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function HelpSheet({ isOpen, onOpenChange }: SheetProps) {
  const texts = useTexts();
  const [prefs] = usePrefs();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{texts.help}</Heading>
          <p className="muted">{prefs.letters ? texts.helpHint : texts.lettersOff}</p>
          <dl className="shortcuts">
            {SHORTCUTS.map(({ keys, command }) => (
              <div key={keys.join() + command}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key === "Mod" ? MOD : key}</kbd>
                  ))}
                </dt>
                <dd>{describe(texts, command)}</dd>
              </div>
            ))}
          </dl>
          <div className="dialog-buttons">
            <Button slot="close" className="button">
              {texts.gotIt}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function describe(texts: Texts, command: (typeof SHORTCUTS)[number]["command"]): string {
  switch (command) {
    case "next":
      return texts.cmdNext;
    case "previous":
      return texts.cmdPrevious;
    case "open":
      return texts.cmdOpen;
    case "reply":
      return texts.cmdReply;
    case "assign-me":
      return texts.cmdAssignMe;
    case "unassign":
      return texts.cmdUnassign;
    case "resolve":
      return texts.cmdResolve;
    case "close":
      return texts.cmdClose;
    case "reopen":
      return texts.cmdReopen;
    case "search":
      return texts.cmdSearch;
    case "help":
      return texts.cmdHelp;
    case "palette":
      return texts.cmdPalette;
    case "undo":
      return texts.cmdUndo;
    case "back":
      return texts.cmdBack;
    case "details":
      return texts.cmdDetails;
    case "send":
      return texts.cmdSend;
    case "newline":
      return texts.cmdNewline;
    case "move":
      return texts.cmdMove;
    case "priority-LOW":
      return texts.setPriority(texts.priorityLOW);
    case "priority-NORMAL":
      return texts.setPriority(texts.priorityNORMAL);
    case "priority-HIGH":
      return texts.setPriority(texts.priorityHIGH);
    case "priority-URGENT":
      return texts.setPriority(texts.priorityURGENT);
  }
}
