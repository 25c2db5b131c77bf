import assert from "node:assert/strict";
import test from "node:test";
import { quiet, useSapa } from "./harness/sapa.mjs";
import { SEATS, talkInTurn } from "./harness/seats.mjs";

const sapa = useSapa();
const dialects = Object.entries(SEATS);

/** The room of a customer's conversation with the desk. */
const roomOf = async (customer) => (await sapa.call(customer, "GET", "/api/chat/room")).body.id;

/** A third customer in each dialect, who must hear nothing. */
async function bystanders() {
  return Promise.all(dialects.map(([, take]) => take(sapa, sapa.customer("Third"))));
}

for (const [asking, takeCustomer] of dialects) {
  for (const [answering, takeAdmin] of dialects) {
    test(`a customer on ${asking} is answered by an admin on ${answering}`, async () => {
      const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
      const others = await bystanders();
      const admin = await takeAdmin(sapa, sari);
      const customer = await takeCustomer(sapa, budi);

      await customer.write("is anybody there?", sari);
      const heardIn = await admin.hear("is anybody there?", budi);
      const roomId = await roomOf(budi);
      assert.equal(heardIn ?? roomId, roomId);

      await admin.write("I am", budi, roomId);
      const answeredIn = await customer.hear("I am", sari);
      assert.equal(answeredIn ?? roomId, roomId);

      await quiet();
      assert.deepEqual(customer.heard(), ["I am"]);
      assert.deepEqual(admin.heard(), ["is anybody there?"]);
      for (const other of others) assert.deepEqual(other.heard(), []);
    });
  }
}

test("one conversation with a seat in every dialect on both sides: each message reaches each seat once", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  const others = await bystanders();
  const admins = await Promise.all(dialects.map(([, take]) => take(sapa, sari)));
  const customers = await Promise.all(dialects.map(([, take]) => take(sapa, budi)));
  const roomId = await roomOf(budi);
  const said = await talkInTurn(dialects.map(([name]) => name), customers, admins, budi, sari, roomId);
  for (const other of others) assert.deepEqual(other.heard(), []);
  const { body: history } = await sapa.call(budi, "GET", `/api/chat/rooms/${roomId}/messages`);
  assert.deepEqual(history.map(({ message }) => message), said);
});

test("two customers on direct and messenger write to each other", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const others = await bystanders();
  const one = await SEATS.direct(sapa, ani);
  const other = await SEATS.messenger(sapa, budi);
  await one.write("from direct", budi);
  await other.hear("from direct", ani);
  await other.write("from messenger", ani);
  await one.hear("from messenger", budi);
  await quiet();
  assert.deepEqual(one.heard(), ["from messenger"]);
  assert.deepEqual(other.heard(), ["from direct"]);
  for (const third of others) assert.deepEqual(third.heard(), []);
});

test("a broadcast reaches every customer in every dialect once, and the admin who wrote it as their own", async () => {
  const sari = sapa.admin("Sari");
  const customers = await bystanders();
  const admin = await sapa.connect("/direct", sari);
  const { data } = await admin.ask("admin_broadcast", { message: "closed on Friday" });
  assert.equal(data.isBroadcast, true);
  const direct = customers[dialects.findIndex(([name]) => name === "direct")];
  assert.deepEqual((await direct.client.next("admin_broadcast")).data, data);
  const others = customers.filter((seat) => seat !== direct);
  for (const { client, event, textOf } of others) await client.next(event, (each) => textOf(each) === data.message);
  await quiet();
  assert.equal(direct.client.all("admin_broadcast").length, 1);
  for (const seat of others) assert.deepEqual(seat.heard(), ["closed on Friday"]);
  assert.deepEqual(admin.names("user_status_update").sort(), ["admin_broadcast", "message_sent"]);
});

test("many customers at once on every dialect: each hears their own answer alone", async () => {
  const sari = sapa.admin("Sari");
  const admin = await SEATS["sse and REST"](sapa, sari);
  const people = Array.from({ length: 20 }, (_, n) => sapa.customer(`Customer${n}`));
  const seats = await Promise.all(people.map((each, n) => dialects[n % dialects.length][1](sapa, each)));
  await Promise.all(seats.map((seat, n) => seat.write(`question ${n}`, sari)));
  await Promise.all(people.map(async (person, n) => {
    const roomId = await admin.hear(`question ${n}`, person);
    await admin.write(`answer ${n}`, person, roomId);
    await seats[n].hear(`answer ${n}`, sari);
  }));
  await quiet();
  for (const [n, seat] of seats.entries()) assert.deepEqual(seat.heard(), [`answer ${n}`]);
});
