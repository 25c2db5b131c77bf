import assert from "node:assert/strict";
import test from "node:test";
import { play, receivedOf, sentOf } from "./flows/messenger.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { LIST, TEXT, same } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`two users write to each other as in the document by ${name}`, () =>
    play(sapa, "/messenger", {
      transports,
      settled: async (...clients) => {
        if (name === "polling with upgrade") for (const client of clients) await client.upgraded();
        for (const client of clients) assert.equal(client.transport, transports.at(-1));
      },
    }));
}

test("an acknowledgement carries what message_sent carries", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const other = await sapa.connect("/messenger", budi);
  const one = await sapa.connect("/messenger", ani);
  const answer = await one.ask("send_message", { receiver_id: budi.id, content: "by ack" });
  const sent = await one.next("message_sent");
  assert.deepEqual(answer, { success: true, data: sent });
  const received = await other.next("receive_message");
  const read = await other.ask("mark_as_read", { message_id: received.id });
  assert.equal(read.success, true);
});

test("the confirmation reaches all of the sender's tabs, the message all of the receiver's", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const tabs = await Promise.all([1, 2].map(() => sapa.connect("/messenger", ani)));
  const theirs = await Promise.all([1, 2].map(() => sapa.connect("/messenger", budi)));
  tabs[1].emit("send_message", { receiver_id: budi.id, content: "to all tabs" });
  for (const tab of theirs) same(await tab.next("receive_message"), receivedOf(ani, budi, "to all tabs"));
  for (const tab of tabs) same(await tab.next("message_sent"), sentOf(theirs[0].all("receive_message")[0]));
  await quiet();
  for (const tab of tabs) assert.deepEqual(tab.names(), ["message_sent"]);
  for (const tab of theirs) assert.deepEqual(tab.names(), ["receive_message"]);
});

test("a customer who writes to an admin reaches every admin, and any of them may answer", async () => {
  const [budi, sari, dewi] = [sapa.customer("Budi"), sapa.admin("Sari"), sapa.admin("Dewi")];
  const [first, second] = [await sapa.connect("/messenger", sari), await sapa.connect("/messenger", dewi)];
  const customer = await sapa.connect("/messenger", budi);
  customer.emit("send_message", { receiver_id: sari.id, content: "is it ready?" });
  for (const admin of [first, second]) {
    same(await admin.next("receive_message"), receivedOf(budi, sari, "is it ready?"));
  }
  second.emit("send_message", { receiver_id: budi.id, content: "tomorrow" });
  same(await customer.next("receive_message"), receivedOf(dewi, budi, "tomorrow"));
  same(await first.next("receive_message"), receivedOf(dewi, budi, "tomorrow"));
  await second.next("message_sent");
  await quiet();
  assert.deepEqual(customer.names(), ["message_sent", "receive_message"]);
  assert.deepEqual(second.names(), ["receive_message", "message_sent"]);
});

test("what two customers say to each other no admin hears", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const admin = await sapa.connect("/messenger", sapa.admin());
  const one = await sapa.connect("/messenger", ani);
  await sapa.meet(budi);
  await one.ask("send_message", { receiver_id: budi.id, content: "between us" });
  await quiet();
  assert.deepEqual(admin.names(), []);
});

const refused = [
  ["send_message", () => ({ content: "x" }), "invalid_input", "receiver_id"],
  ["send_message", () => ({ receiver_id: "two", content: "x" }), "invalid_input", "receiver_id"],
  ["send_message", () => ({ receiver_id: 999999, content: "x" }), "not_found"],
  ["send_message", ({ self }) => ({ receiver_id: self.id, content: "x" }), "invalid_input", "receiver_id"],
  ["send_message", ({ other }) => ({ receiver_id: other.id, content: " \n" }), "invalid_input", "content"],
  ["send_message", ({ other }) => ({ receiver_id: other.id }), "invalid_input", "content"],
  ["send_message", ({ other }) => ({ receiver_id: other.id, content: "x".repeat(4001) }), "invalid_input", "content"],
  ["mark_as_read", () => ({}), "invalid_input", "message_id"],
  ["mark_as_read", () => ({ message_id: 999999 }), "not_found"],
  ["typing", () => ({ receiver_id: 1 }), "unknown_event"],
];

for (const [event, payload, code, field] of refused) {
  test(`${event} ${field ? `without a good ${field} ` : ""}is refused with ${code}`, async () => {
    const [self, other] = [sapa.customer(), sapa.customer()];
    await sapa.meet(other);
    const client = await sapa.connect("/messenger", self);
    const answer = await client.ask(event, payload({ self, other }));
    same(answer, { success: false, event, code, message: TEXT, ...(field && { errors: { [field]: LIST } }) });
    assert.deepEqual(await client.next("error"), answer);
    assert.deepEqual(client.all("message_sent"), []);
  });
}
