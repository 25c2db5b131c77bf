//! Who may do what. Asked by every operation, since many doors lead to it.

use entity::chat_room;

use super::Error;
use crate::domain::{ChatKind, Principal, Side};

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
    let allowed = match room.kind {
        ChatKind::Support => who.is_admin() || room.user_id == who.id(),
        ChatKind::Direct => room.user_id == who.id() || room.peer_id == Some(who.id()),
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

/// The side on which a person stands in a room. An admin who owns it stands on the customer's.
pub(super) fn side_in(room: &chat_room::Model, user_id: i32) -> Side {
    if room.user_id == user_id { Side::Customer } else { Side::Desk }
}
