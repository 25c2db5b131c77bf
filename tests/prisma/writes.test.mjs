// What an application writes with Prisma into the tables that it shares with Sapa, and what Sapa makes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { person } from "../dialects/harness/tokens.mjs";
import { DATABASE, documented, moment, partly, retried, same, spelled, useService } from "./harness.mjs";

const sapa = useService();

test("a person whom the application made is the one of their token", async () => {
  const { prisma } = sapa;
  const made = await prisma.user.create({ data: { name: "Fitri", email: "fitri@shop.example" } });
  const fitri = person(made.id, "Fitri", "USER");
  const room = await sapa.opens(fitri, "Halo");
  const known = await prisma.user.findUnique({ where: { id: made.id }, include: { chats: true } });
  same(
    known.chats.map(({ id }) => id),
    [room.id],
  );
  // What their token says is taken over, the rest stays.
  partly(known, { createdAt: made.createdAt, name: "Fitri", email: fitri.email, role: "USER" });
  same(await prisma.user.count({ where: { name: "Fitri" } }), 1);
});

test("a name that the application changed is shown at once", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const room = await sapa.opens(budi, "Halo");
  await sapa.prisma.user.update({ where: { id: budi.id }, data: { name: "Budi Santoso" } });
  same((await sapa.get(sari, `/api/chat/rooms/${room.id}`)).user.name, "Budi Santoso");
});

