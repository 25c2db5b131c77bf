//! `GET /api/chat/rooms`: who sees which rooms, filters and order.

use serde_json::{Value, json};

use crate::harness::{Person, TestApp, numbers};

#[tokio::test]
async fn a_customer_sees_their_own_rooms_and_an_admin_sees_all() {
    let app = TestApp::start().await;
    let (customer, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let first = customer.new_room().await;
    admin.close(first).await.ok();
    let second = customer.new_room().await;
    let foreign = other.new_room().await;
    assert_eq!(listed(&customer, &[]).await, [second, first]);
    assert_eq!(listed(&other, &[]).await, [foreign]);
    assert_eq!(listed(&admin, &[]).await, [foreign, second, first]);
}

#[tokio::test]
async fn a_room_is_listed_as_it_is_shown() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "On my way").await;
    for person in [&customer, &admin] {
        let mut shown = person.room(room).await.ok();
        let shown = shown.as_object_mut().expect("a room");
        shown.remove("messages");
        shown.remove("lastEventId");
        assert_eq!(person.rooms(&[]).await.ok(), json!([shown]));
    }
}

#[tokio::test]
async fn a_customer_finds_no_foreign_room_by_any_filter() {
    let app = TestApp::start().await;
    let foreign = app.customer(8).open_with(&json!({"message": "secret", "priority": "URGENT"})).await.created();
    app.customer(7).new_room().await;
    let id = foreign["userId"].to_string();
    for query in [("search", "secret"), ("priority", "URGENT"), ("search", "person8"), ("userId", id.as_str())] {
        let rooms = app.customer(7).rooms(&[query]).await;
        if rooms.status == 200 {
            assert!(!numbers(&rooms.ok(), "userId").contains(&8), "{query:?}");
        }
    }
}

#[tokio::test]
async fn filters_take_several_values_and_work_together() {
    let app = TestApp::start().await;
    let desk = Desk::with_rooms(&app).await;
    let [low, normal, high, urgent] = desk.rooms;
    for (query, expected) in [
        (vec![("status", "OPEN")], vec![low, normal]),
        (vec![("status", "RESOLVED")], vec![high]),
        (vec![("status", "CLOSED,RESOLVED")], vec![high, urgent]),
        (vec![("status", "OPEN,CLOSED,RESOLVED")], vec![low, normal, high, urgent]),
        (vec![("priority", "LOW")], vec![low]),
        (vec![("priority", "LOW,URGENT")], vec![low, urgent]),
        (vec![("status", "OPEN"), ("priority", "LOW,URGENT")], vec![low]),
        (vec![("status", "CLOSED"), ("priority", "NORMAL")], vec![]),
        (vec![("assignee", "me")], vec![low]),
        (vec![("assignee", "2")], vec![normal]),
        (vec![("assignee", "none")], vec![high, urgent]),
        (vec![("assignee", "none"), ("status", "RESOLVED")], vec![high]),
        (vec![("assignee", "99999")], vec![]),
        (vec![("assignee", "me,2")], vec![low, normal]),
        (vec![("userId", "12")], vec![normal]),
        (vec![("userId", "12"), ("status", "CLOSED")], vec![]),
    ] {
        let mut found = listed(&desk.admin, &query).await;
        found.sort_unstable();
        assert_eq!(found, expected, "{query:?}");
    }
}

#[tokio::test]
async fn the_newest_activity_comes_first() {
    let app = TestApp::start().await;
    let desk = Desk::with_rooms(&app).await;
    let [low, normal, high, _] = desk.rooms;
    desk.admin.says(low, "Hello").await;
    desk.admin.says(high, "Hello").await;
    desk.admin.says(normal, "Hello").await;
    for query in [vec![], vec![("sort", "activity")]] {
        assert_eq!(listed(&desk.admin, &query).await[..3], [normal, high, low], "{query:?}");
    }
}

#[tokio::test]
async fn sorted_by_priority_the_most_urgent_comes_first_and_then_the_newest() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let mut rooms = Vec::new();
    for (id, priority) in [(11, "LOW"), (12, "URGENT"), (13, "NORMAL"), (14, "HIGH"), (15, "URGENT"), (16, "NORMAL")] {
        let body = json!({"message": "Hi", "priority": priority});
        rooms.push(app.customer(id).open_with(&body).await.created()["id"].as_i64().expect("an id"));
    }
    let expected = [4, 1, 3, 5, 2, 0].map(|index: usize| rooms[index]);
    assert_eq!(listed(&admin, &[("sort", "priority")]).await, expected);
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    for (field, value) in [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "many"),
        ("limit", "99999999999999999999"),
        ("cursor", "nonsense"),
        ("cursor", "' OR 1=1 --"),
        ("status", "OPEN,GONE"),
        ("status", "1"),
        ("priority", "ASAP"),
        ("priority", "LOW;HIGH"),
        ("assignee", "you"),
        ("assignee", "-1"),
        ("assignee", "99999999999"),
        ("sort", "name"),
    ] {
        admin.rooms(&[(field, value)]).await.invalid(field);
    }
}

#[tokio::test]
async fn a_list_of_filters_has_a_bound_and_a_long_one_ends_no_process() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    for (field, value) in [("assignee", "1"), ("status", "OPEN"), ("priority", "LOW")] {
        for count in [51, 2000] {
            admin.rooms(&[(field, &vec![value; count].join(","))]).await.invalid(field);
        }
    }
    assert_eq!(listed(&admin, &[]).await.len(), 0, "the process lives");
}

async fn listed(person: &Person, query: &[(&str, &str)]) -> Vec<i64> {
    numbers(&person.rooms(query).await.ok(), "id")
}

/// Four rooms that differ in everything that can be filtered.
struct Desk {
    admin: Person,
    rooms: [i64; 4],
}

impl Desk {
    async fn with_rooms(app: &TestApp) -> Self {
        let admin = app.admin(1);
        // An admin is known once they have called.
        app.admin(2).stats().await.ok();
        let mut rooms = [0; 4];
        for (index, priority) in ["LOW", "NORMAL", "HIGH", "URGENT"].into_iter().enumerate() {
            let customer = app.customer(11 + i64::try_from(index).expect("a small number"));
            let room = customer.open_with(&json!({"message": "Hi", "priority": priority})).await.created();
            rooms[index] = room["id"].as_i64().expect("an id");
        }
        let changes: [Value; 4] =
            [json!({"adminId": 1}), json!({"adminId": 2}), json!({"status": "RESOLVED"}), json!({"status": "CLOSED"})];
        for (room, change) in rooms.iter().zip(changes) {
            admin.manage(*room, &change).await.ok();
        }
        Self { admin, rooms }
    }
}
