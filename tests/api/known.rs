//! What a server remembers of rooms, people and tokens never shows: every stream begins with what is so now, and nobody
//! gets in by what was so before.

use serde_json::{Value, json};

use crate::harness::{Listen, Person, TestApp, eventually, number, tokens};

async fn begins_with(person: &Person, room: i64) -> Value {
    person.listen(&Listen::room(room)).await.connected().await.data["room"].clone()
}

#[tokio::test]
async fn each_stream_begins_with_the_room_as_it_is_after_each_change() {
    let app = TestApp::with(&[("SAPA__ROOMS__AUTO_ASSIGN", "false")]).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    assert_eq!(begins_with(&admin, room).await["unreadCount"], 1);
    let second = customer.says(room, "second").await;
    let shown = begins_with(&admin, room).await;
    assert_eq!((&shown["unreadCount"], &shown["lastMessage"]), (&json!(2), &json!("second")));
    admin.read(room).await.ok();
    assert_eq!(begins_with(&admin, room).await["unreadCount"], 0);
    customer.delete(second).await.ok();
    assert_eq!(begins_with(&admin, room).await["lastMessage"], "Customer 7 needs help");
    admin.assign(room, &json!({})).await.ok();
    assert_eq!(begins_with(&customer, room).await["admin"]["name"], "Admin 1");
    admin.says(room, "answer").await;
    assert_eq!(begins_with(&customer, room).await["unreadCount"], 1);
    admin.manage(room, &json!({"priority": "HIGH"})).await.ok();
    assert_eq!(begins_with(&customer, room).await["priority"], "HIGH");
    admin.close(room).await.ok();
    assert_eq!(begins_with(&customer, room).await["status"], "CLOSED");
}

#[tokio::test]
async fn nothing_is_between_the_room_that_a_stream_begins_with_and_what_follows() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let writer = admin.keeps_writing(room, 200);
    let number_in = |text: &str| text.strip_prefix("Admin 1 writes ").map(|n| n.parse::<usize>().expect("a number"));
    while !writer.is_finished() {
        let mut stream = customer.listen(&Listen::room(room)).await;
        let connected = stream.connected().await;
        let shown = connected.data["room"]["lastMessage"].as_str().and_then(number_in);
        let fence = customer.says(room, "fence").await;
        let frames = stream.until_message(fence).await;
        let first = frames
            .iter()
            .filter(|frame| frame.is("message"))
            .find_map(|frame| frame.data["message"].as_str().and_then(number_in));
        // The room may be a little newer than the stream's begin, never older.
        if let (Some(shown), Some(first)) = (shown, first) {
            assert!(first <= shown + 1, "{shown} was shown, then came {first}");
        }
    }
    writer.await.expect("the writer ends");
}

#[tokio::test]
async fn a_room_that_is_remembered_opens_for_nobody_else() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    begins_with(&app.customer(7), room).await;
    begins_with(&app.admin(1), room).await;
    for listen in [Listen::room(room), Listen::room(room).after(1), Listen::room(room).after("nonsense")] {
        let Err(answer) = app.customer(8).try_listen(&listen).await else { panic!("a foreign room was opened") };
        answer.refused(403, "forbidden");
    }
    let Err(answer) = app.customer(8).try_listen(&Listen::room(room + 1000)).await else { panic!("there is no room") };
    answer.refused(404, "not_found");
    begins_with(&app.customer(7), room).await;
}

#[tokio::test]
async fn who_is_no_admin_any_more_opens_no_room_that_they_have_opened() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let (admin, former) = (tokens::person(50, "Someone", "ADMIN"), tokens::person(50, "Someone", "USER"));
    begins_with(&app.bearer(&admin), room).await;
    let Err(answer) = app.bearer(&former).try_listen(&Listen::room(room)).await else { panic!("was let in") };
    answer.refused(403, "forbidden");
    begins_with(&app.bearer(&admin), room).await;
}