test("times that Prisma wrote are answered to the millisecond and keep their order among Sapa's", async () => {
  const { prisma } = sapa;
  const sari = sapa.admin();
  const times = [
    "2026-03-01T00:00:00.000Z",
    "2026-03-01T00:00:00.010Z",
    "2026-02-28T23:59:59.999Z",
    "2031-01-01T00:00:00.000Z",
  ];
  const rooms = [];
  for (const at of [...times, null]) {
    const room = await sapa.opens(sapa.customer(), "Halo", { subject: "moments" });
    const [message] = await sapa.history(sari, room.id);
    if (at !== null) {
      const [lastActivity, createdAt] = [new Date(at), new Date(at)];
      await prisma.chatRoom.update({ where: { id: room.id }, data: { lastActivity, createdAt } });
      await prisma.chatMessage.update({ where: { id: message.id }, data: { createdAt } });
      const told = await sapa.get(sari, `/api/chat/rooms/${room.id}`);
      partly(told, { lastActivity: at, createdAt: at });
      same(told.messages[0].createdAt, at);
      const stored = await prisma.chatRoom.findFirst({ where: { lastActivity, id: room.id } });
      same(moment(told.updatedAt), stored.updatedAt);
    }
    rooms.push({ id: room.id, at: at === null ? moment(room.lastActivity) : moment(at) });
  }
  const expected = rooms.toSorted((one, other) => other.at - one.at).map(({ id }) => id);
  const listed = [];
  let path = "/api/chat/rooms?search=moments&limit=1";
  while (path && listed.length <= rooms.length) {
    const answer = await fetch(`${sapa.url}${path}`, { headers: { authorization: `Bearer ${sari.token}` } });
    listed.push(...(await answer.json()).map(({ id }) => id));
    path = /<[^>]*?(\/api\/[^>]*)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  same(listed, expected);
});

test("a priority that the application changed is listed, but nobody is told", async () => {
  const { prisma } = sapa;
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const room = await sapa.opens(budi, "Halo", { subject: "changed beside" });
  const stream = await sapa.stream(sari);
  const changed = await prisma.chatRoom.update({ where: { id: room.id }, data: { priority: "URGENT" } });
  const listed = await sapa.get(sari, "/api/chat/rooms?priority=URGENT&search=beside");
  same(
    listed.map(({ id }) => id),
    [room.id],
  );
  same(moment(listed[0].updatedAt), changed.updatedAt);
  same((await sapa.get(sari, "/api/chat/rooms?sort=priority&limit=1"))[0].id, room.id);
  await sapa.says(budi, room.id, "Once more");
  await stream.next("message", ({ message }) => message === "Once more");
  same(stream.all("room"), []);
});

test("a message that Prisma inserted stands in the history and comes in no stream", async () => {
  const { prisma } = sapa;
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const room = await sapa.opens(budi, "first");
  const stream = await sapa.stream(sari);
  const before = await sapa.get(sari, `/api/chat/rooms/${room.id}`);
  const data = { chatRoomId: room.id, senderId: budi.id, message: "inserted beside the zeppelin" };
  const inserted = await prisma.chatMessage.create({ data });

  const after = await sapa.get(sari, `/api/chat/rooms/${room.id}`);
  const history = await sapa.history(budi, room.id);
  same(
    history.map(({ message }) => message),
    ["first", data.message],
  );
  partly(history[1], {
    id: inserted.id,
    senderId: budi.id,
    messageType: "TEXT",
    isRead: false,
    replyToId: null,
    deletedAt: null,
  });
  same(moment(history[1].createdAt), inserted.createdAt);
  same(
    (await sapa.get(sari, "/api/chat/rooms?search=zeppelin")).map(({ id }) => id),
    [room.id],
  );
  // The room knows nothing of it, nor does the journal.
  for (const field of ["lastMessage", "lastActivity", "unreadCount", "lastEventId"]) same(after[field], before[field]);

  const reply = await sapa.says(sari, room.id, "second", { replyToId: inserted.id });
  await stream.next("message", ({ id }) => id === reply.id);
  same(
    stream.all("message").some(({ id }) => id === inserted.id),
    false,
  );
  assert.ok(reply.id > inserted.id);

  const mark = await sapa.call(sari, "POST", `/api/chat/rooms/${room.id}/read`, {});
  partly(mark, { lastReadMessageId: reply.id, unreadCount: 0 });
  assert.ok((await sapa.stats(sari)).unread >= 0);
  const thumb = encodeURIComponent("👍");
  const reacted = await sapa.call(sari, "PUT", `/api/chat/messages/${inserted.id}/reactions/${thumb}`);
  same(reacted.reactions.length, 1);
  partly(await sapa.call(budi, "DELETE", `/api/chat/messages/${inserted.id}`), { message: "" });
});

test("a room that Prisma inserted is served, and the statement of the document counts it", async () => {
  const { prisma } = sapa;
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  await sapa.get(budi, "/api/chat/rooms");
  const before = await sapa.stats(sari);
  const room = await prisma.chatRoom.create({ data: { userId: budi.id, subject: "Imported", priority: "HIGH" } });
  const told = await sapa.get(budi, `/api/chat/rooms/${room.id}`);
  partly(told, {
    status: "OPEN",
    priority: "HIGH",
    subject: "Imported",
    adminId: null,
    lastMessage: null,
    unreadCount: 0,
    messages: [],
  });
  for (const time of ["lastActivity", "createdAt", "updatedAt"]) same(moment(told[time]), room[time]);
  same(await sapa.stats(sari), before);
  same((await sapa.opens(budi, "Goes into it")).id, room.id);

  const [recount] = documented("sql");
  await prisma.$executeRawUnsafe(spelled(recount));
  const after = await sapa.stats(sari);
  const support = { kind: "SUPPORT" };
  const count = (where) => prisma.chatRoom.count({ where: { ...support, ...where } });
  const { _sum } = await prisma.chatRoom.aggregate({ where: support, _sum: { deskUnread: true } });
  partly(after, {
    total: before.total + 1,
    open: await count({ status: "OPEN" }),
    closed: await count({ status: "CLOSED" }),
    resolved: await count({ status: "RESOLVED" }),
    unassigned: await count({ adminId: null }),
    unread: _sum.deskUnread,
    byPriority: Object.fromEntries(
      await Promise.all(
        ["LOW", "NORMAL", "HIGH", "URGENT"].map(async (priority) => [priority, await count({ priority })]),
      ),
    ),
  });
});

test("somebody who has written cannot be deleted", async () => {
  const budi = sapa.customer();
  const room = await sapa.opens(budi, "Halo");
  for (const gone of [
    sapa.prisma.user.delete({ where: { id: budi.id } }),
    sapa.prisma.chatRoom.delete({ where: { id: room.id } }),
  ]) {
    await assert.rejects(gone, { code: "P2003" });
  }
  same((await sapa.history(budi, room.id)).length, 1);
});

test("both may write at once, and each reads what the other has written", async () => {
  const { prisma } = sapa;
  const sari = sapa.admin();
  const rooms = [];
  for (let n = 0; n < 8; n++) rooms.push({ who: sapa.customer(), ids: [] });
  for (const room of rooms) room.id = (await sapa.opens(room.who, "0")).id;
  const talk = async (room) => {
    for (let n = 1; n <= 25; n++) room.ids.push((await sapa.says(room.who, room.id, String(n))).id);
  };
  const change = async () => {
    for (let n = 0; n < 100; n++) {
      const { id } = rooms[n % rooms.length];
      const subject = `subject ${n}`;
      await retried(() => prisma.chatRoom.update({ where: { id }, data: { subject } }));
      if (n % 10 === 0) partly(await sapa.get(sari, `/api/chat/rooms/${id}`), { subject });
    }
  };
  await Promise.all([change(), ...rooms.map(talk)]);
  for (const room of rooms) {
    const messages = await prisma.chatMessage.findMany({ where: { chatRoomId: room.id }, orderBy: { id: "asc" } });
    same(
      messages.slice(1).map(({ id }) => id),
      room.ids,
    );
    same(
      messages.map(({ message }) => Number(message)),
      Array.from({ length: 26 }, (_, n) => n),
    );
  }
});

test("a message waits for a transaction of the application", async () => {
  const { prisma } = sapa;
  const budi = sapa.customer();
  const room = await sapa.opens(budi, "Halo");
  let sent;
  await prisma.$transaction(async (tx) => {
    await tx.chatRoom.update({ where: { id: room.id }, data: { subject: "slow" } });
    sent = sapa.says(budi, room.id, "meanwhile");
    await new Promise((resolve) => setTimeout(resolve, 500));
    same(await tx.chatMessage.count({ where: { chatRoomId: room.id } }), 1);
  });
  const { id } = await sent;
  partly(await prisma.chatMessage.findUnique({ where: { id } }), { message: "meanwhile" });
  partly(await prisma.chatRoom.findUnique({ where: { id: room.id } }), { subject: "slow", lastMessage: "meanwhile" });
});

test("beside guests the application numbers its people itself", async () => {
  const { prisma } = sapa;
  await sapa.call(undefined, "POST", "/api/chat/guests", { name: "Guest" });
  const gita = sapa.customer("Gita");
  await prisma.user.create({ data: { id: gita.id, name: gita.name, email: gita.email } });
  same((await sapa.opens(gita, "Halo")).userId, gita.id);
  const { id: given } = await prisma.user.create({ data: { name: "Not numbered" } });
  same(given >= 1_000_000_000, DATABASE !== "postgres");
});

test("a new start finds nothing wrong with what Prisma has written", async () => {
  const budi = sapa.customer();
  const room = await sapa.opens(budi, "before");
  await sapa.prisma.chatMessage.create({ data: { chatRoomId: room.id, senderId: budi.id, message: "between" } });
  await sapa.restart();
  await sapa.says(budi, room.id, "after");
  same(
    (await sapa.history(budi, room.id)).map(({ message }) => message),
    ["before", "between", "after"],
  );
});
