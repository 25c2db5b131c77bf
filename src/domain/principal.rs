//! Who is asking.

use chrono::{DateTime, Utc};

use super::{Person, Role};

/// A person whose token was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who they are, as their token has it.
    pub person: Person,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

impl Principal {
    /// The person's id.
    pub fn id(&self) -> i32 {
        self.person.id
    }

    /// Whether they belong to the desk.
    pub fn is_admin(&self) -> bool {
        self.person.role == Role::Admin
    }

    /// The side from which they see rooms.
    pub fn side(&self) -> Side {
        if self.is_admin() { Side::Desk } else { Side::Customer }
    }
}

/// The two sides of a support room. What is unread depends on which one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The customer who owns the room.
    Customer,
    /// The admins.
    Desk,
}
