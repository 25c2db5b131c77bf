// A chat in Express: `GET /sub/:room` is a stream, `POST /pub/:room` stores a message and gives it to the room's streams.
import express from "express";
import { openStore } from "./store.mjs";

const { HOST = "127.0.0.1", PORT = "0", STORE = "none", DATABASE = "", ROOMS = "10000" } = process.env;
const store = await openStore(STORE, DATABASE, Number(ROOMS));
const rooms = new Map();
const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json());

app.get("/sub/:room", (request, response) => {
  const room = Number(request.params.room);
  const readers = rooms.get(room) ?? rooms.set(room, new Set()).get(room);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write(": open\n\n");
  readers.add(response);
  request.on("close", () => readers.delete(response));
});

app.post("/pub/:room", async (request, response, next) => {
  try {
    const room = Number(request.params.room);
    const message = await store.save(room, request.body.message);
    const frame = `data: ${JSON.stringify(message)}\n\n`;
    for (const reader of rooms.get(room) ?? []) reader.write(frame);
    response.status(201).json(message);
  } catch (error) {
    next(error);
  }
});

app.get("/count", async (_request, response) => response.json({ messages: (await store.count?.()) ?? 0 }));
const server = app.listen(Number(PORT), HOST, 4096);
// At a slow pace a connection is idle for longer than Node's five seconds.
server.keepAliveTimeout = 60_000;
