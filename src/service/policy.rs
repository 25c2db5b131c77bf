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

/// The room's customer, and admins if it belongs to the desk.
pub(super) fn require_access(who: &Principal, room: &chat_room::Model) -> Result<(), Error> {
    let desk = who.is_admin() && room.kind == ChatKind::Support;
    if room.user_id == who.id() || desk { Ok(()) } else { Err(Error::Forbidden("this room belongs to somebody else")) }
}

/// The side on which a person stands in a room. An admin who owns it stands on the customer's.
pub(super) fn side_in(room: &chat_room::Model, user_id: i32) -> Side {
    if room.user_id == user_id { Side::Customer } else { Side::Desk }
}
