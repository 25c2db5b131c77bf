//! Writing to a person.

use super::queries::{Between, addressee};
use crate::{
    domain::{Message, Principal},
    journal::Tx,
    service::{
        Error, IdempotencyKey,
        message::{Draft, Place, Put, SendMessage, put, recalled},
        policy,
        room::insert_room,
        stream,
    },
    state::State,
};

/// Writes to a person, in the room of the two, which is made if there is none. A customer who writes to an admin writes to
/// the desk: their room goes to that admin if it has none, and reopens if it was RESOLVED.
///
/// # Errors
/// [`Error::NotFound`] for somebody who was never seen; [`Error::Invalid`] names the field; [`Error::Forbidden`] where
/// customers do not write to each other; [`Error::TooMany`] over the limit.
pub async fn send_to(state: &State, who: &Principal, receiver_id: i32, command: SendMessage) -> Result<Message, Error> {
    let (mut draft, key) = Draft::of(state, command)?;
    draft.receiver_id = Some(receiver_id);
    state.limits.writes.take(&who.id()).await?;
    let (author, direct) = (who.clone(), state.settings.rooms.direct_messages);
    let put = state
        .writer
        .run(move |tx| {
            let (author, draft, key) = (author.clone(), draft.clone(), key.clone());
            Box::pin(async move { write(tx, &author, receiver_id, direct, draft, key.as_ref()).await })
        })
        .await?;
    stream::end_typing(state, put.message.room_id, who.id());
    stream::end_typing_to(state, receiver_id, who.id());
    if let Some(room) = &put.news {
        stream::introduce(state, room).await;
    }
    Ok(put.message)
}

async fn write(
    tx: &mut Tx,
    who: &Principal,
    receiver_id: i32,
    direct_messages: bool,
    draft: Draft,
    key: Option<&IdempotencyKey>,
) -> Result<Put, Error> {
    let receiver = addressee(tx.read(), who, receiver_id).await?;
    policy::require_addressing(direct_messages, who, &receiver)?;
    if let Some(put) = recalled(tx, who, key).await? {
        return Ok(put);
    }
    let between = Between::of(who, &receiver);
    let place = match between.find(tx.read()).await? {
        Some(room) => Place::Known(room),
        None => Place::New(insert_room(tx, between.new_room()).await?),
    };
    put(tx, who, place, draft, key, &[&who.person, &receiver]).await
}
