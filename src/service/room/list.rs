//! The list of rooms: a customer's own, or the desk's.

use entity::{ChatKind, ChatPriority, ChatStatus, chat_room};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Query, SimpleExpr, UnionType},
};

use crate::{
    domain::{Principal, Room, RoomCursor, RoomSort},
    records::rooms_of_rows,
    service::{Error, search::matching},
    state::State,
};

/// From the most urgent to the least: the order in which a list by priority is read.
const MOST_URGENT_FIRST: [ChatPriority; 4] =
    [ChatPriority::Urgent, ChatPriority::High, ChatPriority::Normal, ChatPriority::Low];

/// Who has a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// The caller.
    Me,
    /// Nobody.
    Nobody,
    /// That admin.
    Admin(i32),
}

/// Which rooms, in which order. Empty lists do not narrow.
#[derive(Clone, Debug)]
pub struct ListRooms {
    /// Any of these statuses.
    pub status: Vec<ChatStatus>,
    /// Any of these priorities.
    pub priority: Vec<ChatPriority>,
    /// Any of these assignees.
    pub assignee: Vec<Assignee>,
    /// That customer's.
    pub user_id: Option<i32>,
    /// Containing this, in the customer's name or e-mail, the subject or a message.
    pub search: Option<String>,
    /// The order.
    pub sort: RoomSort,
    /// How many at most.
    pub limit: u64,
    /// After this one.
    pub after: Option<RoomCursor>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct RoomPage {
    /// The rooms, in order.
    pub rooms: Vec<Room>,
    /// Where the next page begins, if there is one.
    pub next: Option<RoomCursor>,
}

/// The rooms that the caller may see: their own, or all support rooms for an admin.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn list(state: &State, who: &Principal, query: ListRooms) -> Result<RoomPage, Error> {
    let wanted = query.limit + 1;
    let condition = condition(state.db.get_database_backend(), who, &query);
    let mut rows = match query.sort {
        RoomSort::Activity => {
            let condition = condition.add_option(query.after.map(after));
            newest(&condition, &ranges(who, &query), wanted).all(&state.db).await?
        }
        RoomSort::Priority => page_by_priority(&state.db, &condition, &query, wanted).await?,
    };
    let more = rows.len() as u64 > query.limit;
    rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| RoomCursor {
        priority: (query.sort == RoomSort::Priority).then_some(row.priority),
        last_activity: row.last_activity,
        id: row.id,
    });
    Ok(RoomPage { rooms: rooms_of_rows(&state.db, rows).await?, next })
}

/// Which rooms are listed.
fn condition(db: DbBackend, who: &Principal, query: &ListRooms) -> Condition {
    let mut condition = Condition::all().add(chat_room::Column::Kind.eq(ChatKind::Support));
    if !who.is_admin() {
        condition = condition.add(chat_room::Column::UserId.eq(who.id()));
    }
    if let Some(user_id) = query.user_id {
        condition = condition.add(chat_room::Column::UserId.eq(user_id));
    }
    if !query.status.is_empty() {
        condition = condition.add(chat_room::Column::Status.is_in(query.status.iter().copied()));
    }
    if !query.priority.is_empty() {
        condition = condition.add(chat_room::Column::Priority.is_in(query.priority.iter().copied()));
    }
    if !query.assignee.is_empty() {
        let assigned = |assignee: &Assignee| match assignee {
            Assignee::Me => chat_room::Column::AdminId.eq(who.id()),
            Assignee::Admin(id) => chat_room::Column::AdminId.eq(*id),
            Assignee::Nobody => chat_room::Column::AdminId.is_null(),
        };
        condition = condition.add(query.assignee.iter().map(assigned).fold(Condition::any(), Condition::add));
    }
    if let Some(term) = &query.search {
        let owner = if who.is_admin() { query.user_id } else { Some(who.id()) };
        condition = condition.add(matching(db, term, owner));
    }
    condition
}

/// The ranges in which a list is read; see [`newest`]. None where so few rooms are meant that they are best sorted.
fn ranges(who: &Principal, query: &ListRooms) -> Vec<SimpleExpr> {
    if !who.is_admin() || query.user_id.is_some() || query.search.is_some() {
        return Vec::new();
    }
    if query.status.is_empty() && query.assignee.is_empty() && !query.priority.is_empty() {
        return query.priority.iter().map(|priority| chat_room::Column::Priority.eq(*priority)).collect();
    }
    by_status(&query.status)
}

/// A range for each status; none given means all.
pub(in crate::service) fn by_status(statuses: &[ChatStatus]) -> Vec<SimpleExpr> {
    let wanted = |status: &ChatStatus| statuses.is_empty() || statuses.contains(status);
    ChatStatus::iter().filter(wanted).map(|status| chat_room::Column::Status.eq(status)).collect()
}

/// Rooms, the newest activity first. Each range is one that an index has in this order: they are merged, so none is sorted as
/// a whole, and a message needs to move its room in few indexes.
pub(in crate::service) fn newest(
    condition: &Condition,
    ranges: &[SimpleExpr],
    limit: u64,
) -> Select<chat_room::Entity> {
    let ordered = |select: Select<chat_room::Entity>| {
        select.order_by_desc(chat_room::Column::LastActivity).order_by_desc(chat_room::Column::Id).limit(limit)
    };
    let rooms = || chat_room::Entity::find().filter(condition.clone());
    let ids = |range: &SimpleExpr| {
        let ids = ordered(rooms().filter(range.clone()).select_only().column(chat_room::Column::Id));
        Query::select().column(chat_room::Column::Id).from_subquery(ids.into_query(), "range").to_owned()
    };
    ordered(match ranges {
        [] => rooms(),
        [range] => rooms().filter(range.clone()),
        [first, others @ ..] => {
            let mut merged = ids(first);
            for range in others {
                merged.union(UnionType::All, ids(range));
            }
            chat_room::Entity::find().filter(chat_room::Column::Id.in_subquery(merged))
        }
    })
}

/// What comes after a place in the order of activity.
fn after(cursor: RoomCursor) -> Condition {
    Condition::any().add(chat_room::Column::LastActivity.lt(cursor.last_activity)).add(
        Condition::all()
            .add(chat_room::Column::LastActivity.eq(cursor.last_activity))
            .add(chat_room::Column::Id.lt(cursor.id)),
    )
}

/// One indexed range for each priority: databases disagree about the order of an enum's values.
async fn page_by_priority(
    db: &impl ConnectionTrait,
    condition: &Condition,
    query: &ListRooms,
    limit: u64,
) -> Result<Vec<chat_room::Model>, DbErr> {
    let begun = query.after.and_then(|after| after.priority);
    let mut rows = Vec::new();
    for priority in MOST_URGENT_FIRST {
        let left = limit - rows.len() as u64;
        let passed = begun.is_some_and(|begun| priority > begun);
        if left == 0 || passed || !(query.priority.is_empty() || query.priority.contains(&priority)) {
            continue;
        }
        let of_priority = condition.clone().add(chat_room::Column::Priority.eq(priority));
        let after = query.after.filter(|_| begun == Some(priority)).map(after);
        rows.extend(newest(&of_priority.add_option(after), &[], left).all(db).await?);
    }
    Ok(rows)
}
