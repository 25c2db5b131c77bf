//! `GET /api/chat/rooms`, page by page: no room twice, none left out.

use std::collections::HashSet;

use serde_json::json;

use crate::harness::{Person, TestApp, number, numbers};

#[tokio::test]
async fn pages_hold_every_room_once_in_order() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    open_rooms(&app, 23).await;
    for sort in ["activity", "priority"] {
        let whole = numbers(&admin.rooms(&[("sort", sort), ("limit", "100")]).await.ok(), "id");
        assert_eq!(whole.len(), 23);
        for limit in ["1", "5", "22", "23"] {
            assert_eq!(all_pages(&admin, &[("sort", sort), ("limit", limit)]).await, whole, "{sort} by {limit}");
        }
    }
}

#[tokio::test]
async fn a_list_without_a_limit_has_fifty_rooms() {
    let app = TestApp::start().await;
    open_rooms(&app, 52).await;
    let first = app.admin(1).rooms(&[]).await;
    let next = first.next_page().expect("there is more");
    assert_eq!(first.ok().as_array().map(Vec::len), Some(50));
    let last = app.admin(1).get(&next).await;
    assert_eq!(last.next_page(), None, "after the last page there is no next");
    assert_eq!(last.ok().as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn filters_hold_on_every_page() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let rooms = open_rooms(&app, 20).await;
    for room in rooms.iter().step_by(2) {
        admin.manage(*room, &json!({"status": "RESOLVED"})).await.ok();
    }
    let query = [("status", "RESOLVED"), ("search", "help"), ("limit", "3")];
    let mut found = all_pages(&admin, &query).await;
    found.sort_unstable();
    assert_eq!(found, rooms.into_iter().step_by(2).collect::<Vec<_>>());
}

#[tokio::test]
async fn rooms_that_change_meanwhile_are_no_hole_and_no_double() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let rooms = open_rooms(&app, 30).await;
    let mut path = Some("/api/chat/rooms?limit=4".to_owned());
    let mut seen = Vec::new();
    // The lists goes from the newest to the oldest; what is touched jumps to the front.
    let mut touched = rooms.iter().rev();
    let mut unmoved: HashSet<i64> = rooms.iter().copied().collect();
    while let Some(page) = path {
        let answer = admin.get(&page).await;
        path = answer.next_page();
        seen.extend(numbers(&answer.ok(), "id"));
        for _ in 0..2 {
            let room = touched.next().expect("a room");
            admin.says(*room, "Still there?").await;
            unmoved.remove(room);
        }
    }
    let distinct: HashSet<i64> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len(), "a room came twice: {seen:?}");
    let missing: Vec<_> = unmoved.difference(&distinct).collect();
    assert!(missing.is_empty(), "rooms that nobody touched were left out: {missing:?}");
}

#[tokio::test]
async fn a_cursor_of_one_order_is_refused_in_the_other() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    open_rooms(&app, 3).await;
    let next = admin.rooms(&[("limit", "1"), ("sort", "activity")]).await.next_page().expect("there is more");
    let other = next.replace("sort=activity", "sort=priority");
    assert_ne!(next, other, "the next page keeps the order: {next}");
    admin.get(&other).await.invalid("cursor");
}

async fn open_rooms(app: &TestApp, count: i64) -> Vec<i64> {
    let mut rooms = Vec::new();
    for id in 0..count {
        let priority = ["LOW", "NORMAL", "HIGH", "URGENT"][usize::try_from(id % 4).expect("a small number")];
        let body = json!({"message": "I need help", "priority": priority});
        rooms.push(number(&app.customer(100 + id).open_with(&body).await.created()["id"]));
    }
    rooms
}

/// Follows the links from the first page to the last.
async fn all_pages(person: &Person, query: &[(&str, &str)]) -> Vec<i64> {
    let mut answer = person.rooms(query).await;
    let mut rooms = Vec::new();
    loop {
        let next = answer.next_page();
        let page = numbers(&answer.ok(), "id");
        assert!(!page.is_empty() || rooms.is_empty(), "a link led to an empty page");
        rooms.extend(page);
        match next {
            Some(next) => answer = person.get(&next).await,
            None => return rooms,
        }
    }
}
