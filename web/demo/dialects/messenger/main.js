/** The messenger dialect in plain JavaScript: chats and histories over REST, live messages over the socket. */
import { io } from "socket.io-client";
import {
  CONNECTING, ask, explain, namespaceOr, showEvents, transports, upsert, watchLink, withNewer,
} from "../connection.ts";
import { choosePerson, introduceAll, nameOf } from "../people.ts";
import { rest } from "../rest.ts";
import { drawHead, drawLines, drawLink, drawNotice, drawProblem, drawRows, onWritten, showChat } from "../screen.ts";

let socket = null;
let session = null;
let chats = [];
/** The other person of the chat on the screen, and its messages. */
let other = null;
let messages = [];

const isMine = (message) => message.sender_id === session.me.id;
const personOf = (id) => session.others.find((each) => each.id === id);
const isDesk = (id) => [session.me, ...session.others].some((each) => each.id === id && each.role === "ADMIN");

function attempt(work) {
  work.catch((error) => drawProblem(error.message));
}

/** Whether a message belongs to the chat on the screen. For a customer the desk is one, whoever of it writes. */
function isHere({ sender_id, receiver_id }) {
  if (other === null) return false;
  if (sender_id === other || receiver_id === other) return true;
  return session.me.role === "USER" && isDesk(other) && (isDesk(sender_id) || isDesk(receiver_id));
}

function draw() {
  // The people whom one has not written to yet stand below the chats.
  const met = new Set(chats.map((chat) => chat.user_id));
  const rows = chats.map((chat) => ({
    key: chat.user_id ?? firstOfDesk(), title: chat.username, detail: chat.last_message ?? "",
    unread: chat.unread_count,
  }));
  const rest = session.others.filter(({ id }) => !met.has(id));
  rows.push(...rest.map((user) => ({ key: user.id, title: nameOf(user), detail: "Write to them", unread: 0 })));
  drawRows(rows, other, (id) => attempt(open(id)));
  const user = personOf(other);
  drawHead(other === null ? "Choose a chat" : rows.find(({ key }) => key === other)?.title ?? `No. ${other}`,
    user ? (user.role === "ADMIN" ? "Desk" : "Customer") : "");
  drawLines(messages.map((message) => ({
    name: nameOf(personOf(message.sender_id) ?? { id: message.sender_id, name: null }),
    isOwn: isMine(message), isRead: message.is_read, text: message.content, at: message.created_at,
  })));
}

/** A chat with the desk has no person before somebody of it has answered; one writes to any of them. */
const firstOfDesk = () => session.others.find((each) => each.role === "ADMIN").id;

async function loadChats() {
  const { token } = session;
  const loaded = await rest(token, "GET", "/api/chats/");
  if (token !== session.token) return;
  chats = loaded;
  draw();
}

async function open(id) {
  if (other !== id) messages = [];
  other = id;
  drawProblem("");
  drawNotice("");
  const history = await rest(session.token, "GET", `/api/chats/history/${id}`);
  if (other !== id) return;
  messages = withNewer(history, messages);
  const newest = messages.findLast((message) => !isMine(message) && !message.is_read);
  if (newest) socket.emit("mark_as_read", { message_id: newest.id });
  await loadChats();
}

function take(message) {
  if (isHere(message)) {
    messages = upsert(messages, { is_read: false, ...message });
    if (!isMine(message)) socket.emit("mark_as_read", { message_id: message.id });
  } else {
    drawNotice(`${nameOf(personOf(message.sender_id) ?? { id: message.sender_id, name: null })}: ${message.content}`);
  }
  draw();
  attempt(loadChats());
}

function connect() {
  socket?.close();
  socket = io(namespaceOr("/messenger"), { auth: { token: session.token }, ...transports() });
  drawLink(CONNECTING);
  watchLink(socket, drawLink);
  showEvents(socket);
  // What happened while the connection was lost is in the history.
  socket.on("connect", () => attempt(other === null ? loadChats() : open(other)));
  socket.on("receive_message", take);
  socket.on("message_sent", (message) => take({ ...message, sender_id: session.me.id }));
  socket.on("messege_read", ({ message_id, user_id }) => {
    if (user_id === session.me.id) return attempt(loadChats());
    if (!messages.some(({ id }) => id === message_id)) return;
    messages = messages.map((each) => (isMine(each) && each.id <= message_id ? { ...each, is_read: true } : each));
    draw();
  });
  socket.on("error", (failure) => drawProblem(explain(failure)));
}

onWritten(async (content) => {
  drawProblem("");
  if (other === null) {
    drawProblem("Choose a chat first.");
    return false;
  }
  try {
    const answer = await ask(socket, "send_message", { receiver_id: other, content });
    if (!answer.success) drawProblem(explain(answer));
    return answer.success;
  } catch {
    drawProblem("The server has not answered. Look whether the message is there before you send it again.");
    return false;
  }
});

void introduceAll().catch(console.error);
void choosePerson((chosen) => {
  session = chosen;
  chats = messages = [];
  other = null;
  showChat(true);
  draw();
  connect();
});
