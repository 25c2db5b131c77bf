//! `POST /api/chat/rooms` and `GET /api/chat/room`: how a conversation begins.

use serde_json::{Value, json};

use crate::harness::{Listen, Person, TestApp, eventually, number, numbers};

#[tokio::test]
async fn a_first_message_makes_a_room_with_it() {
    let app = TestApp::start().await;
    let body = json!({"subject": "  My order  ", "message": "  Where is it?  ", "priority": "HIGH"});
    let room = app.customer(7).open_with(&body).await.created();
    assert_eq!(room["userId"], 7);
    assert_eq!(room["user"], json!({"id": 7, "name": "Customer 7", "email": "person7@example.test"}));
    assert_eq!((&room["adminId"], &room["admin"]), (&Value::Null, &Value::Null));
    assert_eq!(room["status"], "OPEN");
    assert_eq!(room["subject"], "My order");
    assert_eq!(room["priority"], "HIGH");
    assert_eq!(room["lastMessage"], "Where is it?");
    assert_eq!(room["isRead"], false);
    assert_eq!(room["unreadCount"], 0, "one's own message is not unread");
    let messages = room["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["message"], "Where is it?");
}

#[tokio::test]
async fn subject_and_priority_may_be_left_out() {
    let app = TestApp::start().await;
    for (id, body) in [
        (7, json!({"message": "Hi"})),
        (8, json!({"message": "Hi", "subject": null})),
        (9, json!({"message": "Hi", "subject": "  "})),
    ] {
        let room = app.customer(id).open_with(&body).await.created();
        assert_eq!(room["subject"], Value::Null, "{body}");
        assert_eq!(room["priority"], "NORMAL", "{body}");
    }
}

#[tokio::test]
async fn a_second_message_goes_into_the_open_room() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let first = customer.open("Hello").await.created();
    let second = customer.open("Anybody there?").await.ok();
    assert_eq!(first["id"], second["id"]);
    let texts: Vec<_> = second["messages"].as_array().expect("messages").iter().map(|m| &m["message"]).collect();
    assert_eq!(texts, ["Hello", "Anybody there?"]);
}

#[tokio::test]
async fn a_message_after_the_room_was_closed_makes_a_new_one() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let closed = customer.new_room().await;
    admin.close(closed).await.ok();
    let room = customer.open("One more thing").await.created();
    assert_ne!(room["id"], closed);
    assert_eq!(room["messages"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn ten_first_messages_at_the_same_moment_make_one_room() {
    let app = TestApp::start().await;
    for id in [7, 8, 9] {
        let customer = app.customer(id);
        let tasks = (0..10).map(|n| {
            let customer = customer.clone();
            tokio::spawn(async move { customer.open(&format!("message {n}")).await })
        });
        let mut made = 0;
        for answer in futures_util::future::join_all(tasks).await {
            let answer = answer.expect("the task ends");
            made += usize::from(answer.status == 201);
            assert!(matches!(answer.status.as_u16(), 200 | 201), "{answer:?}");
        }
        let rooms = customer.rooms(&[]).await.ok();
        assert_eq!((made, rooms.as_array().map(Vec::len)), (1, Some(1)));
        let history = customer.messages(number(&rooms[0]["id"]), "").await.ok();
        assert_eq!(history.as_array().map(Vec::len), Some(10));
    }
}

#[tokio::test]
async fn the_current_room_is_made_when_there_is_none() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let made = customer.current_room().await.ok();
    assert_eq!(made["status"], "OPEN");
    assert_eq!(made["messages"], json!([]));
    assert_eq!(made["lastMessage"], Value::Null);
    assert_eq!(customer.current_room().await.ok()["id"], made["id"]);
    let room = customer.open("Hello").await.ok();
    assert_eq!(room["id"], made["id"], "the message goes into the room that was made");
}

#[tokio::test]
async fn ten_looks_at_the_current_room_make_one() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let looks = (0..10).map(|_| customer.current_room());
    let rooms: Vec<Value> = futures_util::future::join_all(looks).await.into_iter().map(|answer| answer.ok()).collect();
    assert!(rooms.iter().all(|room| room["id"] == rooms[0]["id"]), "{rooms:?}");
}

