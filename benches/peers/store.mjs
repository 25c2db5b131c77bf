// Where the peers keep messages: nowhere, in SQLite with synchronous FULL, or in Postgres. Each message is one transaction
// that inserts it and brings its room's preview up to date, which is the least that a desk needs.
import { randomUUID } from "node:crypto";

const PREVIEW_CHARS = 100;

const TABLES = [
  `CREATE TABLE IF NOT EXISTS room (
     id integer PRIMARY KEY, last_message text, last_activity bigint NOT NULL DEFAULT 0)`,
  `CREATE TABLE IF NOT EXISTS message (
     id text PRIMARY KEY, room_id integer NOT NULL REFERENCES room (id), sender_id integer NOT NULL, body text NOT NULL,
     created_at bigint NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS message_room_created ON message (room_id, created_at)",
];

/** Opens the store that STORE names: `none`, `sqlite` (DATABASE is a path) or `pg` (DATABASE is a URL), with ROOMS rooms. */
export async function openStore(kind, database, rooms) {
  switch (kind) {
    case "none":
      return { save: async (room, body) => messageOf(room, body) };
    case "sqlite":
      return openSqlite(database, rooms);
    case "pg":
      return openPostgres(database, rooms);
    default:
      throw new Error(`no such store: ${kind}`);
  }
}

function messageOf(room, body) {
  return { id: randomUUID(), roomId: room, senderId: 1, message: body, createdAt: Date.now() };
}

async function openSqlite(path, rooms) {
  const { default: Database } = await import("better-sqlite3");
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  TABLES.forEach((table) => db.exec(table));
  const room = db.prepare("INSERT OR IGNORE INTO room (id) VALUES (?)");
  db.transaction(() => {
    for (let id = 1; id <= rooms; id += 1) room.run(id);
  })();
  const insert = db.prepare("INSERT INTO message (id, room_id, sender_id, body, created_at) VALUES (?, ?, ?, ?, ?)");
  const update = db.prepare("UPDATE room SET last_message = ?, last_activity = ? WHERE id = ?");
  const write = db.transaction((message) => {
    insert.run(message.id, message.roomId, message.senderId, message.message, message.createdAt);
    update.run(message.message.slice(0, PREVIEW_CHARS), message.createdAt, message.roomId);
  });
  const count = db.prepare("SELECT count(*) AS messages FROM message");
  return {
    save: async (id, body) => {
      const message = messageOf(id, body);
      write(message);
      return message;
    },
    count: async () => count.get().messages,
  };
}

async function openPostgres(url, rooms) {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  for (const table of TABLES) await pool.query(table);
  await pool.query("INSERT INTO room (id) SELECT generate_series(1, $1) ON CONFLICT DO NOTHING", [rooms]);
  const insert = "INSERT INTO message (id, room_id, sender_id, body, created_at) VALUES ($1, $2, $3, $4, $5)";
  const update = "UPDATE room SET last_message = $1, last_activity = $2 WHERE id = $3";
  return {
    save: async (id, body) => {
      const message = messageOf(id, body);
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query({
          name: "insert",
          text: insert,
          values: [message.id, message.roomId, message.senderId, message.message, message.createdAt],
        });
        await client.query({
          name: "update",
          text: update,
          values: [message.message.slice(0, PREVIEW_CHARS), message.createdAt, message.roomId],
        });
        await client.query("COMMIT");
      } finally {
        client.release();
      }
      return message;
    },
    count: async () => Number((await pool.query("SELECT count(*) AS messages FROM message")).rows[0].messages),
  };
}
