//! Messages with senders and reactions.

use std::collections::HashMap;

use entity::{Role, chat_message, chat_reaction};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::person::load_people;
use crate::domain::{Message, Person, Reaction};

/// A row with its sender and reactions as a message.
pub fn message_of(row: chat_message::Model, sender: Person, reactions: Vec<Reaction>) -> Message {
    Message {
        id: row.id,
        room_id: row.chat_room_id,
        sender,
        text: row.message,
        message_type: row.message_type,
        is_read: row.is_read,
        receiver_id: row.receiver_id,
        reply_to_id: row.reply_to_id,
        reactions,
        deleted_at: row.deleted_at,
        created_at: row.created_at,
    }
}

/// Rows as messages, in their order; one more query each for the senders and the reactions.
///
/// # Errors
/// The database's.
pub async fn messages_of_rows(
    db: &impl ConnectionTrait,
    rows: Vec<chat_message::Model>,
) -> Result<Vec<Message>, DbErr> {
    let people = load_people(db, rows.iter().map(|row| row.sender_id).collect()).await?;
    let mut reactions = load_reactions(db, rows.iter().map(|row| row.id).collect()).await?;
    let message = |row: chat_message::Model| {
        let unknown = || Person { id: row.sender_id, name: None, email: None, role: Role::User };
        let sender = people.get(&row.sender_id).cloned().unwrap_or_else(unknown);
        let of_it = reactions.remove(&row.id).unwrap_or_default();
        message_of(row, sender, of_it)
    };
    Ok(rows.into_iter().map(message).collect())
}

/// The messages with these ids; those that do not exist are left out.
///
/// # Errors
/// The database's.
pub async fn load_messages(db: &impl ConnectionTrait, ids: Vec<i32>) -> Result<HashMap<i32, Message>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = chat_message::Entity::find().filter(chat_message::Column::Id.is_in(ids)).all(db).await?;
    Ok(messages_of_rows(db, rows).await?.into_iter().map(|message| (message.id, message)).collect())
}

async fn load_reactions(
    db: &impl ConnectionTrait,
    message_ids: Vec<i32>,
) -> Result<HashMap<i32, Vec<Reaction>>, DbErr> {
    let mut reactions: HashMap<i32, Vec<Reaction>> = HashMap::new();
    if message_ids.is_empty() {
        return Ok(reactions);
    }
    let rows = chat_reaction::Entity::find()
        .filter(chat_reaction::Column::MessageId.is_in(message_ids))
        .order_by_asc(chat_reaction::Column::Id)
        .all(db)
        .await?;
    for row in rows {
        let of_message = reactions.entry(row.message_id).or_default();
        match of_message.iter_mut().find(|reaction| reaction.emoji == row.emoji) {
            Some(reaction) => reaction.user_ids.push(row.user_id),
            None => of_message.push(Reaction { emoji: row.emoji, user_ids: vec![row.user_id] }),
        }
    }
    Ok(reactions)
}
