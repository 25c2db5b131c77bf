//! The REST calls and streams of seed 001 (contract, sections 3 and 4), under `/api/chat`.

mod demo;
mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod manage;
mod messages;
mod people;
mod rooms;
mod signals;
mod socket;
mod socket_wire;
mod stats;
mod stream;
mod wire;

pub use frame::speller;
pub use socket::SupportSocket;

crate::routes! {
    "/api/chat/rooms" => { get: rooms::list_rooms, post: rooms::open_room };
    "/api/chat/room" => { get: rooms::current_room };
    "/api/chat/rooms/{id}" => { get: rooms::show_room, post: messages::send_message };
    "/api/chat/rooms/{id}/messages" => { get: messages::list_messages };
    "/api/chat/rooms/{id}/manage" => { patch: manage::manage_room };
    "/api/chat/rooms/{id}/assign" => { patch: manage::assign_room };
    "/api/chat/rooms/{id}/close" => { patch: manage::close_room };
    "/api/chat/rooms/{id}/read" => { post: rooms::mark_room_read };
    "/api/chat/rooms/{id}/typing" => { post: signals::set_typing };
    "/api/chat/rooms/{id}/viewing" => { post: signals::set_viewing };
    "/api/chat/messages/{id}/reactions/{emoji}" => { put: messages::add_reaction, delete: messages::remove_reaction };
    "/api/chat/messages/{id}" => { delete: messages::delete_message };
    "/api/chat/stats" => { get: stats::show_stats };
    "/api/chat/sse" => { get: stream::open_stream };
    "/api/chat/me" => { get: people::show_me };
    "/api/chat/admins" => { get: people::list_admins };
    "/api/chat/people/{id}/streams" => { delete: people::disconnect };
    "/api/chat/guests" => { post: people::welcome_guest };
    "/api/chat/config" => { get: people::show_config };
    "/api/demo/people" => { get: demo::list_people };
    "/api/demo/sign-in" => { post: demo::sign_in };
}
