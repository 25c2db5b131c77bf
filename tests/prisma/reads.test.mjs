// Prisma reads what was written through Sapa, by the models of sapa.prisma and by those of the seed alone.
import { before, describe, test } from "node:test";
import { DATABASE, moment, partly, same, spelled, useService } from "./harness.mjs";

const story = {};

/** People, rooms of every status and priority, a taken one, a deleted message, texts of every kind. */
const sapa = useService(async (sapa) => {
  const [budi, citra, dewi, eko] = ["Budi", "Citra", "Dewi", "Eko"].map((name) => sapa.customer(name));
  const sari = sapa.admin();
  const first = await sapa.opens(budi, "Selamat pagi 👋🏽", { subject: "Paket ke Jayapura", priority: "URGENT" });
  const answer = await sapa.says(sari, first.id, "Sebentar, ya.\nSaya cek.");
  await sapa.says(budi, first.id, "https://cdn.example/a.png", { messageType: "IMAGE" });
  await sapa.says(budi, first.id, "\"quoted\" \\ 'single' % _ \u202e <b>", { replyToId: answer.id });
  const deleted = await sapa.says(sari, first.id, "a mistake");
  await sapa.call(sari, "DELETE", `/api/chat/messages/${deleted.id}`);
  const closed = await sapa.opens(citra, "Terima kasih", { priority: "LOW" });
  await sapa.manages(sari, closed.id, { status: "CLOSED" });
  const resolved = await sapa.opens(dewi, "Beres", { priority: "HIGH" });
  await sapa.manages(sari, resolved.id, { status: "RESOLVED" });
  const last = await sapa.opens(eko, "Halo");
  await sapa.call(budi, "POST", "/api/v0/chat/send", { receiverId: citra.id, message: "Between us" });
  Object.assign(story, { budi, citra, dewi, eko, sari, first, closed, resolved, last, answer, deleted });
});

