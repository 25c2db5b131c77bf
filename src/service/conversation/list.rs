//! The list of a person's conversations.

use std::cmp::Reverse;

use entity::{ChatKind, ChatStatus, chat_room};
use sea_orm::{ColumnTrait, Condition, sea_query::SimpleExpr};

use super::{
    Conversation,
    queries::{conversations_of_rows, has_messages},
};
use crate::{
    domain::Principal,
    service::{
        Error, policy,
        room::{by_status, newest},
    },
    state::State,
};

/// Which conversations. Empty lists do not narrow.
#[derive(Clone, Debug)]
pub struct ListConversations {
    /// Any of these kinds.
    pub kinds: Vec<ChatKind>,
    /// Any of these statuses.
    pub status: Vec<ChatStatus>,
    /// How many at most.
    pub limit: u64,
    /// How many are left out before, at most 10,000; for front-ends that count pages.
    pub skip: u64,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ConversationPage {
    /// The conversations, the newest activity first.
    pub conversations: Vec<Conversation>,
    /// Whether there are more.
    pub more: bool,
}

/// The caller's conversations: their DIRECT rooms in which somebody wrote, their SUPPORT rooms (for an admin, all) and
/// every BROADCAST room.
///
/// # Errors
/// [`Error::Invalid`] for too many left out.
pub async fn list(state: &State, who: &Principal, query: ListConversations) -> Result<ConversationPage, Error> {
    policy::require_page(query.skip)?;
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let end = query.skip.saturating_add(query.limit);
    let mut rows = Vec::new();
    for (condition, ranges) in parts(who, &query) {
        rows.extend(newest(&condition, &ranges, end.saturating_add(1)).all(&state.db).await?);
    }
    rows.sort_unstable_by_key(|row| Reverse((row.last_activity, row.id)));
    let more = rows.len() > count(end);
    let page = rows.into_iter().skip(count(query.skip)).take(count(query.limit)).collect();
    Ok(ConversationPage { conversations: conversations_of_rows(&state.db, who, page).await?, more })
}

/// The list as conditions that exclude each other, with the ranges in which each is read; see [`newest`].
fn parts(who: &Principal, query: &ListConversations) -> Vec<(Condition, Vec<SimpleExpr>)> {
    let wanted = |kind: ChatKind| query.kinds.is_empty() || query.kinds.contains(&kind);
    let of_kind = |kind: ChatKind| Condition::all().add(chat_room::Column::Kind.eq(kind));
    let status = (!query.status.is_empty()).then(|| chat_room::Column::Status.is_in(query.status.iter().copied()));
    let few = |condition: Condition| (condition.add_option(status.clone()), Vec::new());
    let mut parts = Vec::new();
    if wanted(ChatKind::Support) {
        let support = of_kind(ChatKind::Support);
        parts.push(match who.is_admin() {
            true => (support, by_status(&query.status)),
            false => few(support.add(chat_room::Column::UserId.eq(who.id()))),
        });
    }
    if wanted(ChatKind::Direct) {
        let direct = || of_kind(ChatKind::Direct).add(has_messages());
        parts.push(few(direct().add(chat_room::Column::UserId.eq(who.id()))));
        parts.push(few(direct().add(chat_room::Column::PeerId.eq(who.id()))));
    }
    if wanted(ChatKind::Broadcast) {
        parts.push(few(Condition::all().add(chat_room::Column::PeerId.eq(chat_room::EVERYBODY))));
    }
    parts
}
