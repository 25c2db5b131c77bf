//! `Last-Event-ID`: what was missed comes first, once, in order; then what
//! is new, with no hole between.

use serde_json::json;

use crate::harness::{Listen, TestApp, eventually, number, numbers};

#[tokio::test]
async fn what_was_missed_comes_first_once_and_in_order() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let last = number(&customer.room(room).await.ok()["lastEventId"]);
    let first = customer.says(room, "first").await;
    admin.read(room).await.ok();
    customer.react(first, "👍").await.ok();
    admin.manage(room, &json!({"priority": "HIGH"})).await.ok();
    let second = customer.says(room, "second").await;
    let by_header = Listen::room(room).after(last);
    let by_query = Listen::room(room).with("lastEventId", last);
    let mut streams = Vec::new();
    for listen in [by_header, by_query, Listen::all().after(last)] {
        let mut stream = customer.listen(&listen).await;
        let connected = stream.connected().await;
        assert_eq!((connected.id, &connected.data["replayed"]), (Some(last), &json!(5)), "{listen:?}");
        let frames = stream.until_message(second).await;
        let kinds: Vec<_> = frames.iter().filter(|frame| frame.id.is_some()).map(|frame| frame.kind.as_str()).collect();
        assert_eq!(kinds, ["message", "read", "message_updated", "room", "message"], "{listen:?}");
        streams.push(stream);
    }
    let live = customer.says(room, "live").await;
    for mut stream in streams {
        let frames = stream.until_message(live).await;
        assert_eq!(frames.iter().filter(|frame| frame.id.is_some()).count(), 1, "{frames:?}");
    }
}

#[tokio::test]
async fn the_header_wins_over_the_query() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let early = number(&customer.room(room).await.ok()["lastEventId"]);
    customer.says(room, "one").await;
    let late = number(&customer.room(room).await.ok()["lastEventId"]);
    customer.says(room, "two").await;
    for (header, query) in [(early, late), (late, early)] {
        let mut stream = customer.listen(&Listen::room(room).after(header).with("lastEventId", query)).await;
        assert_eq!(stream.connected().await.id, Some(header));
    }
}

#[tokio::test]
async fn an_id_that_cannot_be_resumed_from_resets_the_stream() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let end = number(&customer.room(room).await.ok()["lastEventId"]);
    let beyond = (end + 1).to_string();
    for id in [beyond.as_str(), "1000000", "9223372036854775807", "99999999999999999999", "-1", "abc", "1.5", "1; DROP"]
    {
        for listen in
            [Listen::room(room).after(id), Listen::room(room).with("lastEventId", id), Listen::all().after(id)]
        {
            let mut stream = customer.listen(&listen).await;
            let connected = stream.connected().await;
            assert_eq!(connected.data["reset"], true, "{id}: {connected:?}");
            assert_eq!((connected.id, &connected.data["replayed"]), (Some(end), &json!(0)), "{id}");
        }
    }
    let mut stream = customer.listen(&Listen::room(room).after("nonsense")).await;
    stream.connected().await;
    let message = customer.says(room, "Hello").await;
    stream.until_message(message).await;
}

