//! The messenger of seed 003: the namespace `/messenger`, and the REST calls under `/api/chats`, which only read.

mod rest;
mod socket;
mod wire;

pub use socket::MessengerSocket;

crate::routes! {
    "/api/chats{slash:/?}" => { get: rest::list_chats };
    "/api/chats/unread" => { get: rest::list_unread };
    "/api/chats/history/{id}" => { get: rest::show_history };
    "/api/chats/{id}/read" => { patch: rest::mark_read };
}
