//! The queries that the room operations share.

use entity::{ChatKind, ChatStatus, chat_room};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::{Person, Room},
    hub::{Topic, Topics},
    records::{room_of, rooms_of_rows},
    service::Error,
};

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