#[tokio::test]
async fn an_id_that_is_too_old_resets_the_stream_and_the_oldest_kept_does_not() {
    let mut app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let old = number(&app.customer(7).room(room).await.ok()["lastEventId"]);
    for n in 0..4 {
        app.customer(7).says(room, &format!("message {n}")).await;
    }
    let aged =
        format!(r#"UPDATE "ChatEvent" SET "createdAt" = '2001-01-01T00:00:00.000+00:00' WHERE "id" <= {}"#, old + 1);
    app.restart_after(&aged).await;
    let customer = app.customer(7);
    eventually("old events are pruned", || async {
        let connected = customer.listen(&Listen::room(room).after(old)).await.connected().await;
        (connected.data["reset"] == true).then_some(())
    })
    .await;
    let mut kept = customer.listen(&Listen::room(room).after(old + 1)).await;
    let connected = kept.connected().await;
    assert_eq!((connected.data.get("reset"), &connected.data["replayed"]), (None, &json!(3)));
    assert_eq!(customer.history(room).await.len(), 5, "only the journal is pruned");
}

#[tokio::test]
async fn a_restored_older_database_resets_readers_of_its_future() {
    let mut app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    app.kill();
    let saved = app.database().save().await;
    app.restart().await;
    for n in 0..5 {
        app.customer(7).says(room, &format!("lost {n}")).await;
    }
    let future = number(&app.customer(7).room(room).await.ok()["lastEventId"]);
    app.kill();
    app.database().restore(saved).await;
    app.restart().await;
    let mut stream = app.customer(7).listen(&Listen::room(room).after(future)).await;
    assert_eq!(stream.connected().await.data["reset"], true);
}

#[tokio::test]
async fn a_page_that_loads_first_misses_nothing_before_its_stream() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let writers = [customer.keeps_writing(room, 150), app.admin(1).keeps_writing(room, 150)];
    for _ in 0..15 {
        let page = customer.room(room).await.ok();
        let mut known = numbers(&page["messages"], "id");
        let mut stream = customer.listen(&Listen::room(room).after(&page["lastEventId"])).await;
        stream.connected().await;
        let fence = customer.says(room, "fence").await;
        for frame in stream.until_message(fence).await.iter().filter(|frame| frame.is("message")) {
            let id = number(&frame.data["id"]);
            // The id is read before the rows, so that a message may come twice, but none is missing.
            if !known.contains(&id) {
                known.push(id);
            }
        }
        let first = known[0];
        let history = customer.history(room).await;
        let expected: Vec<_> = history.into_iter().filter(|id| (first..=fence).contains(id)).collect();
        assert_eq!(known, expected);
    }
    for writer in writers {
        writer.await.expect("the writer ends");
    }
}

#[tokio::test]
async fn a_long_absence_is_replayed_page_by_page() {
    let app = TestApp::with(&[("SAPA__STREAM__REPLAY_PAGE", "10"), ("SAPA__STREAM__QUEUE_BYTES", "4096")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let last = number(&customer.room(room).await.ok()["lastEventId"]);
    let mut sent = Vec::new();
    for n in 0..137 {
        sent.push(customer.says(room, &format!("{n} {}", "x".repeat(500))).await);
        if n % 10 == 0 {
            app.customer(8).open("noise").await;
        }
    }
    let mut stream = customer.listen(&Listen::room(room).after(last)).await;
    assert_eq!(stream.connected().await.data["replayed"], 137);
    let frames = stream.until_message(sent[136]).await;
    let messages: Vec<_> =
        frames.iter().filter(|frame| frame.is("message")).map(|frame| number(&frame.data["id"])).collect();
    assert_eq!(messages, sent);
}

#[tokio::test]
async fn a_text_that_was_deleted_is_not_replayed() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let last = number(&customer.room(room).await.ok()["lastEventId"]);
    let secret = customer.says(room, "my password is hunter2").await;
    customer.delete(secret).await.ok();
    let mut stream = customer.listen(&Listen::room(room).after(last)).await;
    stream.connected().await;
    let frames = stream.until("the deletion", |frame| frame.is("message_updated")).await;
    assert_eq!(frames.iter().filter(|frame| frame.is("message")).count(), 1);
    assert!(frames.iter().all(|frame| !frame.data.to_string().contains("hunter2")), "{frames:?}");
}

#[tokio::test]
async fn an_empty_last_event_id_is_none() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for listen in [Listen::room(room).after(""), Listen::room(room).with("lastEventId", "")] {
        let connected = customer.listen(&listen).await.connected().await;
        assert_eq!(connected.data.get("reset"), None, "{listen:?}");
    }
}

#[tokio::test]
async fn what_is_replayed_is_checked_against_the_token_of_now() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    app.customer(8).new_room().await;
    let was_admin = crate::harness::tokens::person(50, "Former admin", "USER");
    let mut stream = app.bearer(&was_admin).listen(&Listen::all().after(1)).await;
    stream.connected().await;
    let own = app.bearer(&was_admin).open("Hello").await.created();
    let fence = number(&own["messages"][0]["id"]);
    for frame in stream.until_message(fence).await {
        assert!(!frame.data.to_string().contains("needs help"), "a foreign message was replayed: {frame:?}");
    }
    let Err(answer) = app.bearer(&was_admin).try_listen(&Listen::room(room).after(1)).await else {
        panic!("a foreign room's stream was resumed")
    };
    answer.refused(403, "forbidden");
}
