//! `GET /api/chat/stats`: right after every step.

use serde_json::{Value, json};

use crate::harness::{Listen, Person, TestApp, eventually};

#[tokio::test]
async fn an_empty_desk_counts_nothing() {
    let app = TestApp::start().await;
    assert_eq!(
        app.admin(1).stats().await.ok(),
        json!({
            "total": 0, "open": 0, "closed": 0, "resolved": 0, "unread": 0, "unassigned": 0, "onlineAdmins": 0,
            "byPriority": {"LOW": 0, "NORMAL": 0, "HIGH": 0, "URGENT": 0},
        })
    );
}

#[tokio::test]
async fn every_step_is_counted_at_once() {
    let app = TestApp::start().await;
    let (first, second, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let room = first.new_room().await;
    let expect = async |step: &str, [open, closed, resolved, unread, unassigned]: [i64; 5]| {
        let stats = admin.stats().await.ok();
        let counted = ["open", "closed", "resolved", "unread", "unassigned"].map(|key| stats[key].clone());
        assert_eq!(counted, [open, closed, resolved, unread, unassigned].map(Value::from), "{step}");
        assert_eq!(stats["total"], open + closed + resolved, "{step}");
    };
    expect("a first message", [1, 0, 0, 1, 1]).await;
    first.says(room, "Hello?").await;
    expect("a second message", [1, 0, 0, 2, 1]).await;
    let other = second.new_room().await;
    expect("another customer", [2, 0, 0, 3, 2]).await;
    admin.says(room, "Hello").await;
    expect("an answer assigns", [2, 0, 0, 3, 1]).await;
    admin.read(room).await.ok();
    expect("one room is read", [2, 0, 0, 1, 1]).await;
    admin.manage(room, &json!({"status": "RESOLVED"})).await.ok();
    expect("one is resolved", [1, 0, 1, 1, 1]).await;
    first.says(room, "Not yet").await;
    expect("and reopened by its customer", [2, 0, 0, 2, 1]).await;
    admin.manage(room, &json!({"adminId": null})).await.ok();
    expect("one is unassigned", [2, 0, 0, 2, 2]).await;
    admin.assign(room, &json!({})).await.ok();
    admin.close(room).await.ok();
    let stats = admin.stats().await.ok();
    assert_eq!((&stats["open"], &stats["closed"], &stats["total"]), (&json!(1), &json!(1), &json!(2)));
    admin.assign(other, &json!({})).await.ok();
    assert_eq!(admin.stats().await.ok()["unassigned"], 0);
}

#[tokio::test]
async fn priorities_are_counted() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let mut rooms = Vec::new();
    for (id, priority) in [(11, "LOW"), (12, "HIGH"), (13, "HIGH"), (14, "URGENT"), (15, "NORMAL")] {
        let body = json!({"message": "Hi", "priority": priority});
        rooms.push(app.customer(id).open_with(&body).await.created()["id"].as_i64().expect("an id"));
    }
    let expected = json!({"LOW": 1, "NORMAL": 1, "HIGH": 2, "URGENT": 1});
    assert_eq!(admin.stats().await.ok()["byPriority"], expected);
    admin.manage(rooms[0], &json!({"priority": "URGENT"})).await.ok();
    let expected = json!({"LOW": 0, "NORMAL": 1, "HIGH": 2, "URGENT": 2});
    assert_eq!(admin.stats().await.ok()["byPriority"], expected);
}

#[tokio::test]
async fn counts_agree_with_the_rows_after_a_storm() {
    let app = TestApp::start().await;
    let (customer, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let rooms = [customer.new_room().await, other.new_room().await];
    let storm = |person: Person, room: i64, step: usize| async move {
        for n in 0..40 {
            let message = person.says(room, &format!("message {n}")).await;
            match (n + step) % 5 {
                0 => drop(person.read(room).await.ok()),
                1 => drop(person.delete(message).await.ok()),
                _ => {}
            }
        }
    };
    tokio::join!(
        storm(customer.clone(), rooms[0], 0),
        storm(customer.clone(), rooms[0], 1),
        storm(other.clone(), rooms[1], 2),
        storm(admin.clone(), rooms[0], 3),
        storm(admin.clone(), rooms[1], 4),
    );
    let mut of_desk = 0;
    for (person, room) in [(&customer, rooms[0]), (&other, rooms[1])] {
        let history = person.messages(room, "limit=200").await.ok();
        let unread = |by_customer: bool| {
            let waits = |message: &&Value| message["isRead"] == false && message["deletedAt"].is_null();
            let messages = history.as_array().expect("messages").iter();
            messages.filter(waits).filter(|message| (message["senderId"] == person.id) == by_customer).count()
        };
        assert_eq!(person.room(room).await.ok()["unreadCount"], unread(false));
        assert_eq!(admin.room(room).await.ok()["unreadCount"], unread(true));
        of_desk += unread(true);
    }
    assert_eq!(admin.stats().await.ok()["unread"], of_desk);
}

#[tokio::test]
async fn online_admins_are_those_with_a_stream() {
    let app = TestApp::with(&[("SAPA__PRESENCE__OFFLINE_GRACE_SECONDS", "1")]).await;
    let admin = app.admin(1);
    let mut first = admin.listen(&Listen::all()).await;
    first.connected().await;
    let mut again = admin.listen(&Listen::all()).await;
    again.connected().await;
    let mut colleague = app.admin(2).listen(&Listen::all()).await;
    colleague.connected().await;
    let mut customer = app.customer(7).listen(&Listen::all()).await;
    customer.connected().await;
    let online = async |count: i64| {
        eventually("the admins online are counted", async || {
            (admin.stats().await.ok()["onlineAdmins"] == count).then_some(())
        })
        .await;
    };
    online(2).await;
    drop(colleague);
    online(1).await;
    drop(first);
    drop(again);
    online(0).await;
}
