//! An older copy takes the database's place while it is served: ids go back.

use crate::harness::{Listen, TestApp};

#[tokio::test]
async fn readers_of_a_journal_that_was_set_back_load_anew_and_miss_nothing_after_that() {
    let app = TestApp::with(&[("SAPA__CLUSTER__CHECK_SECONDS", "1")]).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = admin.listen(&Listen::room(room)).await;
    let kept = stream.connected().await.id.expect("an id");
    let lost = customer.says(room, "lost").await;
    let frames = stream.until_message(lost).await;
    let ahead = frames.last().and_then(|frame| frame.id).expect("an id");
    for statement in [
        format!(r#"UPDATE "ChatCounter" SET "lastEventId" = {kept}"#),
        format!(r#"DELETE FROM "ChatEvent" WHERE "id" > {kept}"#),
        format!(r#"DELETE FROM "ChatMessage" WHERE "id" >= {lost}"#),
    ] {
        app.database().execute(&statement).await;
    }
    stream.until_end(std::time::Duration::from_secs(10)).await;
    let mut stream = admin.listen(&Listen::room(room).after(ahead)).await;
    let connected = stream.connected().await;
    assert_eq!((connected.id, &connected.data["reset"]), (Some(kept), &serde_json::json!(true)));
    let said = customer.says(room, "after that").await;
    let frames = stream.until_message(said).await;
    assert!(frames.last().and_then(|frame| frame.id).is_some_and(|id| id > kept), "{frames:?}");
    assert_eq!(customer.history(room).await.last(), Some(&said));
}
