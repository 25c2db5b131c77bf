//! `User`: a person, taken over from the claims of their token.

use sea_orm::entity::prelude::*;

use crate::{Role, Timestamp};

/// A row of `User`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "User", rename_all = "camelCase")]
pub struct Model {
    /// The id that the host application gave.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// How they are called.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The role of their latest token.
    pub role: Role,
    /// When their last stream ended.
    pub last_seen: Option<Timestamp>,
    /// When they were first seen.
    pub created_at: Timestamp,
    /// When something of the row last changed.
    pub updated_at: Timestamp,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
