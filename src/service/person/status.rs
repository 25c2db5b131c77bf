//! Who is there.

use std::collections::{HashMap, HashSet};

use entity::{ChatKind, chat_room, user};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    domain::{Person, Principal, Timestamp},
    hub::Status,
    records::person_of_row,
    service::Error,
    state::State,
};

/// People who are told as being there.
const MOST_TOLD: usize = 500;

/// A person and whether they are there.
#[derive(Clone, Debug)]
pub struct PersonStatus {
    /// Who; for a customer without name and e-mail unless they share a room.
    pub person: Person,
    /// Whether they have a stream open.
    pub online: bool,
    /// When they were last there; now for those who are.
    pub last_seen: Option<Timestamp>,
}

/// When somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether they have a stream open.
    pub online: bool,
    /// When they were last there; now for those who are.
    pub last_seen: Option<Timestamp>,
}

/// When these people were there; those who were never seen are left out. For people of a room that the caller may see.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn statuses(state: &State, people: &[i32]) -> Result<HashMap<i32, Seen>, Error> {
    let rows: Vec<(i32, Option<Timestamp>)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::LastSeen])
        .filter(user::Column::Id.is_in(people.iter().copied()))
        .into_tuple()
        .all(&state.db)
        .await?;
    Ok(rows.into_iter().map(|(id, left_at)| (id, seen(state, id, left_at))).collect())
}

fn seen(state: &State, person_id: i32, left_at: Option<Timestamp>) -> Seen {
    match state.presence.status(person_id) {
        Some(status) => Seen { online: true, last_seen: Some(status.last_seen) },
        None => Seen { online: false, last_seen: left_at },
    }
}

/// Whether a person is there.
///
/// # Errors
/// [`Error::NotFound`] for somebody who was never seen.
pub async fn status(state: &State, who: &Principal, person_id: i32) -> Result<PersonStatus, Error> {
    let row = user::Entity::find_by_id(person_id).one(&state.db).await?.ok_or(Error::NO_PERSON)?;
    let Seen { online, last_seen } = seen(state, person_id, row.last_seen);
    let known = acquaintances(state, who, &[person_id]).await?;
    Ok(PersonStatus { person: as_seen_by(who, &known, person_of_row(row)), online, last_seen })
}

/// The others who are there, at most 500, by id.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn online(state: &State, who: &Principal) -> Result<Vec<PersonStatus>, Error> {
    let mut there: HashMap<i32, Status> = state.presence.online(MOST_TOLD + 1).into_iter().collect();
    there.remove(&who.id());
    let mut ids: Vec<i32> = there.keys().copied().collect();
    ids.sort_unstable();
    ids.truncate(MOST_TOLD);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = acquaintances(state, who, &ids).await?;
    let mut rows = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(&state.db).await?;
    rows.sort_unstable_by_key(|row| row.id);
    let status = |row: user::Model| {
        let last_seen = there.get(&row.id).map(|status| status.last_seen);
        PersonStatus { person: as_seen_by(who, &known, person_of_row(row)), online: true, last_seen }
    };
    Ok(rows.into_iter().map(status).collect())
}

fn as_seen_by(who: &Principal, known: &HashSet<i32>, person: Person) -> Person {
    let named = who.is_admin() || person.id == who.id() || known.contains(&person.id);
    if named { person } else { Person { name: None, email: None, ..person } }
}

/// Those of `people` with whom a customer shares a DIRECT room or a support room. An admin knows everybody anyway.
async fn acquaintances(state: &State, who: &Principal, people: &[i32]) -> Result<HashSet<i32>, DbErr> {
    use chat_room::Column::{AdminId, Kind, PeerId, UserId};
    let mut known = HashSet::new();
    if who.is_admin() {
        return Ok(known);
    }
    let shared =
        [(UserId, PeerId, ChatKind::Direct), (PeerId, UserId, ChatKind::Direct), (UserId, AdminId, ChatKind::Support)];
    for (own, other, kind) in shared {
        let found: Vec<Option<i32>> = chat_room::Entity::find()
            .select_only()
            .distinct()
            .column(other)
            .filter(own.eq(who.id()))
            .filter(other.is_in(people.iter().copied()))
            .filter(Kind.eq(kind))
            .into_tuple()
            .all(&state.db)
            .await?;
        known.extend(found.into_iter().flatten());
    }
    Ok(known)
}
