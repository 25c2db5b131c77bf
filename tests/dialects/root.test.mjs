import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { play as desk } from "./flows/desk.mjs";
import { play as direct } from "./flows/direct.mjs";
import { play as messenger } from "./flows/messenger.mjs";
import { play as support } from "./flows/support.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { useSapa } from "./harness/sapa.mjs";

const flows = { support, direct, messenger, desk };

const ways = {
  ...TRANSPORTS,
  "what the client chooses by itself": ["polling", "websocket", "webtransport"],
  "what the panels of seed 004 ask for": ["websocket", "polling"],
};

for (const [dialect, play] of Object.entries(flows)) {
  describe(`with root_dialect = "${dialect}"`, () => {
    const sapa = useSapa({ SAPA__SOCKETIO__ROOT_DIALECT: dialect });
    for (const [name, transports] of Object.entries(ways)) {
      test(`the seed's flow passes on the root namespace by ${name}`, () => play(sapa, "/", { transports }));
    }

    test("the same person on the root namespace and on the dialect's own hears the same", async () => {
      const [budi, sari] = [sapa.customer("Budi"), sapa.admin()];
      const rooted = await sapa.connect("/", budi);
      const named = await sapa.connect(`/${dialect}`, budi);
      if (dialect === "support") for (const client of [rooted, named]) await client.ask("join_chat", {});
      await sapa.meet(sari);
      const { body: room } = await sapa.call(budi, "GET", "/api/chat/room");
      await sapa.call(sari, "POST", `/api/chat/rooms/${room.id}`, { message: "both of you" });
      const event = { messenger: "receive_message", desk: "message:received" }[dialect] ?? "new_message";
      assert.deepEqual(await rooted.next(event), await named.next(event));
    });
  });
}

describe("without a setting", () => {
  const sapa = useSapa();
  test("the root namespace speaks support", () => support(sapa, "/", { transports: ["websocket"] }));
});
