//! A write that changes nothing, to learn whether the database takes any.

use entity::chat_counter;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::Tx;

/// Writes the counter row as it is.
///
/// # Errors
/// The database's.
pub async fn probe(tx: &mut Tx) -> Result<(), DbErr> {
    chat_counter::Entity::update_many()
        .col_expr(chat_counter::Column::LastEventId, Expr::col(chat_counter::Column::LastEventId))
        .filter(chat_counter::Column::Id.eq(chat_counter::ONLY_ROW))
        .exec(tx.write_noted())
        .await
        .map(|_| ())
}
