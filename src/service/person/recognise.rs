//! A checked token becomes a person with a row.

use chrono::{DateTime, Utc};
use entity::user;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, SqlErr};

use crate::{
    domain::{Person, Principal, Role},
    journal::Tx,
    records::person_of_row,
    service::Error,
    state::State,
};

/// What a checked token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The id that the host application gave.
    pub user_id: i32,
    /// What they may do.
    pub role: Role,
    /// Their name, if the token has one.
    pub name: Option<String>,
    /// Their e-mail address, if the token has one.
    pub email: Option<String>,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// Makes a principal of a caller. A person seen for the first time gets a row; a changed name, e-mail or role is taken
/// over. Costs nothing for somebody whose row is known to agree.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn recognise(state: &State, caller: Caller) -> Result<Principal, Error> {
    let expires_at = caller.expires_at;
    if let Some(person) = state.known_people.get(&caller.user_id).filter(|person| agrees(&caller, person)) {
        return Ok(Principal { person, expires_at });
    }
    let (db, id) = (state.db.clone(), caller.user_id);
    // Beside the thread that serves the connection: what a query allocates for its time is larger than what a connection
    // keeps, and each hole that it left would be filled by two buffers of which half is never used otherwise (measured
    // with 5,000 new people on websockets).
    let known = state.runtime.spawn(async move { user::Entity::find_by_id(id).one(&db).await });
    let row = known.await.map_err(|_| Error::Unavailable)??;
    let person = match row.map(person_of_row).filter(|person| agrees(&caller, person)) {
        Some(person) => person,
        None => {
            let (person, was_known) = state.writer.run(move |tx| Box::pin(take_over(tx, caller.clone()))).await?;
            if was_known {
                state.hub.rooms().forget_of(person.id);
            }
            person
        }
    };
    state.known_people.insert(person.id, person.clone());
    Ok(Principal { person, expires_at })
}

fn agrees(caller: &Caller, person: &Person) -> bool {
    let same = |claim: &Option<String>, known: &Option<String>| claim.is_none() || claim == known;
    caller.role == person.role && same(&caller.name, &person.name) && same(&caller.email, &person.email)
}

/// Returns whether they had a row, too.
async fn take_over(tx: &mut Tx, caller: Caller) -> Result<(Person, bool), Error> {
    let known = user::Entity::find_by_id(caller.user_id).one(tx.read()).await?;
    let mut row = match known.clone() {
        Some(known) => known.into_active_model(),
        None => user::ActiveModel { id: Set(caller.user_id), created_at: Set(tx.now()), ..Default::default() },
    };
    row.role = Set(caller.role);
    row.updated_at = Set(tx.now());
    if caller.name.is_some() || known.is_none() {
        row.name = Set(caller.name);
    }
    if caller.email.is_some() || known.is_none() {
        row.email = Set(caller.email);
    }
    let was_known = known.is_some();
    let written = match known {
        Some(_) => row.update(tx.write()).await,
        None => row.insert(tx.write()).await,
    };
    match written {
        Ok(row) => Ok((person_of_row(row), was_known)),
        // A host application may keep e-mails unique in the same table; then its own row has it already.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Err(Error::Forbidden("another person has this e-mail address"))
        }
        Err(error) => Err(error.into()),
    }
}
