/** Draws a desk into the page. Text goes in as `textContent` only. */
import { locale, word } from "./words.js";

const MOST_FRAMES = 20;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** The element with this id. */
export const element = (id) => document.getElementById(id);

/** Makes an element: `make("p.note.small", "text", child)`. */
export function make(selector, ...content) {
  const [tag, ...classes] = selector.split(".");
  const made = document.createElement(tag);
  made.classList.add(...classes);
  made.append(...content);
  return made;
}

/** Brings a list's elements in line with `items`, keeping those that stay, and with them focus and screen readers' place. */
function align(list, items, create, update) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const focused = document.activeElement;
  const wanted = items.map((item) => {
    const child = known.get(String(item.id)) ?? create(item);
    child.dataset.key = item.id;
    update(child, item);
    return child;
  });
  for (const child of known.values()) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, place) => {
    if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null);
  });
  if (list.contains(focused)) focused.focus();
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

const nameOf = (person) => person.name ?? person.email ?? `#${person.id}`;

function badge(target, kind, value) {
  setText(target, word(value));
  target.className = `badge ${kind} ${value.toLowerCase()}`;
}

/** Draws everything of a desk. `act.pick(roomId)` is called when a room is pressed. */
export function draw(desk, act) {
  drawStream(desk.stream);
  drawRooms(desk, act);
  drawHead(desk);
  drawMessages(desk);
  drawComposer(desk);
}

export function drawStream(state) {
  const pill = element("stream-state");
  setText(pill, word(`stream_${state}`));
  pill.dataset.state = state;
}

function drawRooms(desk, act) {
  const rooms = [...desk.rooms.values()];
  rooms.sort((a, b) => b.lastActivity.localeCompare(a.lastActivity) || b.id - a.id);
  align(element("rooms"), rooms, (room) => roomRow(room, act), (row, room) => fillRow(row, room, desk));
  setText(element("no-rooms"), word(desk.isAdmin ? "noRoomsAdmin" : "noRooms"));
  element("no-rooms").hidden = rooms.length > 0;
  element("my-room").hidden = desk.isAdmin;
  element("desk").classList.toggle("in-room", desk.open !== null);
}

function roomRow(room, act) {
  const top = make("span.row-top", make("strong"), make("span.badge"), make("span.badge"), make("span.count"));
  const button = make("button.room", top, make("span.row-subject"), make("span.row-last"));
  button.type = "button";
  button.addEventListener("click", () => act.pick(room.id));
  return make("li", button);
}

function fillRow(row, room, desk) {
  const button = row.firstElementChild;
  const [name, status, priority, count] = button.firstElementChild.children;
  const [, subject, last] = button.children;
  const typist = desk.typing.get(room.id);
  setText(name, desk.isAdmin ? nameOf(room.user) : `#${room.id}`);
  badge(status, "status", room.status);
  badge(priority, "priority", room.priority);
  setText(count, room.unreadCount > 0 ? String(room.unreadCount) : "");
  count.setAttribute("aria-label", room.unreadCount > 0 ? word("unread", { n: room.unreadCount }) : "");
  count.hidden = room.unreadCount === 0;
  setText(subject, room.subject ?? word("noSubject"));
  setText(last, typist ? word("isTyping", { name: typist }) : (room.lastMessage ?? word("noMessage")));
  button.setAttribute("aria-current", String(room.id === desk.open?.id));
}

function drawHead(desk) {
  const room = desk.openRoom;
  element("thread-head").hidden = !desk.open;
  element("manage").hidden = !(room && desk.isAdmin);
  if (!room) return;
  const other = desk.isAdmin ? room.user : room.admin;
  setText(element("thread-title"), room.subject ?? `#${room.id} · ${word("noSubject")}`);
  setText(element("other-name"), other ? nameOf(other) : word("unassigned"));
  const presence = desk.presence.get(other?.id);
  setText(element("other-presence"), presence ? word(presence) : "");
  element("other-presence").dataset.presence = presence ?? "";
  badge(element("thread-status"), "status", room.status);
  element("resolve").hidden = room.status !== "OPEN";
  element("close").hidden = room.status === "CLOSED";
  element("reopen").hidden = room.status === "OPEN";
  element("priority").value = room.priority;
}

function drawMessages(desk) {
  const history = element("history");
  const messages = [...(desk.open?.messages?.values() ?? [])].sort((a, b) => a.id - b.id);
  // A whole room is not read aloud when it is opened, only what comes after.
  const isShown = history.dataset.room === String(desk.open?.id);
  history.setAttribute("aria-live", isShown ? "polite" : "off");
  align(element("messages"), messages, messageRow, (row, message) => fillMessage(row, message, desk));
  // It is laid out from its end, where it stays by itself.
  if (!isShown) history.scrollTop = 0;
  history.dataset.room = desk.open?.messages ? desk.open.id : "";
  const note = desk.open ? (desk.open.messages ? "empty" : "loading") : desk.isAdmin ? "pickRoom" : null;
  setText(element("thread-note"), note ? word(note) : "");
  history.hidden = !desk.open;
  element("typing").hidden = !desk.open;
  element("thread-note").hidden = !note || messages.length > 0;
  const typist = desk.typing.get(desk.open?.id);
  setText(element("typing"), typist ? word("isTyping", { name: typist }) : "");
}

function messageRow() {
  return make("div.message", make("span.message-meta"), make("p"), make("span.reactions"));
}

function fillMessage(row, message, desk) {
  const [meta, text, reactions] = row.children;
  const isMine = message.senderId === desk.me.id;
  const parts = [isMine ? word("you") : nameOf(message.sender), clock.format(new Date(message.createdAt))];
  if (isMine) parts.push(word(message.isRead ? "read" : "sent"));
  row.classList.toggle("mine", isMine);
  row.classList.toggle("deleted", message.deletedAt !== null);
  setText(meta, parts.join(" · "));
  setText(text, message.deletedAt ? word("deleted") : message.message);
  setText(reactions, message.reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  "));
}

function drawComposer(desk) {
  const room = desk.openRoom;
  const isClosed = room?.status === "CLOSED";
  element("composer").hidden = isClosed || (desk.isAdmin && !desk.open);
  element("start-fields").hidden = desk.open !== null;
  element("closed").hidden = !isClosed;
  element("new-room").hidden = desk.isAdmin;
}

/** Puts a raw frame on top of the log. */
export function logFrame({ id, type, raw }) {
  const list = element("frames");
  const summary = make("summary", make("span.frame-id", id === null ? "–" : `id: ${id}`), make("b", type), make("code", raw));
  list.prepend(make("li", make("details", summary, make("pre", JSON.stringify(JSON.parse(raw), null, 2)))));
  while (list.children.length > MOST_FRAMES) list.lastElementChild.remove();
  element("no-frames").hidden = true;
}

/** Shows what went wrong, or nothing any more. */
export function showProblem(error) {
  element("problem").hidden = error === null;
  setText(element("problem-text"), error === null ? "" : describe(error));
}

function describe(error) {
  if (error.status === 0) return word("noAnswer");
  if (error.status === undefined) return String(error);
  const fields = Object.entries(error.fields).map(([field, faults]) => `${field}: ${faults.join(", ")}`);
  const retry = error.retryAfter ? [word("retryAfter", { n: error.retryAfter })] : [];
  const reasons = fields.length > 0 ? fields : [error.message];
  return [`${error.status} ${error.code ?? ""}`.trim(), ...reasons, ...retry].filter(Boolean).join(" · ");
}
