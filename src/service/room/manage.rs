//! What admins change of a room: status, priority, assignment.

use entity::{ChatKind, ChatPriority, ChatStatus, Role, chat_event::EventType, chat_room, user};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Map, Value, json};

use super::queries::{find_room, room_view, topics_of};
use crate::{
    domain::{Event, Principal, Room},
    journal::{Entry, Tx},
    service::{Error, policy, stream},
    state::State,
};

/// What to change; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct ManageRoom {
    /// The new status.
    pub status: Option<ChatStatus>,
    /// The new priority.
    pub priority: Option<ChatPriority>,
    /// The new admin; `Some(None)` takes the room from whoever has it.
    pub admin_id: Option<Option<i32>>,
}

/// Changes a room.
///
/// # Errors
/// [`Error::Forbidden`] for a customer and in a room that is not the desk's, [`Error::NotFound`], [`Error::Invalid`] for an
/// assignee who is no admin, [`Error::TooMany`] over the limit.
pub async fn manage(state: &State, who: &Principal, room_id: i32, command: ManageRoom) -> Result<Room, Error> {
    policy::require_admin(who)?;
    state.limits.writes.take(&who.id()).await?;
    let actor = who.clone();
    let (room, handed_over) = state
        .writer
        .run(move |tx| {
            let actor = actor.clone();
            Box::pin(async move { change(tx, &actor, room_id, command).await })
        })
        .await?;
    if handed_over {
        stream::introduce(state, &room).await;
    }
    Ok(room)
}

/// Assigns a room to an admin, or to the caller.
///
/// # Errors
/// Those of [`manage`].
pub async fn assign(state: &State, who: &Principal, room_id: i32, admin_id: Option<i32>) -> Result<Room, Error> {
    let admin_id = Some(Some(admin_id.unwrap_or(who.id())));
    manage(state, who, room_id, ManageRoom { admin_id, ..ManageRoom::default() }).await
}

async fn change(tx: &mut Tx, who: &Principal, room_id: i32, command: ManageRoom) -> Result<(Room, bool), Error> {
    let before = find_room(tx.read(), room_id).await?;
    policy::require_access(who, &before)?;
    policy::require_support(&before)?;
    if let Some(Some(admin_id)) = command.admin_id {
        let admin = user::Entity::find_by_id(admin_id).one(tx.read()).await?;
        if admin.is_none_or(|admin| admin.role != Role::Admin) {
            return Err(Error::invalid("adminId", "is not the id of an admin"));
        }
    }
    let mut after = before.clone();
    after.status = command.status.unwrap_or(before.status);
    after.priority = command.priority.unwrap_or(before.priority);
    after.admin_id = command.admin_id.unwrap_or(before.admin_id);
    if after == before {
        return Ok((room_view(tx.read(), before, &[]).await?, false));
    }
    let mut row = before.clone().into_active_model();
    row.status = Set(after.status);
    row.priority = Set(after.priority);
    row.admin_id = Set(after.admin_id);
    row.updated_at = Set(tx.now());
    let after = row.update(tx.write()).await?;
    let handed_over = after.admin_id.is_some() && after.admin_id != before.admin_id;
    Ok((record_change(tx, Some(who.id()), &before, after).await?, handed_over))
}

/// Counts a changed row anew and appends the change to the journal.
pub(in crate::service) async fn record_change(
    tx: &mut Tx,
    actor_id: Option<i32>,
    before: &chat_room::Model,
    after: chat_room::Model,
) -> Result<Room, Error> {
    if after.kind == ChatKind::Support {
        let mut totals = tx.totals();
        totals.count_room(before.status, before.priority, before.admin_id.is_some(), -1);
        totals.count_room(after.status, after.priority, after.admin_id.is_some(), 1);
    }
    let payload = difference(before, &after);
    let room = room_view(tx.read(), after, &[]).await?;
    tx.append(Entry {
        room_id: room.id,
        event_type: EventType::Room,
        actor_id,
        message_id: None,
        payload: Some(payload),
        topics: topics_of(&room),
        event: Event::Room(Box::new(room.clone())),
    });
    Ok(room)
}

/// `{"status":["OPEN","CLOSED"]}`: what it was and what it is now.
fn difference(before: &chat_room::Model, after: &chat_room::Model) -> String {
    let mut changes = Map::new();
    let mut note = |name: &str, before: Value, after: Value| {
        if before != after {
            changes.insert(name.to_owned(), json!([before, after]));
        }
    };
    note("status", json!(before.status), json!(after.status));
    note("priority", json!(before.priority), json!(after.priority));
    note("adminId", json!(before.admin_id), json!(after.admin_id));
    Value::Object(changes).to_string()
}
