//! What clients send, as events and as bodies.

use serde::Deserialize;
use utoipa::ToSchema;

use super::names::MessageTypeName;
use crate::socketio::Id;

/// A message to a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectSend)]
pub(super) struct SendPayload {
    #[schema(value_type = i32, minimum = 1)]
    pub(super) receiver_id: Id,
    #[schema(min_length = 1, max_length = 4000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    pub(super) message: String,
    pub(super) message_type: Option<MessageTypeName>,
    /// A message of the same conversation.
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub(super) reply_to: Option<Id>,
}

/// A message of an admin to a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectSendToUser)]
pub(super) struct SendToUserPayload {
    #[schema(value_type = i32, minimum = 1)]
    pub(super) user_id: Id,
    #[schema(min_length = 1, max_length = 4000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    pub(super) message: String,
    pub(super) message_type: Option<MessageTypeName>,
}

/// A message to everybody.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectBroadcast)]
pub(super) struct BroadcastPayload {
    #[schema(min_length = 1, max_length = 4000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    pub(super) message: String,
    pub(super) message_type: Option<MessageTypeName>,
}

/// To whom somebody types.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypingPayload {
    pub(super) receiver_id: Id,
}

/// Which message.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessagePayload {
    pub(super) message_id: Id,
}

/// Which conversation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationPayload {
    pub(super) conversation_id: Id,
}

/// An emoji for a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReactionPayload {
    pub(super) message_id: Id,
    pub(super) emoji: String,
}
