// Seed 003 as its document tells it, field for field.
import assert from "node:assert/strict";
import { ID, TIME, same } from "../harness/expect.mjs";
import { quiet } from "../harness/sapa.mjs";

/** What the receiver hears. */
export const receivedOf = (sender, receiver, content) => ({
  id: ID,
  sender_id: sender.id,
  receiver_id: receiver.id,
  content,
  created_at: TIME,
});

/** What the sender hears of the same message. */
export const sentOf = ({ id, receiver_id, content, created_at }) => ({ id, receiver_id, content, created_at });

export async function play(sapa, namespace, options) {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const one = await sapa.connect(namespace, ani, options);
  const other = await sapa.connect(namespace, budi, options);

  one.emit("send_message", { receiver_id: budi.id, content: "Halo!" });
  const received = await other.next("receive_message");
  same(received, receivedOf(ani, budi, "Halo!"));
  assert.deepEqual(await one.next("message_sent"), sentOf(received));

  other.emit("mark_as_read", { message_id: received.id });
  const read = { message_id: received.id, user_id: budi.id };
  assert.deepEqual(await one.next("messege_read"), read);
  assert.deepEqual(await other.next("messege_read"), read);

  other.emit("send_message", { receiver_id: String(ani.id), content: "Halo Ani" });
  const back = await one.next("receive_message");
  same(back, receivedOf(budi, ani, "Halo Ani"));
  assert.deepEqual(await other.next("message_sent"), sentOf(back));

  const listed = (await sapa.call(budi, "GET", "/api/chats/")).body;
  same(listed, {
    success: true,
    data: [{
      user_id: ani.id, username: ani.name, avatar: null,
      last_message: "Halo Ani", last_message_time: back.created_at, unread_count: 0,
    }],
  });

  await options?.settled?.(one, other);
  await quiet();
  assert.deepEqual(one.names(), ["message_sent", "messege_read", "receive_message"]);
  assert.deepEqual(other.names(), ["receive_message", "messege_read", "message_sent"]);
}
