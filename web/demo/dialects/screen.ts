/** The two pages without a framework draw here: a list, the open conversation, what is wrong. */
import { timeOf, type Link } from "./connection.ts";

/** One row of the list. */
export interface Row {
  key: number;
  title: string;
  detail: string;
  unread: number;
  tag?: string;
  isOnline?: boolean;
}

/** One message. */
export interface Line {
  name: string;
  isOwn: boolean;
  isRead: boolean;
  text: string;
  at: string;
}

const byId = (id: string) => document.getElementById(id)!;

function make(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function drawRow(row: Row, isOpen: boolean, open: (key: number) => void): HTMLElement {
  const { key, title, detail, unread, tag = "", isOnline = false } = row;
  const button = make("button", "entry") as HTMLButtonElement;
  button.type = "button";
  button.value = String(key);
  button.setAttribute("aria-current", String(isOpen));
  button.addEventListener("click", () => open(key));
  const name = make("b", isOnline ? "online" : "");
  if (isOnline) name.append(make("span", "hidden", "online: "));
  name.append(make("bdi", "", title));
  const end = unread > 0 ? make("span", "count", String(unread)) : make("span", "tag", tag);
  if (unread > 0) end.append(make("span", "hidden", " unread"));
  const under = document.createElement("small");
  under.append(make("bdi", "", detail));
  button.append(name, end, under);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function drawLine({ name, isOwn, isRead, text, at }: Line): HTMLElement {
  const item = make("li", isOwn ? "message own" : "message");
  const body = make("p", "", text);
  body.dir = "auto";
  const meta = make("span", "meta");
  meta.append(make("bdi", "", isOwn ? "You" : name), `, ${timeOf(at)}${isOwn ? (isRead ? ", read" : ", sent") : ""}`);
  item.append(body, meta);
  return item;
}

/** Shows the chat; `hasList` is false where there is one conversation only. */
export function showChat(hasList: boolean): void {
  byId("chat").hidden = false;
  byId("side").hidden = !hasList;
  byId("chat").classList.toggle("alone", !hasList);
}

/** Draws the list anew; a row that has the focus keeps it. */
export function drawRows(rows: Row[], current: number | null, open: (key: number) => void): void {
  const focused = document.activeElement instanceof HTMLButtonElement ? document.activeElement.value : "";
  byId("entries").replaceChildren(...rows.map((row) => drawRow(row, row.key === current, open)));
  if (rows.length === 0) byId("entries").append(make("li", "empty", "Nothing yet."));
  byId("entries").querySelector<HTMLButtonElement>(`button[value="${CSS.escape(focused)}"]`)?.focus();
}

export function drawLines(lines: Line[]): void {
  byId("messages").replaceChildren(...lines.map(drawLine));
}

export function drawHead(title: string, detail: string): void {
  byId("title").textContent = title;
  byId("detail").textContent = detail;
}

export function drawLink({ state, text }: Link): void {
  byId("composer").querySelector("button")!.disabled = state !== "open";
  byId("link").dataset["state"] = state;
  byId("link").textContent = text;
}

/** Something that has happened; empty takes it away. */
export function drawNotice(text: string): void {
  byId("notice").textContent = text;
}

/** Something that went wrong; empty takes it away. */
export function drawProblem(text: string): void {
  byId("problem").textContent = text;
}

/** Hands what is written to `send`; a text that is not taken comes back into the field. */
export function onWritten(send: (text: string) => Promise<boolean>): void {
  byId("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = byId("text") as HTMLInputElement;
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    if (!(await send(text)) && !field.value) field.value = text;
  });
}
