//! The chats, read over REST.

use actix_web::web::{Data, Json};

use super::wire::{Answer, ChatBody, Done, HistoryBody, ReceivedBody, chats_of};
use crate::{
    dialect::envelope::{Refusal, RefusalBody, Refusals},
    domain::ChatKind,
    http::{Authenticated, PathId, Problem, QueryMap, id_of},
    service::{
        conversation::{self, ListConversations},
        room,
    },
    state::State,
};

/// Conversations of which the list is made.
const MOST_CHATS: u64 = 500;
/// Messages of a history, unless the call says how many.
const MESSAGES: u64 = 200;
const MOST_MESSAGES: u64 = 500;
const MOST_UNREAD: u64 = 500;

/// The caller's chats, one for each person, the newest activity first. The final slash may be left out.
#[utoipa::path(get, path = "/api/chats/", tag = "messenger",
    responses((status = 200, body = Answer<Vec<ChatBody>>), Refusals,
        (status = 400, body = RefusalBody, description = "Bad input; see errors")))]
pub(super) async fn list_chats(
    state: Data<State>,
    caller: Result<Authenticated, Problem>,
) -> Result<Json<Answer<Vec<ChatBody>>>, Refusal> {
    let Authenticated(who) = caller?;
    let query = ListConversations {
        kinds: vec![ChatKind::Support, ChatKind::Direct],
        status: Vec::new(),
        limit: MOST_CHATS,
        skip: 0,
    };
    let page = conversation::list(&state, &who, query).await?;
    Ok(Json(Answer::of(chats_of(&page.conversations, who.id()))))
}

/// What the caller and a person have written to each other, the oldest first: the newest messages, or those before one.
#[utoipa::path(get, path = "/api/chats/history/{user_id}", tag = "messenger",
    params(("user_id" = i32, Path, minimum = 1),
        ("before" = Option<i32>, Query, minimum = 1, description = "only messages before this one"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "200 if it is left out")),
    responses((status = 200, body = Answer<Vec<HistoryBody>>), Refusals))]
pub(super) async fn show_history(
    state: Data<State>,
    caller: Result<Authenticated, Problem>,
    person: Result<PathId, Problem>,
    mut query: QueryMap,
) -> Result<Json<Answer<Vec<HistoryBody>>>, Refusal> {
    let Authenticated(who) = caller?;
    let PathId(person_id) = person.map_err(|_| Problem::invalid_field("user_id", "must be the id of a person"))?;
    let before = query.take_parsed("before", "the id of a message", id_of)?;
    let limit = query.take_limit(MESSAGES, MOST_MESSAGES)?;
    let history = conversation::history_with(&state, &who, person_id, before, limit).await;
    let history = history.map_err(|error| Refusal::from(error).renamed(&[("receiverId", "user_id")]))?;
    let rows = history.iter().map(|posted| HistoryBody::of(posted, who.id(), person_id));
    Ok(Json(Answer::of(rows.collect())))
}

/// The newest 500 messages that the caller has not read, the oldest first.
#[utoipa::path(get, path = "/api/chats/unread", tag = "messenger",
    responses((status = 200, body = Answer<Vec<ReceivedBody>>), Refusals))]
pub(super) async fn list_unread(
    state: Data<State>,
    caller: Result<Authenticated, Problem>,
) -> Result<Json<Answer<Vec<ReceivedBody>>>, Refusal> {
    let Authenticated(who) = caller?;
    let unread = conversation::unread_messages(&state, &who, MOST_UNREAD).await?;
    Ok(Json(Answer::of(unread.iter().map(|posted| ReceivedBody::of(posted, who.id())).collect())))
}

/// Marks a message as read, and what was written to the caller before it in the same chat.
#[utoipa::path(patch, path = "/api/chats/{messageId}/read", tag = "messenger",
    params(("messageId" = i32, Path, minimum = 1)), responses((status = 200, body = Done), Refusals))]
pub(super) async fn mark_read(
    state: Data<State>,
    caller: Result<Authenticated, Problem>,
    message: Result<PathId, Problem>,
) -> Result<Json<Done>, Refusal> {
    let Authenticated(who) = caller?;
    let PathId(message_id) = message.map_err(|_| Problem::invalid_field("messageId", "must be the id of a message"))?;
    room::mark_message_read(&state, &who, message_id).await?;
    Ok(Json(Done::new()))
}