for (const variant of ["", "-plain"]) {
  describe(variant === "" ? "by all fields" : "by the seed's fields", () => {
    let prisma;
    before(async () => (prisma = await sapa.client(variant)));

    test("every room with its people is what REST answers", async () => {
      const rooms = await prisma.chatRoom.findMany({ include: { user: true, admin: true }, orderBy: { id: "asc" } });
      for (const told of await sapa.get(story.sari, "/api/chat/rooms")) {
        const room = rooms.find((each) => each.id === told.id);
        const { userId, adminId, status, subject, priority, lastMessage, isRead } = told;
        partly(room, { userId, adminId, status, subject, priority, lastMessage, isRead });
        for (const time of ["lastActivity", "createdAt", "updatedAt"]) same(room[time], moment(told[time]));
        partly(room.user, told.user);
        if (told.admin) partly(room.admin, told.admin);
        else same(room.admin, null);
      }
      same(rooms.length, 5);
    });

    test("every message with its sender is what REST answers, in order", async () => {
      const told = await sapa.history(story.sari, story.first.id);
      const where = { chatRoomId: story.first.id };
      const messages = await prisma.chatMessage.findMany({ where, include: { sender: true }, orderBy: { id: "asc" } });
      same(
        messages.map((each) => each.id),
        told.map((each) => each.id),
      );
      for (const [at, message] of messages.entries()) {
        const { chatRoomId, senderId, message: text, messageType, isRead } = told[at];
        partly(message, { chatRoomId, senderId, message: text, messageType, isRead });
        same(message.createdAt, moment(told[at].createdAt));
        partly(message.sender, told[at].sender);
      }
      const byTime = await prisma.chatMessage.findMany({ where, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
      same(
        byTime.map((each) => each.id),
        told.map((each) => each.id).reverse(),
      );
    });

    test("relations lead from people to rooms and messages, and back", async () => {
      const include = {
        chats: { include: { messages: { orderBy: { id: "asc" } } } },
        messages: true,
        adminChats: true,
      };
      const budi = await prisma.user.findUnique({ where: { id: story.budi.id }, include });
      same(budi.chats.find((room) => room.id === story.first.id).messages.length, 5);
      same(
        budi.messages.every((message) => message.senderId === story.budi.id),
        true,
      );
      same(budi.adminChats, []);
      const sari = await prisma.user.findUnique({ where: { id: story.sari.id }, include });
      same(
        sari.adminChats.map((room) => room.id),
        [story.first.id],
      );
      const message = await prisma.chatMessage.findUnique({
        where: { id: story.answer.id },
        include: { chatRoom: { include: { user: true } } },
      });
      same(message.chatRoom.user.name, "Budi");
    });

    test("enums filter and group", async () => {
      const ids = async (where) =>
        (await prisma.chatRoom.findMany({ where, orderBy: { id: "asc" } })).map(({ id }) => id);
      same(await ids({ status: "CLOSED" }), [story.closed.id]);
      same(await ids({ status: { in: ["CLOSED", "RESOLVED"] } }), [story.closed.id, story.resolved.id]);
      same(await ids({ priority: { not: "NORMAL" } }), [story.first.id, story.closed.id, story.resolved.id]);
      same(await prisma.user.count({ where: { role: "ADMIN" } }), 1);
      same(await prisma.chatMessage.count({ where: { messageType: "IMAGE" } }), 1);
      const groups = await prisma.chatRoom.groupBy({ by: ["status"], _count: true, orderBy: { status: "asc" } });
      same(Object.fromEntries(groups.map((group) => [group.status, group._count])), {
        OPEN: 3,
        CLOSED: 1,
        RESOLVED: 1,
      });
    });

    test("an enum is ordered by its declaration, but on SQLite by its letters", async () => {
      const where = { id: { in: [story.first.id, story.closed.id, story.resolved.id, story.last.id] } };
      const rooms = await prisma.chatRoom.findMany({ where, orderBy: { priority: "asc" } });
      const declared = ["LOW", "NORMAL", "HIGH", "URGENT"];
      same(
        rooms.map((room) => room.priority),
        DATABASE === "sqlite" ? declared.toSorted() : declared,
      );
    });

    test("times filter and order to the millisecond", async () => {
      const at = moment(story.answer.createdAt);
      const before = new Date(at.getTime() - 1);
      const found = async (createdAt) => {
        const where = { createdAt, chatRoomId: story.first.id };
        return (await prisma.chatMessage.findMany({ where })).some((message) => message.id === story.answer.id);
      };
      for (const filter of [at, { equals: at }, { gte: at }, { lte: at }, { gt: before }, { in: [at] }])
        same(await found(filter), true);
      for (const filter of [before, { gt: at }, { lt: at }, { lte: before }, { not: at }])
        same(await found(filter), false);
      const rooms = await prisma.chatRoom.findMany({
        where: { userId: { not: story.citra.id } },
        orderBy: [{ lastActivity: "desc" }, { id: "desc" }],
      });
      const direct = rooms.filter((room) => room.lastMessage === "Between us").map((room) => room.id);
      const told = await sapa.get(story.sari, "/api/chat/rooms");
      const mine = told.filter((room) => room.userId !== story.citra.id).map((room) => room.id);
      same(
        rooms.map((room) => room.id),
        [...direct, ...mine],
      );
    });

    test("what is not there is null", async () => {
      partly(await prisma.chatRoom.findUnique({ where: { id: story.last.id } }), { adminId: null, subject: null });
      same(
        (await prisma.chatRoom.findMany({ where: { subject: null } })).some(({ id }) => id === story.last.id),
        true,
      );
      same(
        (await prisma.chatRoom.findMany({ where: { admin: { is: null } } })).some(({ id }) => id === story.last.id),
        true,
      );
    });

    test("what is counted agrees", async () => {
      same(await prisma.user.count(), 5);
      const { _count } = await prisma.chatRoom.findUnique({
        where: { id: story.first.id },
        select: { _count: { select: { messages: true } } },
      });
      same(_count.messages, 5);
      const { _max, _min } = await prisma.chatMessage.aggregate({
        where: { chatRoomId: story.first.id },
        _max: { createdAt: true },
        _min: { createdAt: true },
      });
      const told = await sapa.history(story.sari, story.first.id);
      same([_min.createdAt, _max.createdAt], [moment(told.at(0).createdAt), moment(told.at(-1).createdAt)]);
    });

    test("pages go on from a cursor", async () => {
      const page = (cursor) =>
        prisma.chatMessage.findMany({
          where: { chatRoomId: story.first.id },
          orderBy: { id: "asc" },
          take: 2,
          ...(cursor && { cursor: { id: cursor }, skip: 1 }),
        });
      const ids = [];
      for (let part = await page(); part.length > 0; part = await page(part.at(-1).id))
        ids.push(...part.map(({ id }) => id));
      same(
        ids,
        (await sapa.history(story.sari, story.first.id)).map(({ id }) => id),
      );
    });

    test("a query of one's own uses the names as they are", async () => {
      const query = `
        SELECT "ChatRoom"."id", "User"."name",
          count("ChatMessage"."id") AS "messages", max("ChatMessage"."createdAt") AS "at"
        FROM "ChatRoom"
        JOIN "User" ON "User"."id" = "ChatRoom"."userId"
        JOIN "ChatMessage" ON "ChatMessage"."chatRoomId" = "ChatRoom"."id"
        WHERE "ChatRoom"."id" = ${story.first.id}
        GROUP BY "ChatRoom"."id", "User"."name"`;
      const rows = await prisma.$queryRawUnsafe(spelled(query));
      same(rows.length, 1);
      same([rows[0].id, rows[0].name, Number(rows[0].messages)], [story.first.id, "Budi", 5]);
      const told = await sapa.history(story.sari, story.first.id);
      same(new Date(rows[0].at), moment(told.at(-1).createdAt));
    });
  });
}

test("Sapa's own fields tell the kind of a room, what is unread, and what was deleted", async () => {
  const { prisma } = sapa;
  const first = await prisma.chatRoom.findUnique({ where: { id: story.first.id } });
  const told = await sapa.get(story.sari, `/api/chat/rooms/${story.first.id}`);
  partly(first, { kind: "SUPPORT", deskUnread: told.unreadCount, peerId: null });
  const mine = await sapa.get(story.budi, `/api/chat/rooms/${story.first.id}`);
  same(first.customerUnread, mine.unreadCount);
  const direct = await prisma.chatRoom.findMany({ where: { kind: "DIRECT" } });
  same(
    direct.map((room) => [room.userId, room.peerId]),
    [[story.budi.id, story.citra.id]],
  );
  same(
    await prisma.chatRoom.count({ where: { kind: "SUPPORT", status: "OPEN" } }),
    (await sapa.stats(story.sari)).open,
  );
  const deleted = await prisma.chatMessage.findUnique({ where: { id: story.deleted.id } });
  const spoken = told.messages.find((message) => message.id === story.deleted.id);
  partly(deleted, { message: "" });
  same(deleted.deletedAt, moment(spoken.deletedAt));
  const replies = await prisma.chatMessage.findMany({ where: { replyToId: story.answer.id } });
  same(replies.length, 1);
});
