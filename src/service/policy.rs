//! Who may do what. Asked by every operation, since many doors lead to it.

use entity::chat_room;

use super::Error;
use crate::domain::{ChatKind, Person, Principal, Role, Room, Side};

/// Rows that a page may leave out.
const MOST_SKIPPED: u64 = 10_000;

/// Admins only.
pub(super) fn require_admin(who: &Principal) -> Result<(), Error> {
    if who.is_admin() { Ok(()) } else { Err(Error::Forbidden("only an admin may do this")) }
}

/// Customers only.
pub(super) fn require_customer(who: &Principal) -> Result<(), Error> {
    if who.is_admin() { Err(Error::Forbidden("only a customer may do this")) } else { Ok(()) }
}

/// The people of a room: the customer and all admins of the desk's, the two of a DIRECT one, everybody in a broadcast.
pub(super) fn require_access(who: &Principal, room: &chat_room::Model) -> Result<(), Error> {
    require_membership(who, room.kind, room.user_id, room.peer_id)
}

/// The same of a room that was read before.
pub(super) fn require_seeing(who: &Principal, room: &Room) -> Result<(), Error> {
    require_membership(who, room.kind, room.user.id, room.peer.as_ref().map(|peer| peer.id))
}

fn require_membership(who: &Principal, kind: ChatKind, owner: i32, peer: Option<i32>) -> Result<(), Error> {
    let allowed = match kind {
        ChatKind::Support => who.is_admin() || owner == who.id(),
        ChatKind::Direct => owner == who.id() || peer == Some(who.id()),
        ChatKind::Broadcast => true,
    };
    if allowed { Ok(()) } else { Err(Error::Forbidden("this room belongs to somebody else")) }
}

/// Those who may read, except that a broadcast is written by the admin who owns it.
pub(super) fn require_writing(who: &Principal, room: &chat_room::Model) -> Result<(), Error> {
    require_access(who, room)?;
    if room.kind == ChatKind::Broadcast && room.user_id != who.id() {
        return Err(Error::Forbidden("only the admin who broadcasts writes here"));
    }
    Ok(())
}

/// Whom somebody addresses: customers may be kept from writing to each other.
pub(super) fn require_addressing(direct_messages: bool, who: &Principal, person: &Person) -> Result<(), Error> {
    require_direct_messages(direct_messages || who.is_admin() || person.role == Role::Admin)
}

/// The same in a room that is there.
pub(super) fn require_chatting(direct_messages: bool, who: &Principal, room: &chat_room::Model) -> Result<(), Error> {
    require_direct_messages(direct_messages || who.is_admin() || room.kind != ChatKind::Direct)
}

fn require_direct_messages(allowed: bool) -> Result<(), Error> {
    if allowed { Ok(()) } else { Err(Error::Forbidden("customers do not write to each other here")) }
}

/// What the desk manages: rooms of customers.
pub(super) fn require_support(room: &chat_room::Model) -> Result<(), Error> {
    match room.kind {
        ChatKind::Support => Ok(()),
        ChatKind::Direct | ChatKind::Broadcast => Err(Error::Forbidden("only rooms of customers are managed")),
    }
}

/// Rows that a page may leave out: lists are paged by key, and only front-ends that count pages leave some out.
pub(super) fn require_page(skip: u64) -> Result<(), Error> {
    if skip <= MOST_SKIPPED { Ok(()) } else { Err(Error::invalid("page", "is too far away")) }
}

/// The side on which a person stands in a room. An admin who owns it stands on the customer's.
pub(super) fn side_in(room: &chat_room::Model, user_id: i32) -> Side {
    if room.user_id == user_id { Side::Customer } else { Side::Desk }
}
