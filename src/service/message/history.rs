//! A room's messages, page by page.

use entity::chat_message;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::{Message, Principal},
    records::messages_of_rows,
    service::{Error, policy, room::find_room},
    state::State,
};

/// Which messages.
#[derive(Clone, Copy, Debug)]
pub struct History {
    /// Only those before this one; the page is the newest of them.
    pub before: Option<i32>,
    /// Only those after this one; the page is the oldest of them.
    pub after: Option<i32>,
    /// How many are left out before the page, at most 10,000; for front-ends that count pages.
    pub skip: u64,
    /// How many at most.
    pub limit: u64,
}

/// A page of messages.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are more in the direction that is paged.
    pub more: bool,
}

/// A page of a room's messages, oldest first.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for somebody else's room, [`Error::Invalid`] for too many left out.
pub async fn history(state: &State, who: &Principal, room_id: i32, query: History) -> Result<HistoryPage, Error> {
    policy::require_page(query.skip)?;
    let room = find_room(&state.db, room_id).await?;
    policy::require_access(who, &room)?;
    let mut select = chat_message::Entity::find().filter(chat_message::Column::ChatRoomId.eq(room_id));
    if let Some(before) = query.before {
        select = select.filter(chat_message::Column::Id.lt(before));
    }
    let forwards = query.after.is_some();
    select = match query.after {
        Some(after) => select.filter(chat_message::Column::Id.gt(after)).order_by_asc(chat_message::Column::Id),
        None => select.order_by_desc(chat_message::Column::Id),
    };
    let mut rows = select.offset(query.skip).limit(query.limit + 1).all(&state.db).await?;
    let more = rows.len() as u64 > query.limit;
    rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    if !forwards {
        rows.reverse();
    }
    Ok(HistoryPage { messages: messages_of_rows(&state.db, rows).await?, more })
}
