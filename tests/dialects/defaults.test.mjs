import assert from "node:assert/strict";
import test from "node:test";
import { joinAs } from "./flows/desk.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { includes } from "./harness/expect.mjs";
import { useSapaAsItComes } from "./harness/sapa.mjs";

const sapa = useSapaAsItComes();

test("a new room goes to the admin who is online, and both pages see whose it is", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  const admin = await sapa.connect("/support", sari);
  const customer = await sapa.connect("/support", budi);
  const joined = await customer.ask("join_chat", {});
  includes(joined.data.room, { admin_id: sari.id, admin_name: "Sari" });
  const told = await admin.next("admin_notification", ({ roomId }) => roomId === joined.data.roomId);
  includes(told.room, { user_id: budi.id, admin_id: sari.id });
});

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`a brisk conversation of twenty messages meets no limit by ${name}`, async () => {
    const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
    const admin = await sapa.connect("/desk", sari, { transports });
    await admin.ask("user:join", joinAs(sari));
    const customer = await sapa.connect("/desk", budi, { transports });
    await customer.ask("user:join", joinAs(budi));
    for (let n = 0; n < 10; n++) {
      const asked = await customer.ask("message:send", { message: `question ${n}`, sender: "CUSTOMER" });
      includes(asked, { content: `question ${n}` });
      const { conversationId } = await admin.next("message:received", ({ id }) => id === asked.id);
      const answer = await admin.ask("message:send", { conversationId, message: `answer ${n}`, sender: "ADMIN" });
      await customer.next("message:received", ({ id }) => id === answer.id);
    }
    assert.equal(customer.all("message:error").length + admin.all("message:error").length, 0);
  });
}

test("ten tabs that open at once are all served", async () => {
  const budi = sapa.customer("Budi");
  const transports = Object.values(TRANSPORTS);
  const tabs = await Promise.all(Array.from({ length: 10 }, (_, n) => {
    return sapa.connect("/support", budi, { transports: transports[n % 3] });
  }));
  for (const tab of tabs) includes(await tab.ask("join_chat", {}), { success: true });
  tabs[0].emit("send_message", { message: "to all of them" });
  for (const tab of tabs) includes(await tab.next("new_message"), { message: "to all of them" });
});
