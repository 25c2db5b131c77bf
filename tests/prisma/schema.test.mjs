// What docs/prisma.md says of Sapa's tables, and of a schema of its own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DATABASE, documented, moment, partly, same, useService } from "./harness.mjs";

const TABLES = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  postgres: "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
  mariadb: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
};

describe("the lists for Prisma's migrations", () => {
  const sapa = useService();

  test("name every table and enum of Sapa's, and no other", async () => {
    const [lists] = documented("ts").filter((block) => block.includes("externalTables"));
    const named = [...lists.matchAll(/"public\.(\w+)"/g)].map(([, name]) => name);
    const [onPostgres, onSqlite] = documented("ts").filter((block) => block.startsWith("const search"));
    const search = { postgres: onPostgres, sqlite: onSqlite }[DATABASE] ?? "const search = []";
    const tables = new Function(`${search}; return search;`)();
    named.push(...tables.map((name) => name.replace("public.", "")));
    const names = async (query) => (await sapa.prisma.$queryRawUnsafe(query)).map(({ name }) => name);
    const there = await names(TABLES[DATABASE]);
    const enums = ["Role", "ChatStatus", "ChatPriority", "MessageType", "ChatKind"];
    if (DATABASE === "postgres") {
      const types = await names(`SELECT DISTINCT replace(enumtypid::regtype::text, '"', '') AS name FROM pg_enum`);
      same(types.toSorted(), enums.toSorted());
    }
    same(named.toSorted(), [...there, ...enums].toSorted());
  });
});

describe(
  "beside an application with a table User",
  { skip: DATABASE !== "postgres" && "only Postgres has schemas in a database" },
  () => {
    const sapa = useService(undefined, { schema: "desk" });

    test("Sapa and Prisma meet in a schema of their own", async () => {
      const [budi, sari] = [sapa.customer(), sapa.admin()];
      const room = await sapa.opens(budi, "Halo", { priority: "HIGH" });
      await sapa.says(sari, room.id, "Selamat pagi");
      const [known] = await sapa.prisma.chatRoom.findMany({
        where: { priority: "HIGH", status: { in: ["OPEN"] } },
        include: { user: true, admin: true, messages: { orderBy: { id: "asc" } } },
      });
      partly(known.user, { id: budi.id, name: budi.name });
      partly(known.admin, { id: sari.id });
      same(
        known.messages.map(({ message }) => message),
        ["Halo", "Selamat pagi"],
      );
      same(known.createdAt, moment(room.createdAt));
      await sapa.prisma.chatRoom.update({ where: { id: room.id }, data: { subject: "seen" } });
      same(
        (await sapa.get(sari, "/api/chat/rooms?search=seen")).map(({ id }) => id),
        [room.id],
      );
      await sapa.prisma.chatMessage.create({ data: { chatRoomId: room.id, senderId: budi.id, message: "a wombat" } });
      same(
        (await sapa.get(sari, "/api/chat/rooms?search=wombat")).map(({ id }) => id),
        [room.id],
      );
      const [{ count }] = await sapa.prisma.$queryRawUnsafe('SELECT count(*) AS count FROM public."User"');
      assert.equal(Number(count), 0);
    });
  },
);
