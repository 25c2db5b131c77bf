//! What events and REST calls have in common.

use serde_json::Value;

use super::{
    names::MessageTypeName,
    payload::{BroadcastPayload, SendPayload, SendToUserPayload},
    wire::{MessageBody, ReadBody},
};
use crate::{
    domain::{Emoji, Message, MessageType, Principal},
    http::Problem,
    service::{
        IdempotencyKey, conversation,
        message::{self, SendMessage},
        room::{self, MarkRead},
        stream,
    },
    socketio::Id,
    state::State,
};

/// Writes to a person. `key` tells a repeat from a second message.
pub(super) async fn send(
    state: &State,
    who: &Principal,
    payload: SendPayload,
    key: Option<&str>,
) -> Result<MessageBody, Problem> {
    let Id(receiver_id) = payload.receiver_id;
    let reply_to_id = payload.reply_to.map(|Id(id)| id);
    let command = command(payload.message, payload.message_type, reply_to_id, &receiver_id.to_string(), key)?;
    let sent = conversation::send_to(state, who, receiver_id, command).await;
    Ok(MessageBody::sent(&sent.map_err(|error| Problem::from(error).renamed(&[("replyToId", "replyTo")]))?))
}

/// Writes to a person as an admin.
pub(super) async fn send_to_user(
    state: &State,
    who: &Principal,
    payload: SendToUserPayload,
    key: Option<&str>,
) -> Result<MessageBody, Problem> {
    if !who.is_admin() {
        return Err(Problem::forbidden("only an admin may do this"));
    }
    let Id(user_id) = payload.user_id;
    let command = command(payload.message, payload.message_type, None, &user_id.to_string(), key)?;
    let sent = conversation::send_to(state, who, user_id, command).await;
    Ok(MessageBody::sent(&sent.map_err(|error| Problem::from(error).renamed(&[("receiverId", "userId")]))?))
}

/// Writes to everybody.
pub(super) async fn broadcast(
    state: &State,
    who: &Principal,
    payload: BroadcastPayload,
    key: Option<&str>,
) -> Result<MessageBody, Problem> {
    let command = command(payload.message, payload.message_type, None, "everybody", key)?;
    Ok(MessageBody::announced(&conversation::broadcast(state, who, command).await?))
}

fn command(
    text: String,
    message_type: Option<MessageTypeName>,
    reply_to_id: Option<i32>,
    receiver: &str,
    key: Option<&str>,
) -> Result<SendMessage, Problem> {
    let options = format!("{message_type:?} {reply_to_id:?}");
    let request = ["direct", receiver, &text, &options];
    let idempotency_key = key.map(|key| IdempotencyKey::parse(key, &request)).transpose()?;
    let message_type = message_type.map_or(MessageType::Text, Into::into);
    Ok(SendMessage { text, message_type, reply_to_id, idempotency_key })
}

/// Marks a message and what came before it as read.
pub(super) async fn read_message(state: &State, who: &Principal, id: i32) -> Result<ReadBody, Problem> {
    Ok(ReadBody::of(room::mark_message_read(state, who, id).await?, Some(id)))
}

/// Marks all of a conversation as read.
pub(super) async fn read_conversation(state: &State, who: &Principal, id: i32) -> Result<ReadBody, Problem> {
    Ok(ReadBody::of(room::mark_read(state, who, id, MarkRead { message_id: None }).await?, None))
}

/// Deletes a message: the text goes, the row stays.
pub(super) async fn delete(state: &State, who: &Principal, id: i32) -> Result<MessageBody, Problem> {
    let message = message::delete(state, who, id).await?;
    in_its_room(state, who, &message).await
}

/// Puts the caller's emoji on a message, or takes it off.
pub(super) async fn react(
    state: &State,
    who: &Principal,
    id: i32,
    emoji: &str,
    wanted: bool,
) -> Result<MessageBody, Problem> {
    let emoji = Emoji::parse(emoji).ok_or_else(|| Problem::invalid_field("emoji", "must be one emoji"))?;
    let message = match wanted {
        true => message::add_reaction(state, who, id, emoji).await?,
        false => message::remove_reaction(state, who, id, emoji).await?,
    };
    in_its_room(state, who, &message).await
}

async fn in_its_room(state: &State, who: &Principal, message: &Message) -> Result<MessageBody, Problem> {
    Ok(MessageBody::of(message, &room::find(state, who, message.room_id).await?))
}

/// Tells a person that the caller types to them, or no longer.
pub(super) async fn set_typing(
    state: &State,
    who: &Principal,
    Id(receiver_id): Id,
    is_typing: bool,
) -> Result<Value, Problem> {
    stream::set_typing_to(state, who, receiver_id, is_typing).await?;
    Ok(Value::Null)
}