#[tokio::test]
async fn input_that_is_wrong_is_named() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    for (field, body) in [
        ("message", json!({})),
        ("message", json!({"message": ""})),
        ("message", json!({"message": " \n\t "})),
        ("message", json!({"message": 7})),
        ("message", json!({"message": "x".repeat(4001)})),
        ("subject", json!({"message": "Hi", "subject": "x".repeat(201)})),
        ("subject", json!({"message": "Hi", "subject": "x".repeat(10_000)})),
        ("subject", json!({"message": "Hi", "subject": ["a"]})),
        ("priority", json!({"message": "Hi", "priority": "ASAP"})),
        ("priority", json!({"message": "Hi", "priority": 1})),
    ] {
        customer.open_with(&body).await.invalid(field);
    }
    assert_eq!(customer.rooms(&[]).await.ok(), json!([]), "a refused message made a room");
}

#[tokio::test]
async fn a_subject_may_have_two_hundred_characters() {
    let app = TestApp::start().await;
    let subject = "é".repeat(200);
    let room = app.customer(7).open_with(&json!({"message": "Hi", "subject": subject})).await.created();
    assert_eq!(room["subject"], subject);
}

#[tokio::test]
async fn a_new_room_goes_to_the_online_admin_with_the_fewest_open_rooms() {
    let app = TestApp::start().await;
    let (busy, idle, away) = (app.admin(1), app.admin(2), app.admin(3));
    for id in [101, 102] {
        let room = app.customer(id).new_room().await;
        busy.assign(room, &json!({})).await.ok();
    }
    let mut streams = Vec::new();
    for admin in [&busy, &idle] {
        let mut stream = admin.listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    let mut assigned = Vec::new();
    for id in [201, 202, 203, 204] {
        let room = app.customer(id).open("Hello").await.created();
        assigned.push(number(&room["adminId"]));
    }
    assert!(!assigned.contains(&away.id), "an admin who is away got a room: {assigned:?}");
    assert_eq!(assigned[..2], [idle.id, idle.id], "the one with fewer open rooms comes first");
    assigned[2..].sort_unstable();
    assert_eq!(assigned[2..], [busy.id, idle.id], "with as many, both take their turn");
}

#[tokio::test]
async fn rooms_that_are_closed_do_not_count_as_open() {
    let app = TestApp::start().await;
    let (first, second) = (app.admin(1), app.admin(2));
    for id in [101, 102] {
        let room = app.customer(id).new_room().await;
        first.assign(room, &json!({})).await.ok();
        first.close(room).await.ok();
    }
    let room = app.customer(103).new_room().await;
    second.assign(room, &json!({})).await.ok();
    let _online = online(&[&first, &second]).await;
    assert_eq!(app.customer(201).open("Hello").await.created()["adminId"], first.id);
}

#[tokio::test]
async fn the_queue_is_drained_when_an_admin_comes_online() {
    let app = TestApp::start().await;
    let mut waiting = Vec::new();
    for id in [101, 102, 103] {
        waiting.push(app.customer(id).new_room().await);
    }
    let closed = app.customer(104).new_room().await;
    app.admin(9).close(closed).await.ok();
    let admin = app.admin(1);
    let mut stream = admin.listen(&Listen::all()).await;
    stream.connected().await;
    let mut taken = Vec::new();
    while taken.len() < waiting.len() {
        let frame = stream.next_of("room").await;
        assert_eq!(frame.data["adminId"], admin.id, "{frame:?}");
        taken.push(number(&frame.data["id"]));
    }
    taken.sort_unstable();
    assert_eq!(taken, waiting);
    let mine = admin.rooms(&[("assignee", "me")]).await.ok();
    assert_eq!(mine.as_array().map(Vec::len), Some(3), "a closed room was assigned too: {mine}");
}

#[tokio::test]
async fn assignment_by_itself_can_be_turned_off() {
    let app = TestApp::with(&[("SAPA__ROOMS__AUTO_ASSIGN", "false")]).await;
    let waiting = app.customer(101).new_room().await;
    let admin = app.admin(1);
    let mut stream = admin.listen(&Listen::all()).await;
    stream.connected().await;
    let room = app.customer(102).open("Hello").await.created();
    assert_eq!(room["adminId"], Value::Null);
    stream.until_message(number(&room["messages"][0]["id"])).await;
    assert_eq!(admin.room(waiting).await.ok()["adminId"], Value::Null);
    assert_eq!(numbers(&admin.rooms(&[("assignee", "none")]).await.ok(), "id").len(), 2);
}

/// Opens a stream for each of these people and waits until all are online.
async fn online(people: &[&Person]) -> Vec<crate::harness::Stream> {
    let mut streams = Vec::new();
    for person in people {
        let mut stream = person.listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    let count = people.len();
    eventually("the admins are online", || async move {
        (people[0].stats().await.ok()["onlineAdmins"] == count).then_some(())
    })
    .await;
    streams
}
