//! How streams end: tokens that expire, clients that go, servers that stop.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::tokens::{in_seconds, sign};
use crate::harness::{Listen, SlowReader, TestApp, number};

const STREAMS: &str = "sapa_streams_open";

#[tokio::test]
async fn a_stream_ends_when_its_token_expires() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let client = app.bearer(&sign(&json!({"sub": 7, "exp": in_seconds(4)})));
    let started = Instant::now();
    let mut of_room = client.listen(&Listen::room(room)).await;
    let mut all = client.listen(&Listen::all()).await;
    let mut lasting = app.customer(7).listen(&Listen::room(room)).await;
    for stream in [&mut of_room, &mut all, &mut lasting] {
        stream.connected().await;
    }
    of_room.until_end(Duration::from_secs(10)).await;
    let lived = started.elapsed();
    assert!(lived > Duration::from_millis(2900), "it ended after {lived:?}, before the token did");
    all.until_end(Duration::from_secs(3)).await;
    let Err(answer) = client.try_listen(&Listen::room(room)).await else { panic!("an expired token opened a stream") };
    answer.refused(401, "unauthenticated");
    let message = app.customer(7).says(room, "Still here?").await;
    lasting.until_message(message).await;
}

#[tokio::test]
async fn an_admin_ends_all_streams_of_one_person() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut theirs = [customer.listen(&Listen::room(room)).await, customer.listen(&Listen::all()).await];
    let mut other = admin.listen(&Listen::room(room)).await;
    for stream in theirs.iter_mut().chain([&mut other]) {
        stream.connected().await;
    }
    admin.disconnect(7).await.no_content();
    for stream in &mut theirs {
        stream.until_end(Duration::from_secs(5)).await;
    }
    let message = customer.says(room, "Back again").await;
    other.until_message(message).await;
    let mut again = customer.listen(&Listen::room(room)).await;
    again.connected().await;
}

#[tokio::test]
async fn a_client_that_goes_is_noticed_at_once() {
    let app = TestApp::start().await;
    let mut streams = Vec::new();
    for id in 7..12 {
        let mut stream = app.customer(id).listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    app.metric_reaches(STREAMS, 5.0).await;
    let started = Instant::now();
    streams.truncate(2);
    app.metric_reaches(STREAMS, 2.0).await;
    streams.clear();
    app.metric_reaches(STREAMS, 0.0).await;
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
}

#[tokio::test]
async fn a_half_closed_connection_is_not_kept() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let mut reader = SlowReader::connect(&app, &customer, &Listen::all()).await;
    app.metric_reaches(STREAMS, 1.0).await;
    reader.half_close().await;
    app.metric_reaches(STREAMS, 0.0).await;
}

#[tokio::test]
async fn sigterm_and_sigint_end_the_streams_and_exit_with_zero() {
    for signal in ["TERM", "INT"] {
        let mut app = TestApp::start().await;
        let customer = app.customer(7);
        let room = customer.new_room().await;
        let mut streams = Vec::new();
        for listen in [Listen::room(room), Listen::all(), Listen::all()] {
            let mut stream = customer.listen(&listen).await;
            stream.connected().await;
            streams.push(stream);
        }
        let started = Instant::now();
        app.signal(signal);
        for stream in &mut streams {
            stream.until_end(Duration::from_secs(9)).await;
        }
        let status = app.ended().await;
        assert_eq!(status.code(), Some(0), "{signal}: {status:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{signal}: it took {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_reader_of_a_stopped_server_resumes_at_the_next() {
    let mut app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let before = customer.says(room, "before").await;
    stream.until_message(before).await;
    assert_eq!(app.terminate().await.code(), Some(0));
    stream.until_end(Duration::from_secs(1)).await;
    app.restart().await;
    let meanwhile = app.customer(7).says(room, "meanwhile").await;
    let last = stream.last_id.expect("a message has an id");
    let mut resumed = app.customer(7).listen(&Listen::room(room).after(last)).await;
    let connected = resumed.connected().await;
    assert_eq!((connected.id, &connected.data["replayed"]), (Some(last), &json!(1)));
    assert_eq!(resumed.next_of("message").await.data["id"], meanwhile);
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let mut app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let body = json!({"message": "the last word"}).to_string();
    let token = customer.token.as_deref().expect("a token");
    let head = format!(
        "POST /api/chat/rooms/{room} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        app.address,
        body.len()
    );
    let mut socket = tokio::net::TcpStream::connect(&app.address).await.expect("the server accepts");
    socket.write_all(head.as_bytes()).await.expect("the head is sent");
    // The server has read the head once it asks for the body.
    let mut go_on = [0; 25];
    socket.read_exact(&mut go_on).await.expect("the server asks for the body");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(&body.as_bytes()[..5]).await.expect("half the body is sent");
    app.signal("TERM");
    crate::harness::eventually("the server accepts no more", || async {
        tokio::net::TcpStream::connect(&app.address).await.is_err().then_some(())
    })
    .await;
    socket.write_all(&body.as_bytes()[5..]).await.expect("the rest is sent");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("the answer arrives");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(app.ended().await.code(), Some(0));
    app.restart().await;
    let history = app.customer(7).messages(room, "").await.ok();
    assert_eq!(history[1]["message"], "the last word");
}

#[tokio::test]
async fn neither_a_stalled_reader_nor_a_hanging_request_holds_up_the_end() {
    let mut app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let _sleeper = SlowReader::connect(&app, &customer, &Listen::room(room)).await;
    for _ in 0..300 {
        customer.says(room, &"x".repeat(4000)).await;
    }
    let mut hanging = tokio::net::TcpStream::connect(&app.address).await.expect("the server accepts");
    let head = format!("POST /api/chat/rooms HTTP/1.1\r\nHost: {}\r\nContent-Length: 100\r\n", app.address);
    hanging.write_all(head.as_bytes()).await.expect("half a request is sent");
    customer.room(room).await.ok();
    let started = Instant::now();
    assert_eq!(app.terminate().await.code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
}

#[tokio::test]
async fn what_was_acknowledged_while_stopping_is_stored_once() {
    let mut app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let customer = customer.clone();
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    let body = json!({"message": format!("{writer}-{n}")});
                    let request = customer.request(reqwest::Method::POST, &format!("/api/chat/rooms/{room}"));
                    match crate::harness::try_send(request.json(&body)).await {
                        Ok(answer) if answer.status == 201 => acknowledged.push(number(&answer.json()["id"])),
                        Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        })
        .collect();
    let mut stream = customer.listen(&Listen::room(room)).await;
    for _ in 0..20 {
        stream.next_of("message").await;
    }
    assert_eq!(app.terminate().await.code(), Some(0));
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("the writer ends"));
    }
    app.restart().await;
    let stored = app.customer(7).history(room).await;
    assert!(acknowledged.len() >= 20);
    for id in acknowledged {
        assert_eq!(stored.iter().filter(|stored| **stored == id).count(), 1, "message {id}");
    }
}
