//! `GET /api/chat/sse`: the bytes of a stream and the shapes of its frames.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Frame, Listen, TestApp, number};

#[tokio::test]
async fn the_first_bytes_are_a_delay_and_then_connected() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    let connected = stream.connected().await;
    let head = String::from_utf8(stream.head.clone()).expect("a stream is UTF-8");
    assert!(head.starts_with("retry: "), "{head}");
    assert!(!head.contains('\r'), "{head:?}");
    let last = number(&customer.room(room).await.ok()["lastEventId"]);
    assert_eq!(connected.id, Some(last), "a new stream goes on from the journal's end");
    assert_eq!((&connected.data["roomId"], &connected.data["replayed"]), (&json!(room), &json!(0)));
    assert_eq!(connected.data["room"], listed_room(&app, room).await);
    assert_eq!(connected.data.get("reset"), None);
}

#[tokio::test]
async fn the_delay_is_drawn_for_each_connection() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let mut delays = std::collections::HashSet::new();
    for _ in 0..12 {
        let mut stream = customer.listen(&Listen::all()).await;
        stream.connected().await;
        let delay = stream.retry.expect("a delay is told");
        assert!((2000..=5000).contains(&delay), "{delay}");
        delays.insert(delay);
    }
    assert!(delays.len() > 3, "all clients would come back at once: {delays:?}");
}

#[tokio::test]
async fn nothing_on_the_way_may_hold_the_bytes_back() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let request = customer.request(reqwest::Method::GET, "/api/chat/sse").header("accept-encoding", "gzip, br, zstd");
    let response = request.send().await.expect("a stream");
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        let told = response.headers().get(name).and_then(|told| told.to_str().ok()).unwrap_or_default();
        assert!(told.starts_with(value), "{name} is {told:?}");
    }
    let encoding = response.headers().get("content-encoding").and_then(|told| told.to_str().ok());
    assert!(matches!(encoding, None | Some("identity")), "{encoding:?}");
    assert_eq!(response.headers().get("content-length"), None);
}

#[tokio::test]
async fn a_comment_comes_every_fifteen_seconds() {
    let app = TestApp::start().await;
    let mut stream = app.customer(7).listen(&Listen::all()).await;
    stream.connected().await;
    let started = Instant::now();
    stream.next_comment(Duration::from_secs(20)).await;
    let waited = started.elapsed();
    assert!(waited < Duration::from_millis(17_500), "the first comment came after {waited:?}");
    let first = Instant::now();
    stream.next_comment(Duration::from_secs(20)).await;
    let between = first.elapsed();
    assert!((13_500..17_500).contains(&between.as_millis()), "the second came after another {between:?}");
}

#[tokio::test]
async fn frames_have_no_event_line_unless_it_is_asked_for() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut plain = customer.listen(&Listen::room(room)).await;
    let mut named = customer.listen(&Listen::room(room).with("events", "named")).await;
    for stream in [&mut plain, &mut named] {
        stream.connected().await;
    }
    let message = customer.says(room, "Hello").await;
    app.admin(1).manage(room, &json!({"priority": "HIGH"})).await.ok();
    for frame in plain.until("room", |frame| frame.is("room")).await {
        assert_eq!(frame.event, None, "onmessage would not see {frame:?}");
    }
    let frames = named.until("room", |frame| frame.is("room")).await;
    assert!(frames.iter().any(|frame| frame.is("message") && frame.data["id"] == message));
    for frame in frames {
        assert_eq!(frame.event.as_deref(), Some(frame.kind.as_str()));
    }
    let mut again = customer.listen(&Listen::room(room).with("events", "named")).await;
    assert_eq!(again.connected().await.event.as_deref(), Some("connected"));
}

