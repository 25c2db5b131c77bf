//! Deleting a message: the row stays, the text goes.

use entity::{ChatKind, chat_message, chat_reaction, chat_room};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::queries::{append_update, find_message, message_view};
use crate::{
    domain::{Message, Principal, Side, preview},
    journal::Tx,
    service::{Error, policy},
    state::State,
};

/// Deletes a message: its text and reactions are gone, it is told as deleted. Deleting it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] unless the person wrote it or is an admin; [`Error::TooMany`].
pub async fn delete(state: &State, who: &Principal, message_id: i32) -> Result<Message, Error> {
    state.limits.writes.take(&who.id()).await?;
    let who = who.clone();
    state
        .writer
        .run(move |tx| {
            let who = who.clone();
            Box::pin(async move { remove(tx, &who, message_id).await })
        })
        .await
}

async fn remove(tx: &mut Tx, who: &Principal, message_id: i32) -> Result<Message, Error> {
    let (message, room) = find_message(tx.read(), who, message_id).await?;
    if message.sender_id != who.id() && !who.is_admin() {
        return Err(Error::Forbidden("only its sender or an admin may delete a message"));
    }
    if message.deleted_at.is_some() {
        return message_view(tx.read(), message).await;
    }
    let (was_unread, sender_id) = (!message.is_read, message.sender_id);
    let mut row = message.into_active_model();
    row.message = Set(String::new());
    row.deleted_at = Set(Some(tx.now()));
    let deleted = row.update(tx.write()).await?;
    chat_reaction::Entity::delete_many()
        .filter(chat_reaction::Column::MessageId.eq(message_id))
        .exec(tx.write())
        .await?;
    let room = update_room(tx, &room, was_unread.then_some(sender_id)).await?;
    append_update(tx, &room, who, deleted, r#"{"deleted":true}"#.to_owned()).await
}

/// The preview is that of the newest message that is left; a message that nobody has read no longer waits.
async fn update_room(tx: &mut Tx, room: &chat_room::Model, unread_of: Option<i32>) -> Result<chat_room::Model, Error> {
    let newest: Option<(String, i32)> = chat_message::Entity::find()
        .select_only()
        .columns([chat_message::Column::Message, chat_message::Column::SenderId])
        .filter(chat_message::Column::ChatRoomId.eq(room.id))
        .filter(chat_message::Column::DeletedAt.is_null())
        .order_by_desc(chat_message::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx.read())
        .await?;
    let support = room.kind == ChatKind::Support;
    let mut row = room.clone().into_active_model();
    row.last_message = Set(newest.as_ref().map(|(text, _)| preview(text)));
    row.updated_at = Set(tx.now());
    if support {
        let by_customer = |sender_id| policy::side_in(room, sender_id) == Side::Customer;
        row.unanswered = Set(newest.is_some_and(|(_, sender_id)| by_customer(sender_id)));
    }
    match unread_of.filter(|_| room.kind != ChatKind::Broadcast).map(|sender_id| policy::side_in(room, sender_id)) {
        Some(Side::Customer) => {
            let left = (room.desk_unread - 1).max(0);
            row.desk_unread = Set(left);
            row.is_read = Set(left == 0);
            if support {
                tx.totals().count_unread(i64::from(left - room.desk_unread));
            }
        }
        Some(Side::Desk) => row.customer_unread = Set((room.customer_unread - 1).max(0)),
        None => {}
    }
    Ok(row.update(tx.write()).await?)
}
