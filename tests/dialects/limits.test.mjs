import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { TEXT, includes, same } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

describe("with few events per second", () => {
  const sapa = useSapa({ SAPA__SOCKETIO__EVENTS_PER_SECOND: "5", SAPA__SOCKETIO__EVENTS_BURST: "20" });
  const cases = {
    "/support": ["typing", { isTyping: true }, "error"],
    "/direct": ["mark_message_read", { messageId: 999999 }, "error"],
    "/messenger": ["mark_as_read", { message_id: 999999 }, "error"],
    "/desk": ["conversation:getMessages", { conversationId: 999999 }, "message:error"],
  };

  for (const [namespace, [event, payload, errors]] of Object.entries(cases)) {
    test(`${namespace}: a burst is refused with rate_limited, every acknowledgement comes, few errors`, async () => {
      const honest = await sapa.connect(namespace, sapa.customer());
      const client = await sapa.connect(namespace, sapa.customer());
      const answers = await Promise.all(Array.from({ length: 300 }, () => client.ask(event, payload)));
      const refused = answers.filter((answer) => answer.code === "rate_limited");
      assert.ok(refused.length > 200 && refused.length <= 281, `${refused.length} were refused`);
      const retryAfter = (seconds) => Number.isFinite(seconds) && seconds > 0;
      same(refused[0], { success: false, event, code: "rate_limited", message: TEXT, retryAfter });
      await quiet();
      const told = client.all(errors).filter((error) => error.code === "rate_limited");
      assert.ok(told.length >= 1 && told.length <= 4, `${told.length} error events`);
      assert.equal(client.socket.connected, true);
      const answer = await honest.ask(event, payload);
      assert.notEqual(answer.code, "rate_limited");
    });
  }

  test("a burst of thousands without acknowledgements neither ends the server nor slows the next client", async () => {
    const client = await sapa.connect("/support", sapa.customer());
    const honest = await sapa.connect("/support", sapa.customer());
    for (let n = 0; n < 5000; n++) client.emit("send_message", { message: `flood ${n}` });
    const began = Date.now();
    includes(await honest.ask("send_message", { message: "calm" }), { success: true });
    assert.ok(Date.now() - began < 2000, `it took ${Date.now() - began} ms`);
    await client.next("error", (error) => error.code === "rate_limited");
    await quiet();
    assert.ok(client.all("new_message").length <= 40, `${client.all("new_message").length} were taken`);
    assert.ok(client.all("error").length <= 5, `${client.all("error").length} error events`);
  });
});

describe("with few writes per second", () => {
  const sapa = useSapa({ SAPA__LIMITS__WRITES_PER_SECOND: "1", SAPA__LIMITS__WRITES_BURST: "3" });

  test("the limit on writes is one for all doors", async () => {
    const [budi, sari] = [sapa.customer(), sapa.admin()];
    await sapa.meet(budi, sari);
    const direct = await sapa.connect("/direct", budi);
    const messenger = await sapa.connect("/messenger", budi);
    const desk = await sapa.connect("/desk", budi);
    for (let n = 0; n < 4; n++) await direct.ask("send_message", { receiverId: sari.id, message: `${n}` });
    const refusal = { success: false, code: "rate_limited", message: TEXT, retryAfter: (n) => n > 0 };
    includes(await direct.ask("send_message", { receiverId: sari.id, message: "more" }), refusal);
    includes(await messenger.ask("send_message", { receiver_id: sari.id, content: "more" }), refusal);
    includes(await desk.ask("message:send", { message: "more", sender: "CUSTOMER" }), refusal);
    const rest = await sapa.call(budi, "POST", "/api/v0/chat/send", { receiverId: sari.id, message: "more" });
    assert.equal(rest.status, 429);
    assert.ok(Number(rest.headers.get("retry-after")) >= 1);
    includes(rest.body, { success: false, code: "rate_limited", message: TEXT });
  });
});

describe("with few streams per person", () => {
  const sapa = useSapa({ SAPA__LIMITS__STREAMS_PER_USER: "3" });

  for (const namespace of ["/support", "/direct", "/messenger", "/desk"]) {
    test(`${namespace}: a connection too many is refused, and one that goes makes room`, async () => {
      const sari = sapa.admin();
      const kept = [];
      for (let n = 0; n < 3; n++) kept.push(await sapa.connect(namespace, sari));
      const error = await sapa.open(namespace, sari).refused();
      includes(error.data, { code: "rate_limited" });
      kept[0].close();
      await quiet();
      await sapa.connect(namespace, sari);
      await sapa.connect(namespace, sapa.admin());
    });
  }

  test("/support: a customer counts once they have joined", async () => {
    const budi = sapa.customer();
    const tabs = [];
    for (let n = 0; n < 4; n++) tabs.push(await sapa.connect("/support", budi));
    for (const tab of tabs.slice(0, 3)) includes(await tab.ask("join_chat", {}), { success: true });
    includes(await tabs[3].ask("join_chat", {}), { success: false, code: "rate_limited" });
  });
});
