import assert from "node:assert/strict";
import test from "node:test";
import { TRANSPORTS } from "./harness/client.mjs";
import { sleep } from "./harness/process.mjs";
import { useSapa } from "./harness/sapa.mjs";

// Everything that happens by itself happens every second.
const sapa = useSapa({
  SAPA__STREAM__HEARTBEAT_SECONDS: "1",
  SAPA__SOCKETIO__PING_INTERVAL_MS: "1000",
  SAPA__SOCKETIO__PING_TIMEOUT_MS: "1000",
  SAPA__TYPING__TIMEOUT_SECONDS: "1",
});

test("a connection on which nobody writes stays the same one, on every namespace and transport", async () => {
  const clients = [];
  for (const namespace of ["/support", "/direct", "/messenger", "/desk", "/"]) {
    for (const transports of Object.values(TRANSPORTS)) {
      clients.push(await sapa.connect(namespace, sapa.customer(), { transports, reconnection: true }));
    }
  }
  const supporting = clients.slice(0, 3);
  for (const client of supporting) await client.ask("join_chat", {});
  for (const client of clients) client.socket.on("disconnect", (reason) => (client.lost = reason));
  const ids = clients.map((client) => client.socket.id);
  await sleep(3500);
  assert.deepEqual(clients.map((client) => client.lost), clients.map(() => undefined));
  assert.deepEqual(clients.map((client) => client.socket.id), ids);
  for (const client of supporting) assert.equal((await client.ask("send_message", { message: "still" })).success, true);
});

test("typing that is not said again ends by itself", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  const support = await sapa.connect("/support", budi);
  const { data } = await support.ask("join_chat", {});
  const desk = await sapa.connect("/support", sari);
  await desk.ask("join_chat", { roomId: data.roomId });
  support.emit("typing", { isTyping: true });
  await desk.next("user_typing", ({ isTyping }) => isTyping);
  await desk.next("user_typing", ({ isTyping }) => !isTyping);

  const [ani, eko] = [sapa.customer("Ani"), sapa.customer("Eko")];
  const [one, other] = [await sapa.connect("/direct", ani), await sapa.connect("/direct", eko)];
  one.emit("typing_start", { receiverId: eko.id });
  await other.next("user_typing", ({ isTyping }) => isTyping);
  await other.next("user_typing", ({ isTyping }) => !isTyping);
});
