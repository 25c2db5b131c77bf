//! The list of a person's conversations.

use super::Conversation;
use crate::{
    domain::{ChatKind, ChatStatus, Principal},
    service::Error,
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
    /// How many are left out before, at most 10,000.
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

/// The caller's conversations.
///
/// # Errors
/// Soon.
pub async fn list(_: &State, _: &Principal, _: ListConversations) -> Result<ConversationPage, Error> {
    Err(Error::Unavailable)
}
