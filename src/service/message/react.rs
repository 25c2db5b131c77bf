//! Reactions: one's own emoji on a message.

use entity::{chat_message, chat_reaction};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};
use serde_json::json;

use super::queries::{append_update, find_message, message_view};
use crate::{
    domain::{Emoji, Message, Principal},
    journal::Tx,
    service::{Error, policy},
    state::State,
};

/// Emoji that one person may put on one message.
const MOST_PER_PERSON: u64 = 20;

/// Puts an emoji on a message. Putting it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] also for a deleted message; [`Error::Forbidden`]; [`Error::Invalid`] for more than 20 emoji of one
/// person; [`Error::TooMany`].
pub async fn add_reaction(state: &State, who: &Principal, message_id: i32, emoji: Emoji) -> Result<Message, Error> {
    change(state, who, message_id, emoji, true).await
}

/// Takes one's own emoji off a message. Taking it off again changes nothing.
///
/// # Errors
/// Those of [`add_reaction`].
pub async fn remove_reaction(state: &State, who: &Principal, message_id: i32, emoji: Emoji) -> Result<Message, Error> {
    change(state, who, message_id, emoji, false).await
}

async fn change(state: &State, who: &Principal, message_id: i32, emoji: Emoji, wanted: bool) -> Result<Message, Error> {
    state.limits.writes.take(&who.id()).await?;
    let who = who.clone();
    state
        .writer
        .run(move |tx| {
            let (who, emoji) = (who.clone(), emoji.clone());
            Box::pin(async move { write(tx, &who, message_id, &emoji, wanted).await })
        })
        .await
}

async fn write(tx: &mut Tx, who: &Principal, message_id: i32, emoji: &Emoji, wanted: bool) -> Result<Message, Error> {
    let (message, room) = find_message(tx.read(), who, message_id).await?;
    policy::require_writing(who, &room)?;
    if message.deleted_at.is_some() {
        return Err(Error::NotFound("the message was deleted"));
    }
    let own = reactions_of(message_id, who.id());
    let known = own.clone().filter(chat_reaction::Column::Emoji.eq(emoji.as_str())).one(tx.read()).await?;
    if known.is_some() == wanted {
        return message_view(tx.read(), message).await;
    }
    match known {
        Some(known) => {
            chat_reaction::Entity::delete_by_id(known.id).exec(tx.write()).await?;
        }
        None => {
            if own.count(tx.read()).await? >= MOST_PER_PERSON {
                return Err(Error::invalid("emoji", format!("at most {MOST_PER_PERSON} of one person on one message")));
            }
            insert(tx, &message, who, emoji).await?;
        }
    }
    let payload = json!({ if wanted { "reaction" } else { "reactionRemoved" }: emoji.as_str() }).to_string();
    append_update(tx, &room, who, message, payload).await
}

fn reactions_of(message_id: i32, user_id: i32) -> Select<chat_reaction::Entity> {
    chat_reaction::Entity::find()
        .filter(chat_reaction::Column::MessageId.eq(message_id))
        .filter(chat_reaction::Column::UserId.eq(user_id))
}

async fn insert(tx: &Tx, message: &chat_message::Model, who: &Principal, emoji: &Emoji) -> Result<(), Error> {
    let row = chat_reaction::ActiveModel {
        message_id: Set(message.id),
        user_id: Set(who.id()),
        emoji: Set(emoji.as_str().to_owned()),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    row.insert(tx.write()).await?;
    Ok(())
}
