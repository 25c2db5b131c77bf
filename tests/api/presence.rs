//! `presence` frames: who is there, and who has gone.

use serde_json::json;

use crate::harness::{Frame, Listen, TestApp};

const SHORT_GRACE: [(&str, &str); 1] = [("SAPA__PRESENCE__OFFLINE_GRACE_SECONDS", "1")];

#[tokio::test]
async fn a_room_learns_who_comes_and_who_goes() {
    let app = TestApp::with(&SHORT_GRACE).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let mut of_admin = admin.listen(&Listen::room(room)).await;
    of_admin.connected().await;
    let came = stream.until("the admin comes", |frame| presence_of(frame, 1) == Some("online")).await;
    let came = came.last().expect("a frame");
    assert_eq!((&came.data["role"], came.id), (&json!("ADMIN"), None));
    assert!(came.data["lastSeen"].as_str().is_some_and(|time| time.len() == 24 && time.ends_with('Z')), "{came:?}");
    assert_eq!(came.data.as_object().map(serde_json::Map::len), Some(4), "{came:?}");
    drop(of_admin);
    stream.until("the admin goes", |frame| presence_of(frame, 1) == Some("offline")).await;
}

#[tokio::test]
async fn whoever_is_there_already_is_told_right_after_connected() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    let mut of_customer = customer.listen(&Listen::room(room)).await;
    of_customer.connected().await;
    for listen in [Listen::room(room), Listen::all()] {
        let mut stream = admin.listen(&listen).await;
        stream.connected().await;
        stream.until("the customer is there", |frame| presence_of(frame, 7) == Some("online")).await;
    }
}

#[tokio::test]
async fn a_customers_stream_of_all_rooms_learns_whether_their_admin_is_there() {
    let app = TestApp::with(&SHORT_GRACE).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    let mut early = customer.listen(&Listen::all()).await;
    early.connected().await;
    let mut of_admin = admin.listen(&Listen::all()).await;
    of_admin.connected().await;
    early.until("the admin comes", |frame| presence_of(frame, 1) == Some("online")).await;
    let mut late = customer.listen(&Listen::all()).await;
    late.connected().await;
    late.until("the admin is there", |frame| presence_of(frame, 1) == Some("online")).await;
    drop(of_admin);
    for stream in [&mut early, &mut late] {
        stream.until("the admin goes", |frame| presence_of(frame, 1) == Some("offline")).await;
    }
}

#[tokio::test]
async fn a_desk_learns_of_everybody_and_a_customer_of_no_stranger() {
    let app = TestApp::with(&SHORT_GRACE).await;
    let (customer, stranger, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let room = customer.new_room().await;
    let mut desk = admin.listen(&Listen::all()).await;
    let mut of_room = customer.listen(&Listen::room(room)).await;
    let mut of_customer = customer.listen(&Listen::all()).await;
    for stream in [&mut desk, &mut of_room, &mut of_customer] {
        stream.connected().await;
    }
    let mut coming = stranger.listen(&Listen::all()).await;
    coming.connected().await;
    desk.until("the stranger comes", |frame| presence_of(frame, 8) == Some("online")).await;
    drop(coming);
    desk.until("the stranger goes", |frame| presence_of(frame, 8) == Some("offline")).await;
    let fence = customer.says(room, "Hello").await;
    for stream in [&mut of_room, &mut of_customer] {
        let frames = stream.until_message(fence).await;
        assert!(frames.iter().all(|frame| presence_of(frame, 8).is_none()), "{frames:?}");
    }
}

#[tokio::test]
async fn a_reconnection_within_the_grace_is_no_absence() {
    let app = TestApp::with(&[("SAPA__PRESENCE__OFFLINE_GRACE_SECONDS", "2")]).await;
    let (restless, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let mut desk = admin.listen(&Listen::all()).await;
    desk.connected().await;
    let mut last = None;
    for _ in 0..4 {
        drop(last.take());
        let mut stream = restless.listen(&Listen::all()).await;
        stream.connected().await;
        last = Some(stream);
    }
    // Somebody who goes later is told to be gone; the restless one would have been before.
    other.listen(&Listen::all()).await.connected().await;
    let frames = desk.until("the other goes", |frame| presence_of(frame, 8) == Some("offline")).await;
    let of_restless: Vec<_> = frames.iter().filter_map(|frame| presence_of(frame, 7)).collect();
    assert_eq!(of_restless, ["online"], "{frames:?}");
}

#[tokio::test]
async fn a_person_with_two_streams_is_there_until_the_last_has_ended() {
    let app = TestApp::with(&SHORT_GRACE).await;
    let (customer, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let mut desk = admin.listen(&Listen::all()).await;
    desk.connected().await;
    let mut first = customer.listen(&Listen::all()).await;
    let mut second = customer.listen(&Listen::all()).await;
    for stream in [&mut first, &mut second] {
        stream.connected().await;
    }
    drop(first);
    other.listen(&Listen::all()).await.connected().await;
    let frames = desk.until("the other goes", |frame| presence_of(frame, 8) == Some("offline")).await;
    assert!(frames.iter().all(|frame| presence_of(frame, 7) != Some("offline")), "{frames:?}");
    drop(second);
    desk.until("the customer goes", |frame| presence_of(frame, 7) == Some("offline")).await;
}

/// What the frame says of this person.
fn presence_of(frame: &Frame, user: i64) -> Option<&str> {
    (frame.is("presence") && frame.data["userId"] == user).then(|| frame.data["status"].as_str()).flatten()
}
