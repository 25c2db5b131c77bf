//! The conversation with a person, made if there is none.

use entity::chat_room;

use super::{
    Conversation,
    queries::{Between, addressee, conversations_of_rows},
};
use crate::{
    domain::{Principal, Room},
    journal::Tx,
    service::{
        Error, policy,
        room::{append_new_room, insert_room, room_view},
        stream,
    },
    state::State,
};

/// The caller's conversation with a person: the room that a message to them goes to. Made if there is none; two at the
/// same moment make one room.
///
/// # Errors
/// [`Error::NotFound`] for somebody who was never seen; [`Error::Invalid`] for oneself; [`Error::Forbidden`] where
/// customers do not write to each other; [`Error::TooMany`] over the limit, if a room had to be made.
pub async fn with(state: &State, who: &Principal, person_id: i32) -> Result<Conversation, Error> {
    let person = addressee(&state.db, who, person_id).await?;
    policy::require_addressing(state.settings.rooms.direct_messages, who, &person)?;
    let between = Between::of(who, &person);
    let row = match between.find(&state.db).await? {
        Some(row) => row,
        None => {
            state.limits.writes.take(&who.id()).await?;
            let author = who.clone();
            let (row, made) = state
                .writer
                .run(move |tx| {
                    let author = author.clone();
                    Box::pin(async move { find_or_make(tx, &author, between).await })
                })
                .await?;
            if let Some(room) = &made {
                stream::introduce(state, room).await;
            }
            row
        }
    };
    conversations_of_rows(&state.db, who, vec![row]).await?.pop().ok_or(Error::NO_ROOM)
}

/// Returns the room, and as its people see it if it was made.
async fn find_or_make(
    tx: &mut Tx,
    who: &Principal,
    between: Between,
) -> Result<(chat_room::Model, Option<Room>), Error> {
    if let Some(row) = between.find(tx.read()).await? {
        return Ok((row, None));
    }
    let row = insert_room(tx, between.new_room()).await?;
    let room = room_view(tx.read(), row.clone(), &[&who.person]).await?;
    append_new_room(tx, who, room.clone());
    Ok((row, Some(room)))
}
