//! The queries that the room operations share. A `match` on the database may stand here and nowhere else.

use entity::{ChatKind, ChatStatus, chat_room};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, SimpleExpr},
};

use crate::{
    domain::{Person, Room},
    hub::{Topic, Topics},
    records::{room_of, rooms_of_rows},
    service::Error,
};

/// Newest matching messages that a search looks at, so that a common word costs no more than a rare one.
const SEARCHED_MESSAGES: u32 = 5_000;
/// Trigrams need three characters; shorter terms are looked for in the newest messages alone.
const LEAST_INDEXED_CHARS: usize = 3;
/// The longest word that MySQL's full text knows.
const MOST_INDEXED_CHARS: usize = 84;
/// Words that it leaves out, of those that are long enough (`INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD`).
const UNINDEXED_WORDS: [&str; 18] = [
    "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was", "what", "when", "where", "who",
    "will", "with", "www",
];

/// A room's row.
pub(in crate::service) async fn find_room(db: &impl ConnectionTrait, id: i32) -> Result<chat_room::Model, Error> {
    chat_room::Entity::find_by_id(id).one(db).await?.ok_or(Error::NO_ROOM)
}

/// A row as a room with its people; asks the database only for those who are not `known`.
pub(in crate::service) async fn room_view(
    db: &impl ConnectionTrait,
    row: chat_room::Model,
    known: &[&Person],
) -> Result<Room, Error> {
    let person = |id: i32| known.iter().find(|person| person.id == id).map(|person| (*person).clone());
    let peer_id = row.peer_id.filter(|id| *id != chat_room::EVERYBODY);
    let (admin, peer) = (row.admin_id.and_then(person), peer_id.and_then(person));
    match person(row.user_id) {
        Some(user) if admin.is_some() == row.admin_id.is_some() && peer.is_some() == peer_id.is_some() => {
            Ok(room_of(row, user, admin, peer))
        }
        _ => rooms_of_rows(db, vec![row]).await?.pop().ok_or(Error::NO_ROOM),
    }
}

/// Everybody who is told of a room.
pub(in crate::service) fn topics_of(room: &Room) -> Topics {
    Topic::of_room(room.id, room.user.id, room.peer.as_ref().map(|peer| peer.id), room.kind)
}

/// The customer's newest OPEN room.
pub(super) async fn current_room(db: &impl ConnectionTrait, user_id: i32) -> Result<Option<chat_room::Model>, DbErr> {
    newest_room(db, user_id, ChatStatus::Open).await
}

/// The customer's newest support room of that status.
pub(in crate::service) async fn newest_room(
    db: &impl ConnectionTrait,
    user_id: i32,
    status: ChatStatus,
) -> Result<Option<chat_room::Model>, DbErr> {
    chat_room::Entity::find()
        .filter(chat_room::Column::UserId.eq(user_id))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .filter(chat_room::Column::Status.eq(status))
        .order_by_desc(chat_room::Column::Id)
        .one(db)
        .await
}