#[tokio::test]
async fn who_is_called_otherwise_now_is_called_so_at_once() {
    let app = TestApp::with(&[("SAPA__ROOMS__AUTO_ASSIGN", "false")]).await;
    let room = app.customer(7).new_room().await;
    app.admin(1).assign(room, &json!({})).await.ok();
    assert_eq!(begins_with(&app.customer(7), room).await["admin"]["name"], "Admin 1");
    app.bearer(&tokens::person(1, "Ana", "ADMIN")).rooms(&[]).await.ok();
    assert_eq!(begins_with(&app.customer(7), room).await["admin"]["name"], "Ana");
    let renamed = app.bearer(&tokens::person(7, "Budi", "USER"));
    assert_eq!(begins_with(&renamed, room).await["user"]["name"], "Budi");
    assert_eq!(begins_with(&app.admin(1), room).await["user"]["name"], "Budi");
}

#[tokio::test]
async fn a_token_that_let_somebody_in_lets_them_in_until_it_expires() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let exp = tokens::in_seconds(4);
    let short = tokens::sign(&json!({"sub": "7", "name": "Customer 7", "email": tokens::email(7), "exp": exp}));
    let person = app.bearer(&short);
    begins_with(&person, room).await;
    let refused =
        eventually("the token expires", || async { person.try_listen(&Listen::room(room)).await.err() }).await;
    refused.refused(401, "unauthenticated");
    assert!(tokens::in_seconds(0) >= exp, "it was refused before");
}

#[tokio::test]
async fn all_who_come_back_at_once_get_what_each_has_missed() {
    let mut app = TestApp::with(&[("SAPA__STREAM__REPLAY_PAGE", "8"), ("SAPA__ROOMS__AUTO_ASSIGN", "false")]).await;
    let mut rooms = Vec::new();
    for customer in 7..17 {
        rooms.push(app.customer(customer).new_room().await);
    }
    // (whose room, where they left off, the texts after it)
    let mut readers: Vec<(usize, i64, Vec<String>)> = Vec::new();
    for round in 0..12 {
        for (index, room) in rooms.iter().enumerate().filter(|(index, _)| round % (index + 1) == 0) {
            let writer = app.customer(7 + index as i64);
            if round % 3 == 0 {
                let end = number(&writer.room(*room).await.ok()["lastEventId"]);
                readers.push((index, end, Vec::new()));
            }
            let text = format!("{round} of {index}");
            writer.says(*room, &text).await;
            readers.iter_mut().filter(|reader| reader.0 == index).for_each(|reader| reader.2.push(text.clone()));
        }
    }
    app.restart().await;
    let coming_back = readers.iter().flat_map(|reader| [(reader, false), (reader, true)]).map(|(reader, is_admin)| {
        let (index, left_off, texts) = reader;
        let person = if is_admin { app.admin(1) } else { app.customer(7 + *index as i64) };
        let listen = Listen::room(rooms[*index]).after(left_off);
        async move {
            let mut stream = person.listen(&listen).await;
            let connected = stream.connected().await;
            assert_eq!((connected.id, &connected.data["replayed"]), (Some(*left_off), &json!(texts.len())));
            let mut got: Vec<String> = Vec::new();
            while got.len() < texts.len() {
                got.push(stream.next_of("message").await.data["message"].as_str().expect("a text").to_owned());
            }
            assert_eq!(&got, texts, "room {index} after {left_off}");
            stream
        }
    });
    let lost = async {
        let beyond = app.admin(1).listen(&Listen::room(rooms[0]).after(1_000_000)).await.connected().await;
        assert_eq!(beyond.data["reset"], true);
    };
    let (streams, ()) = tokio::join!(futures_util::future::join_all(coming_back), lost);
    let mut fences = Vec::new();
    for (index, room) in rooms.iter().enumerate() {
        fences.push(app.customer(7 + index as i64).says(*room, "live").await);
    }
    for (mut stream, reader) in streams.into_iter().zip(readers.iter().flat_map(|reader| [reader, reader])) {
        let frames = stream.until_message(fences[reader.0]).await;
        assert_eq!(frames.iter().filter(|frame| frame.is("message")).count(), 1, "{frames:?}");
    }
}
