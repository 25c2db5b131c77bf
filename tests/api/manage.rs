//! `PATCH /api/chat/rooms/{id}/manage`, `…/assign` and `…/close`.

use serde_json::{Value, json};

use crate::harness::{Listen, TestApp};

#[tokio::test]
async fn status_and_priority_and_admin_change_together_or_one_by_one() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    app.admin(2).stats().await.ok();
    let room = customer.new_room().await;
    let changed = admin.manage(room, &json!({"status": "RESOLVED", "priority": "URGENT", "adminId": 2})).await.ok();
    assert_eq!((&changed["status"], &changed["priority"]), (&json!("RESOLVED"), &json!("URGENT")));
    assert_eq!(changed["admin"], json!({"id": 2, "name": "Admin 2", "email": "person2@example.test"}));
    for (change, field) in [
        (json!({"status": "CLOSED"}), "status"),
        (json!({"status": "OPEN"}), "status"),
        (json!({"priority": "LOW"}), "priority"),
        (json!({"adminId": 1}), "adminId"),
        (json!({"adminId": null}), "adminId"),
    ] {
        let before = admin.room(room).await.ok();
        let changed = admin.manage(room, &change).await.ok();
        assert_eq!(changed[field], change[field]);
        for kept in ["status", "priority", "adminId", "subject", "lastMessage"] {
            assert!(kept == field || changed[kept] == before[kept], "{change} changed {kept}");
        }
        assert_eq!(admin.room(room).await.ok()[field], change[field]);
    }
    assert_eq!(admin.room(room).await.ok()["admin"], Value::Null);
}

#[tokio::test]
async fn a_status_a_priority_or_an_admin_that_does_not_exist_is_named() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    for (field, body) in [
        ("status", json!({"status": "DONE"})),
        ("status", json!({"status": 1})),
        ("status", json!({"status": {"OPEN": null}})),
        ("priority", json!({"priority": "ASAP"})),
        ("priority", json!({"priority": ["LOW"]})),
        ("adminId", json!({"adminId": 999_999})),
        ("adminId", json!({"adminId": 7})),
        ("adminId", json!({"adminId": "Sari"})),
        ("adminId", json!({"adminId": -1})),
        ("adminId", json!({"adminId": 99_999_999_999_i64})),
        ("adminId", json!({"adminId": 999_999, "status": "CLOSED"})),
    ] {
        admin.manage(room, &body).await.invalid(field);
    }
    let kept = admin.room(room).await.ok();
    assert_eq!(
        (&kept["status"], &kept["priority"], &kept["adminId"]),
        (&json!("OPEN"), &json!("NORMAL"), &json!(null))
    );
}

#[tokio::test]
async fn a_body_without_a_change_changes_nothing_and_tells_nobody() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let answer = admin.manage(room, &json!({})).await;
    assert!(matches!(answer.status.as_u16(), 200 | 400), "{answer:?}");
    admin.manage(room, &json!({"status": "OPEN", "priority": "NORMAL"})).await.ok();
    let fence = customer.says(room, "Hello").await;
    let frames = stream.until_message(fence).await;
    assert!(!frames.iter().any(|frame| frame.is("room")), "nothing changed: {frames:?}");
}

#[tokio::test]
async fn assign_without_a_name_takes_the_room() {
    let app = TestApp::start().await;
    let (customer, admin, colleague) = (app.customer(7), app.admin(1), app.admin(2));
    colleague.stats().await.ok();
    let room = customer.new_room().await;
    assert_eq!(admin.assign(room, &json!({})).await.ok()["adminId"], 1);
    assert_eq!(admin.assign(room, &json!({"adminId": 2})).await.ok()["adminId"], 2);
    assert_eq!(admin.assign(room, &json!({})).await.ok()["adminId"], 1);
    let shown = customer.room(room).await.ok();
    assert_eq!(shown["admin"]["name"], "Admin 1");
}

#[tokio::test]
async fn assign_works_without_a_body_as_seed_clients_call_it() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let request = admin.request(reqwest::Method::PATCH, &format!("/api/chat/rooms/{room}/assign"));
    assert_eq!(crate::harness::send(request).await.ok()["adminId"], 1);
}

#[tokio::test]
async fn nobody_but_a_known_admin_can_be_assigned() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    for body in [json!({"adminId": 7}), json!({"adminId": 999_999}), json!({"adminId": "x"}), json!({"adminId": 0})] {
        admin.assign(room, &body).await.invalid("adminId");
    }
    assert_eq!(admin.room(room).await.ok()["adminId"], Value::Null);
}

#[tokio::test]
async fn close_closes_and_may_be_repeated() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    assert_eq!(admin.close(room).await.ok()["status"], "CLOSED");
    assert_eq!(admin.close(room).await.ok()["status"], "CLOSED");
    assert_eq!(customer.room(room).await.ok()["status"], "CLOSED");
}

#[tokio::test]
async fn a_reopened_room_and_a_newer_one_live_side_by_side() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let first = customer.new_room().await;
    admin.close(first).await.ok();
    let second = customer.new_room().await;
    let answer = admin.manage(first, &json!({"status": "OPEN"})).await;
    assert_eq!(answer.ok()["status"], "OPEN");
    customer.send(first, "Back again").await.created();
    customer.send(second, "And here").await.created();
}

#[tokio::test]
async fn every_change_is_told_to_the_room_and_to_the_desk() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut of_room = customer.listen(&Listen::room(room)).await;
    let mut of_customer = customer.listen(&Listen::all()).await;
    for stream in [&mut of_room, &mut of_customer] {
        stream.connected().await;
    }
    for (change, field) in [
        (json!({"priority": "HIGH"}), "priority"),
        (json!({"status": "RESOLVED"}), "status"),
        (json!({"adminId": 1}), "adminId"),
    ] {
        admin.manage(room, &change).await.ok();
        for stream in [&mut of_room, &mut of_customer] {
            let frame = stream.next_of("room").await;
            assert_eq!(frame.data[field], change[field]);
            assert!(frame.id.is_some());
        }
    }
}
