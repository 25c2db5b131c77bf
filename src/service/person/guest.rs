//! Visitors without a token.

use entity::user;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::{Person, Role, clean_line},
    journal::Tx,
    records::person_of_row,
    service::Error,
    state::State,
};

/// Guests are numbered from here on, far from the ids of a host application.
const FIRST_ID: i32 = 1_000_000_000;
const MOST_CHARS: usize = 191;

/// What a visitor says of themselves; all of it optional and none of it checked.
#[derive(Clone, Debug, Default)]
pub struct Guest {
    /// How they want to be called.
    pub name: Option<String>,
    /// Where they can be reached.
    pub email: Option<String>,
}

/// Makes a person of a visitor.
///
/// # Errors
/// [`Error::Forbidden`] where guests are switched off; [`Error::Invalid`] for an e-mail that is none.
pub async fn welcome(state: &State, guest: Guest) -> Result<Person, Error> {
    if !state.settings.guests.enabled {
        return Err(Error::Forbidden("guests are not let in here"));
    }
    let name = guest.name.as_deref().and_then(|name| clean_line(name, MOST_CHARS));
    let email = guest.email.as_deref().and_then(|email| clean_line(email, MOST_CHARS));
    if email.as_ref().is_some_and(|email| !validator::ValidateEmail::validate_email(email)) {
        return Err(Error::invalid("email", "must be an e-mail address"));
    }
    let person = state.writer.run(move |tx| Box::pin(add(tx, name.clone(), email.clone()))).await?;
    state.known_people.insert(person.id, person.clone());
    Ok(person)
}

async fn add(tx: &mut Tx, name: Option<String>, email: Option<String>) -> Result<Person, Error> {
    let newest: Option<i32> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.gte(FIRST_ID))
        .order_by_desc(user::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx.read())
        .await?;
    let id = newest.map_or(Some(FIRST_ID), |id: i32| id.checked_add(1)).ok_or(Error::Unavailable)?;
    let row = user::ActiveModel {
        id: Set(id),
        name: Set(name),
        email: Set(email),
        role: Set(Role::User),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Ok(person_of_row(row.insert(tx.write()).await?))
}
