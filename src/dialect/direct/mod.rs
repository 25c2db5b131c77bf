//! Seed 002: two people talk in private, admins announce something to everybody. REST under `/api/v0/chat`, events in the
//! namespace `/direct`.

mod admin;
mod calls;
mod conversations;
mod frame;
mod messages;
mod names;
mod payload;
mod people;
mod socket;
mod wire;

pub use socket::DirectSocket;

crate::routes! {
    "/api/v0/chat/conversations" => { get: conversations::list_conversations };
    "/api/v0/chat/unread-count" => { get: conversations::count_unread };
    "/api/v0/chat/online-users" => { get: people::list_online };
    "/api/v0/chat/user-status/{id}" => { get: people::show_status };
    "/api/v0/chat/conversation/{id}" => { get: conversations::show_conversation };
    "/api/v0/chat/conversation/{id}/messages" => { get: conversations::list_history };
    "/api/v0/chat/conversation/{id}/read" => { put: conversations::read_conversation };
    "/api/v0/chat/send" => { post: messages::send };
    "/api/v0/chat/message/{id}/read" => { put: messages::read_message };
    "/api/v0/chat/message/{id}" => { delete: messages::delete };
    "/api/v0/chat/message/{id}/reactions/{emoji}" => { put: messages::react, delete: messages::take_reaction };
    "/api/v0/chat/admin/broadcast" => { post: admin::broadcast };
    "/api/v0/chat/admin/send-to-user" => { post: admin::send_to_user };
}
