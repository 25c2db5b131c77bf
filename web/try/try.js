/** The first page: be a demo person, talk to the other side, watch the stream. */
import { call } from "./api.js";
import { Desk } from "./desk.js";
import { draw, drawStream, element, logFrame, make, showProblem } from "./view.js";
import { translate, word } from "./words.js";

const CHOICE = "sapa.try.person";
const SIGN_IN_AGAIN_MS = 3000;

let people = [];
let desk = null;
/** What is written but not sent, by room, and the room whose draft is in the text field. */
const drafts = new Map();
let draftOf = "new";

/** Runs something the person asked for; what goes wrong is shown. */
async function attempt(action) {
  showProblem(null);
  try {
    await action();
  } catch (error) {
    showProblem(error);
  }
}

async function signIn(person) {
  const session = await call("POST", "/api/demo/sign-in", { body: { person } });
  desk?.stop();
  sessionStorage.setItem(CHOICE, person);
  drafts.clear();
  draftOf = "new";
  element("text").value = "";
  element("frames").replaceChildren();
  const mine = new Desk(session, {
    changed: () => changed(mine, person),
    loaded: () => openFirst(mine),
    frame: logFrame,
    failed: showProblem,
  });
  desk = mine;
  showPeople(person);
  element("desk").hidden = false;
  element("steps").hidden = true;
  desk.start();
  changed(mine, person);
}

let again = null;
function changed(mine, person) {
  swapDrafts(mine.open?.id ?? "new");
  draw(mine, { pick: (roomId) => attempt(() => mine.show(roomId)) });
  // The browser gives up after a refusal, for example of a token that has expired.
  if (mine.stream !== "ended") return;
  clearTimeout(again);
  again = setTimeout(() => desk === mine && attempt(() => signIn(person)), SIGN_IN_AGAIN_MS);
}

/** A customer finds their newest room open; an admin chooses. */
function openFirst(mine) {
  const first = [...mine.rooms.values()].find((room) => room.status !== "CLOSED");
  if (!mine.isAdmin && first) attempt(() => mine.show(first.id));
}

/** What is being written stays with its room. */
function swapDrafts(room) {
  if (room === draftOf) return;
  const text = element("text");
  drafts.set(draftOf, text.value);
  text.value = drafts.get(room) ?? "";
  draftOf = room;
}

async function send() {
  const text = element("text");
  const message = text.value;
  if (!message.trim()) return text.focus();
  const form = { message, subject: element("subject").value.trim(), priority: element("start-priority").value };
  const room = draftOf;
  element("send").disabled = true;
  try {
    await desk.send(form);
    drafts.delete(room);
    if (text.value === message) text.value = "";
    element("subject").value = "";
  } finally {
    element("send").disabled = false;
    text.focus();
  }
}

function showPeople(chosen) {
  for (const [role, id] of [["USER", "customers"], ["ADMIN", "admins"]]) {
    const ofRole = people.filter(({ user }) => user.role === role);
    element(id).replaceChildren(...ofRole.map(({ person, user }) => personButton(person, user, person === chosen)));
  }
  const mine = people.find(({ person }) => person === chosen);
  const other = people.find(({ user }) => user.role !== (mine?.user.role ?? "USER"));
  const link = element("other-side");
  link.hidden = !other;
  if (other) {
    link.href = `${location.pathname}?as=${encodeURIComponent(other.person)}`;
    link.textContent = word("otherSide", { name: other.user.name });
  }
  showCommands(chosen ?? "sari");
}

function personButton(person, user, isChosen) {
  const button = make("button.person", user.name ?? person);
  button.type = "button";
  button.setAttribute("aria-pressed", String(isChosen));
  button.addEventListener("click", () => attempt(() => signIn(person)).then(focusChosen));
  return button;
}

/** The buttons are made anew when somebody is chosen. */
const focusChosen = () => document.querySelector('.person[aria-pressed="true"]')?.focus();

function showCommands(person) {
  const { origin } = location;
  const json = `-H 'Content-Type: application/json' -d '{"person":"${person}"}'`;
  const commands = [
    `TOKEN=$(curl -s ${origin}/api/demo/sign-in ${json} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `curl -H "Authorization: Bearer $TOKEN" ${origin}/api/chat/rooms`,
    `curl -N "${origin}/api/chat/sse?token=$TOKEN"`,
  ];
  element("commands").replaceChildren(...commands.map((command) => make("code", `${command}\n`)));
}

async function copyCommands() {
  const commands = element("commands");
  getSelection().selectAllChildren(commands);
  // Without a secure context there is no clipboard; the selected text can still be copied by hand.
  if (!navigator.clipboard) return;
  await navigator.clipboard.writeText(commands.textContent);
  element("copy").textContent = word("copied");
}

/** Asks the instance's own pages whether they are there. */
function checkLinks() {
  for (const link of document.querySelectorAll("#links a")) {
    fetch(link.href, { credentials: "omit" }).then(
      ({ ok, status }) => {
        const state = link.parentElement.querySelector(".link-state");
        state.textContent = String(status);
        state.dataset.ok = ok;
      },
      () => {},
    );
  }
}

const onClick = (id, action) => element(id).addEventListener("click", () => attempt(action));

function bind() {
  onClick("my-room", () => desk.showCurrent());
  onClick("new-room", () => desk.showCurrent());
  onClick("back", async () => desk.leave());
  onClick("resolve", () => desk.manage({ status: "RESOLVED" }));
  onClick("reopen", () => desk.manage({ status: "OPEN" }));
  onClick("close", () => desk.manage({ status: "CLOSED" }));
  onClick("copy", copyCommands);
  onClick("dismiss", async () => {});
  element("priority").addEventListener("change", ({ target }) => attempt(() => desk.manage({ priority: target.value })));
  element("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(send);
  });
  element("text").addEventListener("input", ({ target }) => desk.typed(target.value !== ""));
  element("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    element("composer").requestSubmit();
  });
  document.addEventListener("visibilitychange", () => desk?.markRead().catch(showProblem));
}

async function start() {
  translate(document);
  bind();
  drawStream("none");
  showCommands("sari");
  checkLinks();
  call("GET", "/api/chat/config").then(({ version }) => (element("version").textContent = version), () => {});
  const wanted = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(CHOICE);
  // The choice lives in this window from now on, whatever is picked next.
  history.replaceState(null, "", location.pathname);
  people = await call("GET", "/api/demo/people");
  showPeople(null);
  if (people.some(({ person }) => person === wanted)) await signIn(wanted);
}

start().catch(showProblem);
