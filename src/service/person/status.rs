//! Who is there.

use crate::{
    domain::{Person, Principal, Timestamp},
    service::Error,
    state::State,
};

/// A person and whether they are there.
#[derive(Clone, Debug)]
pub struct PersonStatus {
    /// Who; without name and e-mail where the caller shares no conversation with them.
    pub person: Person,
    /// Whether they have a stream open.
    pub online: bool,
    /// When they were last there; now for those who are.
    pub last_seen: Option<Timestamp>,
}

/// Whether a person is there.
///
/// # Errors
/// Soon.
pub async fn status(_: &State, _: &Principal, _: i32) -> Result<PersonStatus, Error> {
    Err(Error::Unavailable)
}

/// The others who are there, at most 500.
///
/// # Errors
/// Soon.
pub async fn online(_: &State, _: &Principal) -> Result<Vec<PersonStatus>, Error> {
    Err(Error::Unavailable)
}
