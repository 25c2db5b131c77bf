//! Letting old events go. A stream that asks for a pruned one is told to load anew.

use entity::chat_event;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Tx;
use crate::domain::Timestamp;

/// Deletes at most `limit` of the events before `cutoff`, oldest first; returns how many.
///
/// # Errors
/// The database's.
pub async fn prune(tx: &mut Tx, cutoff: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let oldest = chat_event::Entity::find()
        .select_only()
        .columns([chat_event::Column::Id, chat_event::Column::CreatedAt])
        .order_by_asc(chat_event::Column::Id)
        .limit(limit)
        .into_tuple::<(i64, Timestamp)>()
        .all(tx.read())
        .await?;
    // Ids and moments grow together but for a clock that jumped: stop at the first that must stay.
    let Some((through, _)) = oldest.into_iter().take_while(|(_, created_at)| *created_at < cutoff).last() else {
        return Ok(0);
    };
    let deleted =
        chat_event::Entity::delete_many().filter(chat_event::Column::Id.lte(through)).exec(tx.write_noted()).await?;
    tx.mark_pruned(through);
    Ok(deleted.rows_affected)
}
