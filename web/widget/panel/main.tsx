/** The panel: loaded on the first click, lives in the launcher's shadow root. */
import { render } from "preact";
import type { Panel, PanelHost } from "../api.ts";
import { inkOn, readableOn } from "../colour.ts";
import { Controller } from "./controller.ts";
import css from "./panel.css?inline";
import { App } from "./views/app.tsx";

/** The hardest grounds of `panel.css` that accented text stands on: light `--sunken`, dark `--surface`. */
const LIGHT = "#f3f4f6";
const DARK = "#1b1e25";

export function mount(host: PanelHost): Panel {
  const { color } = host.settings;
  host.addStyles(css);
  const place = document.createElement("div");
  place.className = "place";
  for (const [name, value] of Object.entries({
    "--accent": color,
    "--on-accent": inkOn(color),
    "--accent-on-light": readableOn(color, LIGHT),
    "--accent-on-dark": readableOn(color, DARK),
  })) place.style.setProperty(name, value);
  host.root.prepend(place);
  const controller = new Controller(host);
  render(<App controller={controller} />, place);
  return {
    open: () => controller.open(),
    close: () => controller.close(),
    setToken: (token) => controller.setToken(token),
    logout: () => controller.logout(),
    setLocale: (locale) => controller.setLocale(locale),
  };
}
