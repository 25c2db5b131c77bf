//! Writing to everybody.

use entity::chat_room;

use super::queries::room_of_pair;
use crate::{
    domain::{Message, Principal},
    journal::Tx,
    service::{
        Error, IdempotencyKey,
        message::{Draft, Place, Put, SendMessage, put, recalled},
        policy,
        room::{NewRoom, insert_room},
    },
    state::State,
};

/// Writes to everybody, in the one room of the admin that is for it.
///
/// # Errors
/// [`Error::Forbidden`] for a customer; [`Error::Invalid`] names the field; [`Error::TooMany`] over the limit.
pub async fn broadcast(state: &State, who: &Principal, command: SendMessage) -> Result<Message, Error> {
    policy::require_admin(who)?;
    let (draft, key) = Draft::of(state, command)?;
    state.limits.writes.take(&who.id()).await?;
    let author = who.clone();
    let put = state
        .writer
        .run(move |tx| {
            let (author, draft, key) = (author.clone(), draft.clone(), key.clone());
            Box::pin(async move { write(tx, &author, draft, key.as_ref()).await })
        })
        .await?;
    Ok(put.message)
}

async fn write(tx: &mut Tx, who: &Principal, draft: Draft, key: Option<&IdempotencyKey>) -> Result<Put, Error> {
    if let Some(put) = recalled(tx, who, key).await? {
        return Ok(put);
    }
    let place = match room_of_pair(tx.read(), who.id(), chat_room::EVERYBODY).await? {
        Some(room) => Place::Known(room),
        None => Place::New(insert_room(tx, NewRoom::broadcast(who.id())).await?),
    };
    put(tx, who, place, draft, key, &[&who.person]).await
}
