//! People by id.

use std::collections::HashMap;

use entity::user;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::domain::Person;

/// A row as a person.
pub fn person_of_row(row: user::Model) -> Person {
    Person { id: row.id, name: row.name, email: row.email, role: row.role }
}

/// The people with these ids; those who do not exist are left out.
///
/// # Errors
/// The database's.
pub async fn load_people(db: &impl ConnectionTrait, mut ids: Vec<i32>) -> Result<HashMap<i32, Person>, DbErr> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, person_of_row(row))).collect())
}
