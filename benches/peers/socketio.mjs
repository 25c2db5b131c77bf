// A chat in Socket.IO: a client joins the room that its handshake or its `join` names, `POST /pub/:room` stores a message
// and emits it to the room.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { openStore } from "./store.mjs";

const { HOST = "127.0.0.1", PORT = "0", STORE = "none", DATABASE = "", ROOMS = "10000" } = process.env;
const store = await openStore(STORE, DATABASE, Number(ROOMS));

const http = createServer((request, response) => {
  if (request.url === "/count") {
    Promise.resolve(store.count?.() ?? 0).then((messages) => response.end(JSON.stringify({ messages })));
    return;
  }
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (part) => (text += part));
  request.on("end", async () => {
    try {
      const room = Number(request.url.slice("/pub/".length));
      const message = await store.save(room, JSON.parse(text).message);
      chat.to(`room-${room}`).emit("new_message", message);
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify(message));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});

const io = new Server(http, { serveClient: false, perMessageDeflate: false });
const chat = io.of("/support");
chat.use((socket, next) => next(socket.handshake.auth.token ? undefined : new Error("unauthenticated")));
chat.on("connection", (socket) => {
  socket.on("join_chat", ({ roomId }) => {
    socket.join(`room-${roomId}`);
    socket.emit("joined_room", { roomId, messages: [] });
  });
});
http.listen(Number(PORT), HOST, 4096);
// As for Express: a caller may be idle for longer than five seconds.
http.keepAliveTimeout = 60_000;
