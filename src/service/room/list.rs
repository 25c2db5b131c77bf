//! The list of rooms: a customer's own, or the desk's.

use entity::{ChatKind, ChatPriority, ChatStatus, chat_room};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
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
    let select = filtered(&state.db, who, &query);
    let mut rows = match query.sort {
        RoomSort::Activity => page(&state.db, select, query.after, wanted).await?,
        RoomSort::Priority => page_by_priority(&state.db, select, &query, wanted).await?,
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

fn filtered(db: &impl ConnectionTrait, who: &Principal, query: &ListRooms) -> Select<chat_room::Entity> {
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
        let admins = query.assignee.iter().filter_map(|assignee| match assignee {
            Assignee::Me => Some(who.id()),
            Assignee::Admin(id) => Some(*id),
            Assignee::Nobody => None,
        });
        let mut any = Condition::any().add(chat_room::Column::AdminId.is_in(admins));
        if query.assignee.contains(&Assignee::Nobody) {
            any = any.add(chat_room::Column::AdminId.is_null());
        }
        condition = condition.add(any);
    }
    if let Some(term) = &query.search {
        let owner = if who.is_admin() { query.user_id } else { Some(who.id()) };
        condition = condition.add(matching(db.get_database_backend(), term, owner));
    }
    chat_room::Entity::find().filter(condition)
}

/// The rooms after the cursor, the newest activity first.
async fn page(
    db: &impl ConnectionTrait,
    select: Select<chat_room::Entity>,
    after: Option<RoomCursor>,
    limit: u64,
) -> Result<Vec<chat_room::Model>, DbErr> {
    let select = match after {
        None => select,
        Some(after) => select.filter(
            Condition::any().add(chat_room::Column::LastActivity.lt(after.last_activity)).add(
                Condition::all()
                    .add(chat_room::Column::LastActivity.eq(after.last_activity))
                    .add(chat_room::Column::Id.lt(after.id)),
            ),
        ),
    };
    select
        .order_by_desc(chat_room::Column::LastActivity)
        .order_by_desc(chat_room::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// One indexed range for each priority: databases disagree about the order of an enum's values.
async fn page_by_priority(
    db: &impl ConnectionTrait,
    select: Select<chat_room::Entity>,
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
        let of_priority = select.clone().filter(chat_room::Column::Priority.eq(priority));
        let after = query.after.filter(|_| begun == Some(priority));
        rows.extend(page(db, of_priority, after, left).await?);
    }
    Ok(rows)
}
