//! Ending what a person has open.

use entity::user;
use sea_orm::EntityTrait;

use crate::{
    domain::Principal,
    hub::Signal,
    service::{Error, policy},
    state::State,
};

/// Ends all streams and sockets of a person, at every process. They come back with a token that is still good.
///
/// # Errors
/// [`Error::Forbidden`] for a customer who names somebody else; [`Error::NotFound`] for somebody who was never seen.
pub async fn disconnect(state: &State, who: &Principal, user_id: i32) -> Result<(), Error> {
    if user_id != who.id() {
        policy::require_admin(who)?;
    }
    if user::Entity::find_by_id(user_id).one(&state.db).await?.is_none() {
        return Err(Error::NO_PERSON);
    }
    state.hub.disconnect(user_id);
    state.hub.tell(Signal::Disconnect(user_id));
    Ok(())
}
