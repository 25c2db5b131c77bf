//! Conversations of two people, over the REST calls of the direct dialect.

use serde_json::{Value, json};

use crate::harness::{Listen, TestApp, number};

#[tokio::test]
async fn two_people_have_one_conversation_whoever_begins_and_how_many_at_once() {
    let app = TestApp::start().await;
    let (budi, sari) = (app.customer(7), app.customer(3));
    for person in [&budi, &sari] {
        person.get("/api/chat/me").await.ok();
    }
    let calls = (0..12).map(|n| {
        let (person, other) = if n % 2 == 0 { (budi.clone(), 3) } else { (sari.clone(), 7) };
        async move {
            match n % 3 {
                0 => person.read_of(&format!("/api/v0/chat/conversation/{other}")).await["id"].clone(),
                _ => person.tells(other, &format!("Message {n}")).await["conversationId"].clone(),
            }
        }
    });
    let ids = futures_util::future::join_all(calls).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let (of_budi, of_sari) = (budi.conversations().await, sari.conversations().await);
    assert_eq!((of_budi.len(), of_sari.len()), (1, 1));
    assert_eq!((&of_budi[0]["type"], &of_budi[0]["participant"]["id"]), (&json!("direct"), &json!(3)));
    assert_eq!(of_sari[0]["participant"]["id"], 7);
    assert_eq!(number(&of_budi[0]["unreadCount"]) + number(&of_sari[0]["unreadCount"]), 8);
}

#[tokio::test]
async fn a_conversation_is_shut_to_everybody_else_admins_too() {
    let app = TestApp::start().await;
    let (budi, sari, stranger, admin) = (app.customer(7), app.customer(3), app.customer(9), app.admin(1));
    sari.get("/api/chat/me").await.ok();
    let sent = budi.tells(3, "Our secret").await;
    let (room, message) = (number(&sent["conversationId"]), number(&sent["id"]));
    for other in [&stranger, &admin] {
        for path in ["messages", "read"].map(|part| format!("/api/v0/chat/conversation/{room}/{part}")) {
            let answer = if path.ends_with("read") { other.put(&path).await } else { other.get(&path).await };
            answer.turned_down(403, "forbidden");
        }
        other.put(&format!("/api/v0/chat/message/{message}/read")).await.turned_down(403, "forbidden");
        other.room(room).await.refused(403, "forbidden");
        other.messages(room, "").await.refused(403, "forbidden");
        other.send(room, "Hello").await.refused(403, "forbidden");
        other.delete(message).await.refused(403, "forbidden");
        other.react(message, "👍").await.refused(403, "forbidden");
        other.typing(room, true).await.refused(403, "forbidden");
        let refused = other.try_listen(&Listen::room(room)).await.err().expect("a refusal");
        refused.refused(403, "forbidden");
        assert!(other.conversations().await.is_empty());
        assert_eq!(other.waiting().await, 0);
    }
    admin.manage(room, &json!({"status": "CLOSED"})).await.refused(403, "forbidden");
    admin.assign(room, &json!({})).await.refused(403, "forbidden");
    let rooms = admin.rooms(&[]).await.ok();
    assert_eq!(rooms, json!([]), "the desk's list has the desk's rooms");
    assert_eq!(admin.stats().await.ok()["total"], 0);
    // Its two people reach it through the rooms of section 3 as well.
    assert_eq!(sari.room(room).await.ok()["messages"][0]["message"], "Our secret");
    sari.says(room, "Kept").await;
    assert_eq!(budi.waiting().await, 1);
}

#[tokio::test]
async fn what_waits_follows_reading_and_deleting_at_once_and_outlives_a_restart() {
    let mut app = TestApp::start().await;
    let (budi, sari) = (app.customer(7), app.customer(3));
    sari.get("/api/chat/me").await.ok();
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(number(&budi.tells(3, &format!("Message {n}")).await["id"]));
        assert_eq!((sari.waiting().await, budi.waiting().await), (n, 0));
    }
    budi.delete(ids[3]).await.ok();
    assert_eq!(sari.overview().await, [("\"Message 3\"".to_owned(), 3)]);
    let mark = sari.put(&format!("/api/v0/chat/message/{}/read", ids[1])).await.ok()["data"].clone();
    assert_eq!((&mark["messageId"], &mark["unreadCount"]), (&json!(ids[1]), &json!(1)));
    assert_eq!(sari.waiting().await, 1);
    budi.delete(ids[0]).await.ok();
    assert_eq!(sari.waiting().await, 1, "a message that was read waits for nobody");
    app.restart().await;
    let (budi, sari) = (app.customer(7), app.customer(3));
    assert_eq!((sari.waiting().await, budi.waiting().await), (1, 0));
    let room = number(&sari.conversations().await[0]["id"]);
    let read = sari.put(&format!("/api/v0/chat/conversation/{room}/read")).await.ok()["data"].clone();
    assert_eq!((&read["conversationId"], &read["unreadCount"]), (&json!(room), &json!(0)));
    assert_eq!(sari.waiting().await, 0);
    let history = budi.read_of(&format!("/api/v0/chat/conversation/{room}/messages")).await;
    let line = |message: &Value| (number(&message["id"]), message["isRead"] == true, message["isDeleted"] == true);
    let history: Vec<_> = history.as_array().expect("an array").iter().map(line).collect();
    let expected = [(ids[0], true, true), (ids[1], true, false), (ids[2], true, false), (ids[3], false, true)];
    assert_eq!(history, expected);
}

