//! What an admin writes to everybody.

use serde_json::{Value, json};

use crate::harness::{Listen, Person, TestApp, number};

async fn announces(admin: &Person, message: &str) -> Value {
    admin.post("/api/v0/chat/admin/broadcast", &json!({"message": message})).await.created()["data"].clone()
}

#[tokio::test]
async fn a_broadcast_is_for_everybody_and_written_by_its_admin_alone() {
    let app = TestApp::start().await;
    let (budi, admin, other) = (app.customer(7), app.admin(1), app.admin(2));
    budi.post("/api/v0/chat/admin/broadcast", &json!({"message": "Hello"})).await.turned_down(403, "forbidden");
    let sent = announces(&admin, "We close at six").await;
    assert_eq!((&sent["isBroadcast"], &sent["senderId"]), (&json!(true), &json!(1)));
    let (room, message) = (number(&sent["conversationId"]), number(&sent["id"]));
    for person in [&budi, &other, &admin] {
        let listed = person.conversations().await;
        assert_eq!((&listed[0]["id"], &listed[0]["type"]), (&json!(room), &json!("broadcast")));
        person.read_of(&format!("/api/v0/chat/conversation/{room}/messages")).await;
    }
    for person in [&budi, &other] {
        person.send(room, "Me too").await.refused(403, "forbidden");
        person.react(message, "👍").await.refused(403, "forbidden");
        person.typing(room, true).await.refused(403, "forbidden");
    }
    budi.delete(message).await.refused(403, "forbidden");
    other.manage(room, &json!({"status": "CLOSED"})).await.refused(403, "forbidden");
    assert_eq!(admin.rooms(&[]).await.ok(), json!([]), "it is no room of the desk's");
    assert_eq!(admin.stats().await.ok()["total"], 0);
}

#[tokio::test]
async fn each_admin_broadcasts_in_one_room_also_when_it_begins_twice_at_once() {
    let app = TestApp::start().await;
    let (admin, other) = (app.admin(1), app.admin(2));
    let calls = (0..8).map(|n| {
        let admin = admin.clone();
        async move { announces(&admin, &format!("News {n}")).await["conversationId"].clone() }
    });
    let rooms = futures_util::future::join_all(calls).await;
    assert!(rooms.iter().all(|room| *room == rooms[0]), "{rooms:?}");
    assert_ne!(announces(&other, "Other news").await["conversationId"], rooms[0]);
    assert_eq!(app.customer(7).conversations().await.len(), 2);
}

#[tokio::test]
async fn everybody_reads_a_broadcast_for_themselves() {
    let app = TestApp::start().await;
    let (budi, sari, admin, other) = (app.customer(7), app.customer(3), app.admin(1), app.admin(2));
    for person in [&budi, &sari, &other] {
        assert_eq!(person.waiting().await, 0);
    }
    let mut of_sari = sari.listen(&Listen::all()).await;
    of_sari.connected().await;
    let first = number(&announces(&admin, "One").await["id"]);
    let second = announces(&admin, "Two").await;
    let room = number(&second["conversationId"]);
    for (person, waiting) in [(&budi, 2), (&sari, 2), (&other, 2), (&admin, 0)] {
        assert_eq!(person.waiting().await, waiting, "{}", person.name);
    }
    budi.put(&format!("/api/v0/chat/message/{first}/read")).await.ok();
    assert_eq!((budi.waiting().await, sari.waiting().await), (1, 2));
    budi.put(&format!("/api/v0/chat/conversation/{room}/read")).await.ok();
    assert_eq!(budi.overview().await, [("\"Two\"".to_owned(), 0)]);
    admin.delete(number(&second["id"])).await.ok();
    assert_eq!(sari.overview().await, [("\"One\"".to_owned(), 1)]);
    // Nobody hears how far others have read it, neither live nor later.
    let fence = number(&announces(&admin, "Three").await["id"]);
    let live = of_sari.until_message(fence).await;
    assert!(live.iter().all(|frame| !frame.is("read")), "{live:?}");
    let mut again = sari.listen(&Listen::all().after(0)).await;
    again.connected().await;
    let later = again.until_message(fence).await;
    assert!(later.iter().all(|frame| !frame.is("read")), "{later:?}");
    let kinds = |frames: &[crate::harness::Frame]| -> Vec<String> {
        frames.iter().filter(|frame| frame.id.is_some()).map(|frame| frame.kind.clone()).collect()
    };
    assert_eq!(kinds(&live), kinds(&later));
}

#[tokio::test]
async fn whoever_comes_later_finds_old_broadcasts_but_need_not_read_them() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    announces(&admin, "Old news").await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let late = app.customer(7);
    assert_eq!(late.overview().await, [("\"Old news\"".to_owned(), 0)]);
    announces(&admin, "New news").await;
    assert_eq!((late.overview().await, late.waiting().await), (vec![("\"New news\"".to_owned(), 1)], 1));
}