/// OPEN rooms without an admin, the longest waiting first.
pub(super) async fn queued_rooms(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<chat_room::Model>, DbErr> {
    chat_room::Entity::find()
        .filter(chat_room::Column::AdminId.is_null())
        .filter(chat_room::Column::Status.eq(ChatStatus::Open))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .order_by_asc(chat_room::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many OPEN rooms each of these admins has; those with none are left out.
pub(super) async fn open_rooms_of(db: &impl ConnectionTrait, admins: &[i32]) -> Result<Vec<(i32, i64)>, DbErr> {
    chat_room::Entity::find()
        .select_only()
        .column(chat_room::Column::AdminId)
        .column_as(chat_room::Column::Id.count(), "rooms")
        .filter(chat_room::Column::AdminId.is_in(admins.iter().copied()))
        .filter(chat_room::Column::Status.eq(ChatStatus::Open))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .group_by(chat_room::Column::AdminId)
        .into_tuple()
        .all(db)
        .await
}

/// Rooms in which the customer's name or e-mail, the subject or a message contains the term, every sign taken as text.
pub(super) fn matching(db: DbBackend, term: &str) -> Condition {
    let indexed = term.chars().count() >= LEAST_INDEXED_CHARS;
    match db {
        DbBackend::Sqlite if indexed => sqlite_full_text(term),
        DbBackend::Sqlite => containing(term, '"'),
        DbBackend::MySql => containing(term, '`').add_option(mysql_full_text(term)),
        _ => postgres_trigrams(term),
    }
}

fn sqlite_full_text(term: &str) -> Condition {
    let phrase = format!("\"{}\"", term.replace('"', "\"\""));
    let any_of = |sql: String| Expr::cust_with_values(sql, [phrase.clone()]);
    Condition::any()
        .add(any_of(r#""ChatRoom"."id" IN (SELECT rowid FROM "ChatRoomSearch" WHERE "ChatRoomSearch" MATCH ?)"#.into()))
        .add(any_of(r#""ChatRoom"."userId" IN (SELECT rowid FROM "UserSearch" WHERE "UserSearch" MATCH ?)"#.into()))
        .add(any_of(format!(
            r#""ChatRoom"."id" IN (SELECT "chatRoomId" FROM "ChatMessage" WHERE "id" IN (SELECT rowid FROM
            "ChatMessageSearch" WHERE "ChatMessageSearch" MATCH ? ORDER BY rowid DESC LIMIT {SEARCHED_MESSAGES}))"#
        )))
}

/// Older messages, as MySQL's index finds them: it knows only words, and their beginnings. Those are kept that contain the
/// term itself. None if the term has no word that the index knows.
fn mysql_full_text(term: &str) -> Option<SimpleExpr> {
    // An apostrophe may be a part of a word or not; what is beside one is not looked up.
    let words = term.split(|sign: char| sign.is_whitespace() || sign.is_ascii_punctuation() && !"'_".contains(sign));
    let known = words.filter(|word| {
        let length = word.chars().count();
        (LEAST_INDEXED_CHARS..=MOST_INDEXED_CHARS).contains(&length)
            && word.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
            && !UNINDEXED_WORDS.contains(&word.to_lowercase().as_str())
    });
    let wanted = known.map(|word| format!("+{word}*")).collect::<Vec<_>>().join(" ");
    let sql = format!(
        "`ChatRoom`.`id` IN (SELECT `chatRoomId` FROM (SELECT `chatRoomId` FROM `ChatMessage` WHERE MATCH (`message`) \
         AGAINST (? IN BOOLEAN MODE) AND `message` LIKE ? ESCAPE '!' ORDER BY `id` DESC LIMIT {SEARCHED_MESSAGES}) AS `found`)"
    );
    (!wanted.is_empty()).then(|| Expr::cust_with_values(sql, [wanted, pattern(term)]))
}

/// By pattern, as the trigram indexes serve it. The rooms are gathered before they are ordered: with an OR of look-ups the
/// planner walks through all rooms in the order of the list (with 50,000 of them 39 ms instead of 0.9).
fn postgres_trigrams(term: &str) -> Condition {
    let found = r#""ChatRoom"."id" IN (
        SELECT "id" FROM "ChatRoom" WHERE "subject" ILIKE $1 ESCAPE '!'
        UNION SELECT "id" FROM "ChatRoom" WHERE "userId" IN (
            SELECT "id" FROM "User" WHERE "name" ILIKE $1 ESCAPE '!'
            UNION SELECT "id" FROM "User" WHERE "email" ILIKE $1 ESCAPE '!')
        UNION SELECT "chatRoomId" FROM "ChatMessage" WHERE "message" ILIKE $1 ESCAPE '!')"#;
    Condition::all().add(Expr::cust_with_values(found, [pattern(term)]))
}

/// By pattern; no index serves it, so it looks at the newest messages alone.
fn containing(term: &str, quote: char) -> Condition {
    let pattern = pattern(term);
    let clause =
        |sql: String| -> SimpleExpr { Expr::cust_with_values(sql.replace('~', &quote.to_string()), [pattern.clone()]) };
    let newest = format!("~id~ > (SELECT COALESCE(MAX(~id~), 0) FROM ~ChatMessage~) - {SEARCHED_MESSAGES}");
    Condition::any()
        .add(clause("~ChatRoom~.~subject~ LIKE ? ESCAPE '!'".to_owned()))
        .add(clause("~ChatRoom~.~userId~ IN (SELECT ~id~ FROM ~User~ WHERE ~name~ LIKE ? ESCAPE '!')".to_owned()))
        .add(clause("~ChatRoom~.~userId~ IN (SELECT ~id~ FROM ~User~ WHERE ~email~ LIKE ? ESCAPE '!')".to_owned()))
        .add(clause(format!(
            "~ChatRoom~.~id~ IN (SELECT ~chatRoomId~ FROM ~ChatMessage~ WHERE {newest} AND ~message~ LIKE ? ESCAPE '!')"
        )))
}

/// What contains the term, for a LIKE with `!` as its escape.
fn pattern(term: &str) -> String {
    format!("%{}%", term.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
