//! Rooms with their people.

use std::collections::{HashMap, HashSet};

use entity::{Role, chat_room};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::person::load_people;
use crate::domain::{Person, Room};

/// A row with its people as a room.
pub fn room_of(row: chat_room::Model, user: Person, admin: Option<Person>, peer: Option<Person>) -> Room {
    Room {
        id: row.id,
        kind: row.kind,
        user,
        admin,
        peer,
        status: row.status,
        subject: row.subject,
        priority: row.priority,
        last_message: row.last_message,
        last_activity: row.last_activity,
        is_read: row.is_read,
        desk_unread: row.desk_unread,
        customer_unread: row.customer_unread,
        unanswered: row.unanswered,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Rows as rooms, in their order; one more query for the people.
///
/// # Errors
/// The database's.
pub async fn rooms_of_rows(db: &impl ConnectionTrait, rows: Vec<chat_room::Model>) -> Result<Vec<Room>, DbErr> {
    let ids = rows.iter().flat_map(|row| [Some(row.user_id), row.admin_id, row.peer_id]).flatten().collect();
    let people = load_people(db, ids).await?;
    let person = |id: i32| people.get(&id).cloned();
    let room = |row: chat_room::Model| {
        let user = person(row.user_id).unwrap_or(Person { id: row.user_id, name: None, email: None, role: Role::User });
        let admin = row.admin_id.and_then(person);
        let peer = row.peer_id.and_then(person);
        room_of(row, user, admin, peer)
    };
    Ok(rows.into_iter().map(room).collect())
}

/// The rooms with these ids; those that do not exist are left out.
///
/// # Errors
/// The database's.
pub async fn load_rooms(db: &impl ConnectionTrait, ids: HashSet<i32>) -> Result<HashMap<i32, Room>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = chat_room::Entity::find().filter(chat_room::Column::Id.is_in(ids)).all(db).await?;
    Ok(rooms_of_rows(db, rows).await?.into_iter().map(|room| (room.id, room)).collect())
}
