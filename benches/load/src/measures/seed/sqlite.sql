-- A desk of @ROOMS@ rooms and @MESSAGES@ messages with the totals that follow from them. Customer n has the id 2000000 + n
-- and room n; the messages go to the rooms in turn; the journal holds the newest 100,000.
PRAGMA synchronous = OFF;
PRAGMA cache_size = -1000000;
BEGIN;
CREATE TEMP VIEW room AS
WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < @ROOMS@)
SELECT id,
  strftime('%Y-%m-%dT%H:%M:%f', 1780000000 + id, 'unixepoch') || '+00:00' AS moment,
  CASE WHEN id % 10 < 6 THEN 'OPEN' WHEN id % 10 < 8 THEN 'RESOLVED' ELSE 'CLOSED' END AS status,
  CASE id % 4 WHEN 0 THEN 'LOW' WHEN 1 THEN 'NORMAL' WHEN 2 THEN 'HIGH' ELSE 'URGENT' END AS priority,
  id % 3 = 0 AS waits
FROM n;
CREATE TEMP VIEW message AS
WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < @MESSAGES@)
SELECT id, 1 + (id - 1) % @ROOMS@ AS room,
  strftime('%Y-%m-%dT%H:%M:%f', 1780000000 + id * @ROOMS@ / @MESSAGES@, 'unixepoch') || '+00:00' AS moment
FROM n;
INSERT INTO "User" ("id", "name", "role", "createdAt", "updatedAt")
  SELECT 1999999, 'Agent', 'ADMIN', moment, moment FROM room WHERE id = 1
  UNION ALL SELECT 2000000 + id, 'Person ' || id, 'USER', moment, moment FROM room;
INSERT INTO "ChatRoom" ("id", "userId", "adminId", "status", "subject", "priority", "lastMessage", "lastActivity", "isRead",
    "createdAt", "updatedAt", "kind", "deskUnread", "customerUnread", "unanswered")
  SELECT id, 2000000 + id, iif(id % 2 = 0, NULL, 1999999), status, 'Order ' || id, priority, 'The parcel has not come',
    moment, NOT waits, moment, moment, 'SUPPORT', waits, 0, 1 FROM room;
INSERT INTO "ChatMessage" ("id", "chatRoomId", "senderId", "message", "messageType", "isRead", "createdAt")
  SELECT id, room, 2000000 + room,
    'The parcel of order ' || room || ' has not come yet, and this is question ' || id
      || iif(room % 500 = 0, ' with needle ' || room, ''),
    'TEXT', NOT (room % 3 = 0 AND id > @MESSAGES@ - @ROOMS@), moment FROM message;
INSERT INTO "ChatEvent" ("id", "roomId", "type", "actorId", "messageId", "createdAt")
  SELECT id, room, 'message', 2000000 + room, id, moment FROM message WHERE id > max(0, @MESSAGES@ - 100000);
UPDATE "ChatCounter" SET "lastEventId" = @MESSAGES@, "prunedEventId" = max(0, @MESSAGES@ - 100000),
  "total" = (SELECT count(*) FROM room), "open" = (SELECT count(*) FROM room WHERE status = 'OPEN'),
  "closed" = (SELECT count(*) FROM room WHERE status = 'CLOSED'),
  "resolved" = (SELECT count(*) FROM room WHERE status = 'RESOLVED'),
  "unread" = (SELECT sum(waits) FROM room), "unassigned" = (SELECT count(*) FROM room WHERE id % 2 = 0),
  "low" = (SELECT count(*) FROM room WHERE priority = 'LOW'),
  "normal" = (SELECT count(*) FROM room WHERE priority = 'NORMAL'),
  "high" = (SELECT count(*) FROM room WHERE priority = 'HIGH'),
  "urgent" = (SELECT count(*) FROM room WHERE priority = 'URGENT');
INSERT INTO "ChatMessageSearch"("ChatMessageSearch") VALUES ('rebuild');
CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, 'ChatMessageSearch', 'row');
INSERT INTO "ChatWord"("word") SELECT term FROM word;
INSERT INTO "ChatWordSearch"("ChatWordSearch") VALUES ('rebuild');
COMMIT;
ANALYZE;
PRAGMA wal_checkpoint(TRUNCATE);
