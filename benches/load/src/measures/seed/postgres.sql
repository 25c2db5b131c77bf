-- A desk of @ROOMS@ rooms and @MESSAGES@ messages with the totals that follow from them. Customer n has the id 2000000 + n
-- and room n; the messages go to the rooms in turn; the journal holds the newest 100,000.
SET synchronous_commit = off;
SET maintenance_work_mem = '1GB';
-- What follows refers to what is there; the indexes are made at once, which takes half the time.
SET session_replication_role = replica;
DROP INDEX "ChatMessageSearch_words", "ChatWord_word_trgm", "ChatWord_beginning";
ALTER TABLE "ChatWord" DROP CONSTRAINT "ChatWord_pkey";
CREATE TEMP TABLE room AS
SELECT id, (timestamp '2026-05-01' + id * interval '1 second')::timestamp(3) AS moment,
  (CASE WHEN id % 10 < 6 THEN 'OPEN' WHEN id % 10 < 8 THEN 'RESOLVED' ELSE 'CLOSED' END)::"ChatStatus" AS status,
  (ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'])[1 + id % 4]::"ChatPriority" AS priority,
  id % 3 = 0 AS waits
FROM generate_series(1, @ROOMS@) AS id;
INSERT INTO "User" ("id", "name", "role", "createdAt", "updatedAt")
  SELECT 1999999, 'Agent', 'ADMIN'::"Role", moment, moment FROM room WHERE id = 1
  UNION ALL SELECT 2000000 + id, 'Person ' || id, 'USER'::"Role", moment, moment FROM room;
INSERT INTO "ChatRoom" ("id", "userId", "adminId", "status", "subject", "priority", "lastMessage", "lastActivity", "isRead",
    "createdAt", "updatedAt", "kind", "deskUnread", "customerUnread", "unanswered")
  SELECT id, 2000000 + id, CASE WHEN id % 2 = 1 THEN 1999999 END, status, 'Order ' || id, priority,
    'The parcel has not come', moment, NOT waits, moment, moment, 'SUPPORT', waits::int, 0, true FROM room;
INSERT INTO "ChatMessage" ("id", "chatRoomId", "senderId", "message", "messageType", "isRead", "createdAt")
  SELECT id, room, 2000000 + room,
    'The parcel of order ' || room || ' has not come yet, and this is question ' || id
      || CASE WHEN room % 500 = 0 THEN ' with needle ' || room ELSE '' END,
    'TEXT', NOT (room % 3 = 0 AND id > @MESSAGES@ - @ROOMS@),
    (timestamp '2026-05-01' + id::bigint * @ROOMS@ / @MESSAGES@ * interval '1 second')::timestamp(3)
  FROM (SELECT id, 1 + (id - 1) % @ROOMS@ AS room FROM generate_series(1, @MESSAGES@) AS id) AS message;
INSERT INTO "ChatEvent" ("id", "roomId", "type", "actorId", "messageId", "createdAt")
  SELECT "id", "chatRoomId", 'message', "senderId", "id", "createdAt" FROM "ChatMessage"
  WHERE "id" > greatest(0, @MESSAGES@ - 100000);
UPDATE "ChatCounter" SET "lastEventId" = @MESSAGES@, "prunedEventId" = greatest(0, @MESSAGES@ - 100000),
  "total" = counted.total, "open" = counted.open, "closed" = counted.closed, "resolved" = counted.resolved,
  "unread" = counted.unread, "unassigned" = counted.unassigned, "low" = counted.low, "normal" = counted.normal,
  "high" = counted.high, "urgent" = counted.urgent
  FROM (SELECT count(*) AS total, count(*) FILTER (WHERE status = 'OPEN') AS open,
      count(*) FILTER (WHERE status = 'CLOSED') AS closed, count(*) FILTER (WHERE status = 'RESOLVED') AS resolved,
      count(*) FILTER (WHERE waits) AS unread, count(*) FILTER (WHERE id % 2 = 0) AS unassigned,
      count(*) FILTER (WHERE priority = 'LOW') AS low, count(*) FILTER (WHERE priority = 'NORMAL') AS normal,
      count(*) FILTER (WHERE priority = 'HIGH') AS high, count(*) FILTER (WHERE priority = 'URGENT') AS urgent
    FROM room) AS counted;
SELECT setval(pg_get_serial_sequence('"User"', 'id'), (SELECT max("id") FROM "User"));
SELECT setval(pg_get_serial_sequence('"ChatRoom"', 'id'), @ROOMS@);
SELECT setval(pg_get_serial_sequence('"ChatMessage"', 'id'), @MESSAGES@);
-- As the job would have indexed them. A number is hashed once.
CREATE FUNCTION pg_temp.id(word text) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('x' || encode(substring(sha256(convert_to(word, 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint $$;
CREATE TEMP TABLE number AS
  SELECT n, pg_temp.id(n::text) AS id FROM generate_series(1, greatest(@ROOMS@, @MESSAGES@)) AS n;
CREATE TEMP TABLE word AS
  SELECT pg_temp.id(word) AS id, word, @MESSAGES@ AS messages
    FROM unnest(string_to_array('the parcel of order has not come yet and this is question', ' ')) AS word
  UNION ALL SELECT pg_temp.id(word), word, @MESSAGES@ / 500 FROM unnest(ARRAY['with', 'needle']) AS word WHERE @ROOMS@ >= 500;
INSERT INTO "ChatMessageSearch"
  SELECT message.n, common.ids || ARRAY[room.id, message.id] || CASE WHEN room.n % 500 = 0 THEN needle.ids END
  FROM number AS message JOIN number AS room ON room.n = 1 + (message.n - 1) % @ROOMS@,
    (SELECT array_agg(id) AS ids FROM word WHERE messages = @MESSAGES@) AS common,
    (SELECT array_agg(id) AS ids FROM word WHERE messages < @MESSAGES@) AS needle
  WHERE message.n <= @MESSAGES@ ORDER BY message.n;
INSERT INTO "ChatWord" SELECT id, n::text, 1 FROM number UNION ALL SELECT * FROM word;
UPDATE "ChatMessageIndexed" SET "through" = @MESSAGES@;
ALTER TABLE "ChatWord" ADD PRIMARY KEY ("id");
CREATE INDEX "ChatWord_beginning" ON "ChatWord" (left("word", 32) COLLATE "C");
CREATE INDEX "ChatWord_word_trgm" ON "ChatWord" USING gin ("word" gin_trgm_ops)
  WITH (gin_pending_list_limit = 1024);
CREATE INDEX "ChatMessageSearch_words" ON "ChatMessageSearch" USING gin ("words") WITH (gin_pending_list_limit = 1024);
VACUUM ANALYZE;
