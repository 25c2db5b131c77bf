/** Starts the dashboard. */
import { createRoot } from "react-dom/client";
import { takeToken } from "./desk/session.ts";
import { openPrefs } from "./state/prefs.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/sign-in.css";
import "./styles/list.css";
import "./styles/conversation.css";
import "./styles/message.css";
import "./styles/details.css";
import "./styles/overlays.css";
import "./styles/print.css";
import { App } from "./ui/App.tsx";
import { PrefsContext } from "./ui/context.tsx";

const token = takeToken(window.location, window.history, window.sessionStorage);
const prefs = openPrefs(window.localStorage, navigator.languages);
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <PrefsContext.Provider value={prefs}>
      <App token={token} />
    </PrefsContext.Provider>,
  );
}
