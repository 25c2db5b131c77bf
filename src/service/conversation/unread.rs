//! What waits for a person.

use entity::{ChatKind, chat_counter, chat_message, chat_room};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::Expr,
};

use super::{history::posted, queries::unread_broadcasts};
use crate::{
    domain::{Posted, Principal, Side},
    service::{Error, policy},
    state::State,
};

/// Rooms of one person in which something waits that are looked at.
const MOST_ROOMS: u64 = 1000;

/// How many messages wait for the caller: in their rooms, for an admin in all of the desk's, and broadcasts.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn unread_count(state: &State, who: &Principal) -> Result<i64, Error> {
    let mut unread = 0;
    for room in own_rooms(&state.db, who).await? {
        unread += i64::from(match policy::side_in(&room, who.id()) {
            Side::Customer => room.customer_unread,
            Side::Desk => room.desk_unread,
        });
    }
    if who.is_admin() {
        let counter = chat_counter::Entity::find_by_id(chat_counter::ONLY_ROW).one(&state.db).await?;
        unread += counter.map_or(0, |counter| counter.unread);
    }
    let broadcasts: Vec<i32> = chat_room::Entity::find()
        .select_only()
        .column(chat_room::Column::Id)
        .filter(chat_room::Column::PeerId.eq(chat_room::EVERYBODY))
        .limit(MOST_ROOMS)
        .into_tuple()
        .all(&state.db)
        .await?;
    let broadcasts = unread_broadcasts(&state.db, who.id(), &broadcasts).await?;
    Ok(unread + broadcasts.values().copied().map(i64::from).sum::<i64>())
}

/// The newest messages that wait for the caller, oldest first: in their rooms, and for an admin in the desk's.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn unread_messages(state: &State, who: &Principal, limit: u64) -> Result<Vec<Posted>, Error> {
    let mut rooms = own_rooms(&state.db, who).await?;
    if who.is_admin() {
        rooms.extend(waiting_for_desk(&state.db).await?);
    }
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    // In one's own rooms whatever somebody else wrote, in the desk's what their customers wrote.
    let (of_desk, own): (Vec<&chat_room::Model>, Vec<_>) =
        rooms.iter().partition(|room| room.kind == ChatKind::Support && who.is_admin());
    let in_rooms =
        |rooms: &[&chat_room::Model]| chat_message::Column::ChatRoomId.is_in(rooms.iter().map(|room| room.id));
    let customers = chat_message::Column::SenderId.is_in(of_desk.iter().map(|room| room.user_id));
    let by_others = chat_message::Column::SenderId.ne(who.id());
    let from = Condition::any()
        .add(Condition::all().add(in_rooms(&own)).add(by_others))
        .add(Condition::all().add(in_rooms(&of_desk)).add(customers));
    // The rooms once more, since an index is not found through two alternatives.
    let mut rows = chat_message::Entity::find()
        .filter(chat_message::Column::ChatRoomId.is_in(rooms.iter().map(|room| room.id)))
        .filter(from)
        .filter(chat_message::Column::IsRead.eq(false))
        .filter(chat_message::Column::DeletedAt.is_null())
        .order_by_desc(chat_message::Column::Id)
        .limit(limit)
        .all(&state.db)
        .await?;
    rows.reverse();
    Ok(posted(&state.db, rooms, rows).await?)
}

/// The caller's own rooms in which something waits for them.
async fn own_rooms(db: &impl ConnectionTrait, who: &Principal) -> Result<Vec<chat_room::Model>, DbErr> {
    let bounded = |select: Select<chat_room::Entity>| select.limit(MOST_ROOMS);
    let kinds = if who.is_admin() { vec![ChatKind::Direct] } else { vec![ChatKind::Direct, ChatKind::Support] };
    let owned = chat_room::Entity::find()
        .filter(chat_room::Column::UserId.eq(who.id()))
        .filter(chat_room::Column::CustomerUnread.gt(0))
        .filter(chat_room::Column::Kind.is_in(kinds));
    let mut rooms = bounded(owned).all(db).await?;
    let shared = chat_room::Entity::find()
        .filter(chat_room::Column::PeerId.eq(who.id()))
        .filter(chat_room::Column::DeskUnread.gt(0));
    rooms.extend(bounded(shared).all(db).await?);
    Ok(rooms)
}

/// Support rooms whose customers wait. In no order and with the condition as the index of these rooms has it, so that it is
/// what is read.
async fn waiting_for_desk(db: &impl ConnectionTrait) -> Result<Vec<chat_room::Model>, DbErr> {
    chat_room::Entity::find()
        .filter(Expr::col((chat_room::Entity, chat_room::Column::DeskUnread)).gt(Expr::cust("0")))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .limit(MOST_ROOMS)
        .all(db)
        .await
}
