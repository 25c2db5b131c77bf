// One person's seat in any dialect: how they write to the other side, and what they hear of it.
import assert from "node:assert/strict";
import * as desk from "../flows/desk.mjs";
import * as direct from "../flows/direct.mjs";
import * as messenger from "../flows/messenger.mjs";
import * as support from "../flows/support.mjs";
import { ANYTHING, ID, TIME, same } from "./expect.mjs";
import { quiet } from "./sapa.mjs";

const isAdmin = (person) => person.role === "ADMIN";

/** What every seat can do; `from` and `to` are people, `roomId` the conversation as it was heard. */
class Seat {
  constructor(sapa, self) {
    Object.assign(this, { sapa, self });
  }

  async open(namespace) {
    this.client = await this.sapa.connect(namespace, this.self);
    return this;
  }

  /** Waits for that text from that person, in this dialect's spelling, and returns the room. */
  async hear(text, from) {
    const payload = await this.client.next(this.event, (payload) => this.textOf(payload) === text);
    this.check(payload, text, from);
    return this.roomOf(payload);
  }

  /** The texts from others that came, in order. */
  heard() {
    return this.client.all(this.event).filter((payload) => this.isForeign(payload)).map((each) => this.textOf(each));
  }
}

class SupportSeat extends Seat {
  get event() {
    return isAdmin(this.self) ? "admin_notification" : "new_message";
  }

  static async take(sapa, self) {
    const seat = await new SupportSeat(sapa, self).open("/support");
    if (!isAdmin(self)) seat.roomId = (await seat.client.ask("join_chat", {})).data.roomId;
    return seat;
  }

  textOf = ({ message }) => message;
  roomOf = (payload) => payload.roomId ?? payload.room_id;

  isForeign(payload) {
    return isAdmin(this.self) ? payload.type === "new_message" : payload.sender_id !== this.self.id;
  }

  check(payload, text, from) {
    if (!isAdmin(this.self)) return same(payload, support.messageOf(this.roomId, from, text));
    same(payload, {
      type: "new_message",
      roomId: ID,
      userId: from.id,
      userName: from.name,
      userEmail: from.email,
      messageId: ID,
      message: text,
      messageType: "text",
      timestamp: TIME,
    });
  }

  async write(text, to, roomId = this.roomId) {
    if (isAdmin(this.self)) await this.client.ask("join_chat", { roomId });
    const answer = await this.client.ask("send_message", { message: text, roomId });
    assert.equal(answer.success, true, JSON.stringify(answer));
  }
}

class DirectSeat extends Seat {
  event = "new_message";
  static take = (sapa, self) => new DirectSeat(sapa, self).open("/direct");
  textOf = ({ data }) => data.message;
  roomOf = ({ data }) => data.conversationId;
  isForeign = ({ data }) => data.senderId !== this.self.id;

  check(payload, text, from) {
    same(payload, direct.told(direct.messageOf(from, null, text, { receiverId: ANYTHING })));
  }

  async write(text, to) {
    const answer = await this.client.ask("send_message", { receiverId: to.id, message: text });
    assert.equal(answer.success, true, JSON.stringify(answer));
  }
}

class MessengerSeat extends Seat {
  event = "receive_message";
  static take = (sapa, self) => new MessengerSeat(sapa, self).open("/messenger");
  textOf = ({ content }) => content;
  roomOf = () => undefined;
  isForeign = ({ sender_id }) => sender_id !== this.self.id;

  check(payload, text, from) {
    same(payload, messenger.receivedOf(from, { id: ID }, text));
  }

  async write(text, to) {
    const answer = await this.client.ask("send_message", { receiver_id: to.id, content: text });
    assert.equal(answer.success, true, JSON.stringify(answer));
  }
}

class DeskSeat extends Seat {
  event = "message:received";

  static async take(sapa, self) {
    const seat = await new DeskSeat(sapa, self).open("/desk");
    await seat.client.ask("user:join", desk.joinAs(self));
    return seat;
  }

  textOf = ({ content }) => content;
  roomOf = ({ conversationId }) => conversationId;
  isForeign = ({ senderId }) => senderId !== this.self.id;

  check(payload, text, from) {
    same(payload, { ...desk.bareMessageOf(ID, from, text), conversation: ANYTHING });
  }

  async write(text, to, conversationId) {
    const sender = isAdmin(this.self) ? "ADMIN" : "CUSTOMER";
    const answer = await this.client.ask("message:send", { conversationId, message: text, sender });
    assert.equal(answer.content, text, JSON.stringify(answer));
  }
}

class RestSeat extends Seat {
  event = "message";

  static async take(sapa, self) {
    const seat = new RestSeat(sapa, self);
    seat.client = await sapa.stream(self);
    return seat;
  }

  textOf = ({ message }) => message;
  roomOf = ({ chatRoomId }) => chatRoomId;
  isForeign = ({ senderId }) => senderId !== this.self.id;

  check(payload, text, from) {
    same(payload, {
      id: ID,
      chatRoomId: ID,
      senderId: from.id,
      sender: { id: from.id, name: from.name, role: from.role },
      message: text,
      messageType: "TEXT",
      isRead: false,
      replyToId: null,
      reactions: [],
      deletedAt: null,
      createdAt: TIME,
    });
  }

  async write(text, to, roomId) {
    const path = isAdmin(this.self) ? `/api/chat/rooms/${roomId}` : "/api/chat/rooms";
    const { status } = await this.sapa.call(this.self, "POST", path, { message: text });
    assert.ok(status === 200 || status === 201, `status ${status}`);
  }
}

/** How a person takes a seat in each dialect. */
export const SEATS = {
  support: SupportSeat.take,
  direct: DirectSeat.take,
  messenger: MessengerSeat.take,
  desk: DeskSeat.take,
  "sse and REST": RestSeat.take,
};

/**
 * Each customer's seat asks, then each admin's answers, in one room. Resolves to all that was said, in order, once every
 * seat has heard the other side's, each once.
 */
export async function talkInTurn(names, customers, admins, budi, sari, roomId) {
  const questions = names.map((name) => `asked on ${name}`);
  const answers = names.map((name) => `answered on ${name}`);
  for (const [n, seat] of customers.entries()) await seat.write(questions[n], sari, roomId);
  for (const [n, seat] of admins.entries()) await seat.write(answers[n], budi, roomId);
  for (const seat of admins) await seat.hear(questions.at(-1), budi);
  for (const seat of customers) await seat.hear(answers.at(-1), sari);
  await quiet();
  for (const [n, seat] of admins.entries()) assert.deepEqual(seat.heard(), questions, names[n]);
  for (const [n, seat] of customers.entries()) assert.deepEqual(seat.heard(), answers, names[n]);
  return [...questions, ...answers];
}