#[tokio::test]
async fn nobody_writes_to_themselves_or_to_somebody_who_was_never_seen() {
    let app = TestApp::start().await;
    let budi = app.customer(7);
    let refusal = budi.send_to(7, "Hello").await.turned_down(400, "invalid_input");
    assert!(refusal["errors"]["receiverId"].is_array(), "{refusal}");
    budi.send_to(3, "Hello").await.turned_down(404, "not_found");
    budi.get("/api/v0/chat/conversation/3").await.turned_down(404, "not_found");
    budi.get("/api/v0/chat/user-status/3").await.turned_down(404, "not_found");
    assert!(budi.conversations().await.is_empty());
}

#[tokio::test]
async fn customers_can_be_kept_from_writing_to_each_other() {
    let mut app = TestApp::start().await;
    let (budi, sari) = (app.customer(7), app.customer(3));
    sari.get("/api/chat/me").await.ok();
    app.admin(1).get("/api/chat/me").await.ok();
    let room = number(&budi.tells(3, "Hello").await["conversationId"]);
    app.set("SAPA__ROOMS__DIRECT_MESSAGES", "false");
    app.restart().await;
    let (budi, sari) = (app.customer(7), app.customer(3));
    budi.send_to(3, "Hello").await.turned_down(403, "forbidden");
    budi.get("/api/v0/chat/conversation/3").await.turned_down(403, "forbidden");
    sari.send(room, "Through another door").await.refused(403, "forbidden");
    sari.typing(room, true).await.refused(403, "forbidden");
    assert_eq!(sari.messages(room, "").await.ok()[0]["message"], "Hello", "what was written can be read");
    budi.tells(1, "To the desk").await;
    app.admin(1).tells(7, "From the desk").await;
}

#[tokio::test]
async fn a_customer_and_an_admin_meet_in_the_customers_support_room() {
    let app = TestApp::start().await;
    let (budi, sari, tono) = (app.customer(7), app.admin(1), app.admin(2));
    for admin in [&sari, &tono] {
        admin.get("/api/chat/me").await.ok();
    }
    let mut desk = tono.listen(&Listen::all()).await;
    desk.connected().await;
    let first = budi.tells(1, "Please help").await;
    assert_eq!(first["receiverId"], 1);
    let room = number(&first["conversationId"]);
    let frames = desk.until_message(number(&first["id"])).await;
    let made = frames.iter().find(|frame| frame.is("room")).expect("the new room");
    assert_eq!((&made.data["id"], &made.data["adminId"]), (&json!(room), &json!(1)), "it goes to whom it is addressed");
    assert_eq!(tono.rooms(&[]).await.ok()[0]["id"], room);
    let answer = tono.tells(7, "Hello").await;
    assert_eq!((&answer["conversationId"], budi.waiting().await), (&json!(room), 1));
    assert_eq!(sari.room(room).await.ok()["adminId"], 1, "it stays the first one's");
    sari.manage(room, &json!({"status": "RESOLVED"})).await.ok();
    assert_eq!(budi.tells(2, "Once more").await["conversationId"], room);
    assert_eq!(sari.room(room).await.ok()["status"], "OPEN");
    sari.close(room).await.ok();
    let second = number(&budi.tells(1, "And again").await["conversationId"]);
    assert_ne!(second, room);
    assert_eq!(budi.current_room().await.ok()["id"], second);
    assert_eq!(sari.stats().await.ok()["total"], 2);
    let texts = |history: Value| -> Vec<String> {
        history.as_array().expect("an array").iter().map(|each| each["content"].to_string()).collect()
    };
    let history = texts(budi.read_of("/api/chats/history/2").await);
    assert_eq!(history, ["\"Please help\"", "\"Hello\"", "\"Once more\"", "\"And again\""]);
    assert_eq!(texts(sari.read_of("/api/chats/history/7").await), history);
}

#[tokio::test]
async fn what_others_see_of_a_person_depends_on_whether_they_talk() {
    let app = TestApp::start().await;
    let (budi, sari, stranger, admin) = (app.customer(7), app.customer(3), app.customer(9), app.admin(1));
    let mut streams = Vec::new();
    for person in [&budi, &sari] {
        let mut stream = person.listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    budi.tells(3, "Hello").await;
    let names = async |person: &crate::harness::Person| -> Vec<(i64, bool)> {
        let online = person.read_of("/api/v0/chat/online-users").await;
        let line = |each: &Value| (number(&each["userId"]), each["name"].is_string());
        online.as_array().expect("an array").iter().map(line).collect()
    };
    assert_eq!(names(&sari).await, [(7, true)]);
    assert_eq!(names(&stranger).await, [(3, false), (7, false)]);
    assert_eq!(names(&admin).await, [(3, true), (7, true)]);
    let status = stranger.read_of("/api/v0/chat/user-status/7").await;
    assert_eq!((&status["status"], &status["isOnline"]), (&json!("online"), &json!(true)));
    let email = &sari.conversations().await[0]["participant"]["email"];
    assert_eq!(email, &Value::Null, "customers do not see each other's addresses");
}
