//! Conversations: listed, made, read back, read.

use actix_web::{HttpRequest, web};

use super::{
    calls,
    messages::path_id,
    wire::{ConversationBody, MessageBody, Page, Pagination, ReadBody, Told, UnreadBody, people_of},
};
use crate::{
    dialect::envelope::{Checked, Refusal, Refusals},
    domain::Principal,
    http::{Authenticated, Problem, QueryMap, id_of},
    service::{
        conversation::{self, Conversation, ListConversations},
        message::{self, History},
        person, room,
    },
    state::State,
};

const CONVERSATIONS: u64 = 50;
const MOST_CONVERSATIONS: u64 = 100;
const MESSAGES: u64 = 50;
const MOST_MESSAGES: u64 = 200;

/// The caller's conversations, the newest activity first.
#[utoipa::path(get, path = "/api/v0/chat/conversations", tag = "direct", operation_id = "direct_list_conversations",
    params(("limit" = Option<u64>, Query, minimum = 1, maximum = 100), ("page" = Option<u64>, Query, minimum = 1)),
    responses((status = 200, body = Page<ConversationBody>), Refusals))]
pub(super) async fn list_conversations(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    mut query: QueryMap,
) -> Result<web::Json<Page<ConversationBody>>, Refusal> {
    let limit = query.take_limit(CONVERSATIONS, MOST_CONVERSATIONS)?;
    let (page, skip) = take_page(&mut query, limit)?;
    let list = ListConversations { kinds: Vec::new(), status: Vec::new(), limit, skip };
    let found = conversation::list(&state, &who, list).await?;
    let pagination = Pagination { limit, page, has_more: found.more };
    Ok(web::Json(Page::of(bodies(&state, &who, &found.conversations).await?, pagination)))
}

/// The page that is asked for, from 1, and what comes before it.
fn take_page(query: &mut QueryMap, limit: u64) -> Result<(u64, u64), Problem> {
    let page = query.take_parsed("page", "a number from 1", |page| page.parse().ok().filter(|page| *page > 0))?;
    let page: u64 = page.unwrap_or(1);
    Ok((page, (page - 1).saturating_mul(limit)))
}

async fn bodies(
    state: &State,
    who: &Principal,
    conversations: &[Conversation],
) -> Result<Vec<ConversationBody>, Problem> {
    let people = conversations.iter().flat_map(|conversation| people_of(&conversation.room));
    let seen = person::statuses(state, &people.map(|person| person.id).collect::<Vec<_>>()).await?;
    Ok(conversations.iter().map(|conversation| ConversationBody::of(conversation, who, &seen)).collect())
}

/// How many messages wait for the caller.
#[utoipa::path(get, path = "/api/v0/chat/unread-count", tag = "direct", operation_id = "direct_count_unread",
    responses((status = 200, body = Told<UnreadBody>), Refusals))]
pub(super) async fn count_unread(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
) -> Result<web::Json<Told<UnreadBody>>, Refusal> {
    let unread_count = conversation::unread_count(&state, &who).await?;
    Ok(web::Json(Told::of(UnreadBody { unread_count })))
}

/// The conversation with a person, made if there is none.
#[utoipa::path(get, path = "/api/v0/chat/conversation/{id}", tag = "direct", operation_id = "direct_show_conversation",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = Told<ConversationBody>), Refusals))]
pub(super) async fn show_conversation(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<ConversationBody>>, Refusal> {
    let found = conversation::with(&state, &who, path_id(&request, "receiverId")?).await?;
    let body = bodies(&state, &who, &[found]).await?.pop().ok_or_else(Problem::internal)?;
    Ok(web::Json(Told::of(body)))
}

/// A page of a conversation's messages, the oldest first.
#[utoipa::path(get, path = "/api/v0/chat/conversation/{id}/messages", tag = "direct", operation_id = "direct_list_history",
    params(("id" = i32, Path, minimum = 1),
        ("before" = Option<i32>, Query, minimum = 1, description = "only messages before this one"),
        ("after" = Option<i32>, Query, minimum = 0, description = "only messages after this one"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 200), ("page" = Option<u64>, Query, minimum = 1)),
    responses((status = 200, body = Page<MessageBody>), Refusals))]
pub(super) async fn list_history(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
    mut query: QueryMap,
) -> Result<web::Json<Page<MessageBody>>, Refusal> {
    let id = path_id(&request, "conversationId")?;
    let before = query.take_parsed("before", "the id of a message", id_of)?;
    let from_start = |text: &str| if text == "0" { Some(0) } else { id_of(text) };
    let after = query.take_parsed("after", "the id of a message", from_start)?;
    let limit = query.take_limit(MESSAGES, MOST_MESSAGES)?;
    let (page, skip) = take_page(&mut query, limit)?;
    let found = message::history(&state, &who, id, History { before, after, skip, limit }).await?;
    let room = room::find(&state, &who, id).await?;
    let messages = found.messages.iter().map(|message| MessageBody::of(message, &room)).collect();
    Ok(web::Json(Page::of(messages, Pagination { limit, page, has_more: found.more })))
}

/// Marks all of a conversation as read.
#[utoipa::path(put, path = "/api/v0/chat/conversation/{id}/read", tag = "direct", operation_id = "direct_read_conversation",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = Told<ReadBody>), Refusals))]
pub(super) async fn read_conversation(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<ReadBody>>, Refusal> {
    let id = path_id(&request, "conversationId")?;
    Ok(web::Json(Told::of(calls::read_conversation(&state, &who, id).await?)))
}
