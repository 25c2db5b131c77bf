//! The members of the desk.

use entity::{Role, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::{Person, Principal},
    records::person_of_row,
    service::{Error, policy},
    state::State,
};

/// More admins than a desk has.
const MOST: u64 = 1000;

/// An admin and whether they are there.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Who.
    pub person: Person,
    /// Whether they have a stream open.
    pub online: bool,
}

/// The admins who were ever seen, by id.
///
/// # Errors
/// [`Error::Forbidden`] for a customer.
pub async fn list_admins(state: &State, who: &Principal) -> Result<Vec<Colleague>, Error> {
    policy::require_admin(who)?;
    let rows = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .order_by_asc(user::Column::Id)
        .limit(MOST)
        .all(&state.db)
        .await?;
    let colleague = |row: user::Model| {
        let online = state.presence.status(row.id).is_some();
        Colleague { person: person_of_row(row), online }
    };
    Ok(rows.into_iter().map(colleague).collect())
}