#[tokio::test]
async fn a_message_comes_as_it_is_stored() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut streams = [
        customer.listen(&Listen::room(room)).await,
        customer.listen(&Listen::all()).await,
        admin.listen(&Listen::room(room)).await,
        admin.listen(&Listen::all()).await,
    ];
    for stream in &mut streams {
        stream.connected().await;
    }
    let text = "two\nlines, \u{2028} a \"quote\", </script> and 日本語 👩‍👩‍👧‍👦\r\ndata: no field\rid: 1";
    let message = customer.send(room, text).await.created();
    for stream in &mut streams {
        let frame = stream.next_of("message").await;
        assert_eq!(frame.data, message);
        assert_eq!(frame.id, stream.last_id);
    }
    assert_eq!(streams[0].last_id, streams[3].last_id, "an id means the same on every stream");
}

#[tokio::test]
async fn a_deleted_or_reacted_message_comes_again_as_it_is_now() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    for step in 0..3 {
        let changed = match step {
            0 => admin.react(message, "👍").await,
            1 => admin.unreact(message, "👍").await,
            _ => customer.delete(message).await,
        };
        let frame = stream.next_of("message_updated").await;
        assert_eq!(frame.data, changed.ok());
        assert!(frame.id.is_some());
    }
}

#[tokio::test]
async fn a_read_mark_says_who_has_read_how_far() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    admin.read(room).await.ok();
    let frame = stream.next_of("read").await;
    assert_eq!(frame.data, json!({"roomId": room, "userId": 1, "lastReadMessageId": message}));
    assert!(frame.id.is_some());
    admin.read(room).await.ok();
    let fence = customer.says(room, "done").await;
    let frames = stream.until_message(fence).await;
    assert!(frames.iter().all(|frame| !frame.is("read")), "nothing changed: {frames:?}");
}

#[tokio::test]
async fn an_answer_that_assigns_tells_the_room_first() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let answer = admin.says(room, "Hello").await;
    let frames = stream.until_message(answer).await;
    let kinds: Vec<_> = frames.iter().filter(|frame| frame.id.is_some()).map(|frame| frame.kind.as_str()).collect();
    assert_eq!(kinds, ["room", "message"]);
    admin.manage(room, &json!({"status": "RESOLVED"})).await.ok();
    let reopening = customer.says(room, "Not yet").await;
    let frames = stream.until_message(reopening).await;
    let told: Vec<_> =
        frames.iter().filter(|frame| frame.is("room")).map(|frame| frame.data["status"].clone()).collect();
    assert_eq!(told, ["RESOLVED", "OPEN"]);
}

#[tokio::test]
async fn the_seeds_snippet_understands_the_stream() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    // What `onmessage` of the seed does with each event.
    let (mut connected, mut messages, mut is_typing) = (false, Vec::new(), false);
    admin.typing(room, true).await.no_content();
    let answer = admin.says(room, "Hello").await;
    while !messages.contains(&answer) {
        let Frame { event, kind, data, .. } = stream.next().await;
        assert_eq!(event, None);
        match kind.as_str() {
            "connected" => connected = true,
            "message" => messages.push(number(&data["id"])),
            "typing" => is_typing = data["isTyping"] == true,
            _ => {}
        }
    }
    assert!(connected);
    admin.typing(room, true).await.no_content();
    while !is_typing {
        let frame = stream.next().await;
        is_typing = frame.is("typing") && frame.data["isTyping"] == true;
    }
}

#[tokio::test]
async fn a_room_id_that_is_none_is_refused() {
    let app = TestApp::start().await;
    for id in ["abc", "0", "-1", "2147483648", "1.5", "undefined"] {
        let Err(answer) = app.admin(1).try_listen(&Listen::all().with("roomId", id)).await else {
            panic!("a stream was opened for room {id:?}")
        };
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{id:?}: {answer:?}");
        let status = answer.status.as_u16();
        answer.problem(status);
    }
}

/// The room as its customer finds it in the list.
async fn listed_room(app: &TestApp, room: i64) -> Value {
    let rooms = app.customer(7).rooms(&[]).await.ok();
    let found = rooms.as_array().expect("rooms").iter().find(|listed| listed["id"] == room);
    found.expect("the room is listed").clone()
}
