//! What a node says and does about the Redis that it is given.

use std::time::Duration;

use serde_json::json;

use super::{AT_ONCE, ONLY_REDIS_TELLS, crossing, open, presence_of};
use crate::harness::{Cluster, Listen, TestApp, TestRedis, eventually, number, run};

const PASSWORD: &str = "a-password-that-no-log-may-show";

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_redis_with_a_password_is_used_and_the_password_is_not_told() {
    let redis = TestRedis::with_password(PASSWORD).await;
    let cluster = Cluster::<2>::with(redis, &[ONLY_REDIS_TELLS, ("RUST_LOG", "debug")]).await;
    let [one, two] = &cluster.nodes;
    crossing(one, two).await;
    for node in [one, two] {
        assert!(!node.log().contains(PASSWORD), "{}", node.log());
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_wrong_password_is_named_in_the_log_and_the_node_serves_without_redis() {
    let redis = TestRedis::with_password(PASSWORD).await;
    for user in ["", ":wrong@"] {
        let url = format!("redis://{user}127.0.0.1:{}", redis.port);
        let app = TestApp::with(&[("REDIS_URL", &url)]).await;
        app.says_of_redis("unreachable").await;
        eventually("the log says why", || async {
            let log = app.log();
            let told = log.lines().filter(|line| line.contains("NOAUTH") || line.contains("WRONGPASS"));
            let told = told.count() + log.lines().filter(|line| line.to_lowercase().contains("authentic")).count();
            (told > 0 && log.to_lowercase().contains("redis")).then_some(())
        })
        .await;
        app.customer(7).new_room().await;
        assert!(!app.log().contains("wrong@"), "{}", app.log());
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_redis_that_is_not_there_at_the_start_is_a_warning_and_is_used_once_it_comes() {
    let mut redis = TestRedis::start().await;
    redis.kill();
    let one = TestApp::with(&[("REDIS_URL", &redis.url())]).await;
    let two = one.beside(&[("REDIS_URL", &redis.url())]).await;
    for node in [&one, &two] {
        node.says_of_redis("unreachable").await;
        assert!(node.log().lines().any(|line| line.contains("WARN") && line.contains("Redis")), "{}", node.log());
        assert!(!node.log().contains("ERROR"), "{}", node.log());
    }
    crossing(&one, &two).await;
    redis.restart().await;
    for node in [&one, &two] {
        node.says_of_redis("connected").await;
    }
    eventually("messages cross at once", || async { (crossing(&one, &two).await < AT_ONCE).then_some(()) }).await;
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_long_absence_of_redis_does_not_fill_the_log() {
    let mut cluster = Cluster::<2>::start(&[]).await;
    cluster.redis.kill();
    cluster.all_say("unreachable").await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    for node in &cluster.nodes {
        let log = node.log();
        let lines = log.lines().filter(|line| line.contains("Redis") || line.contains("redis")).count();
        assert!((1..=5).contains(&lines), "{log}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_redis_whose_name_nobody_knows_does_not_stop_the_start() {
    let settings = [("REDIS_URL", "redis://redis.invalid:6379"), ("HOST", "0.0.0.0")];
    let app = TestApp::with(&settings).await;
    app.says_of_redis("unreachable").await;
    app.customer(7).new_room().await;
    assert!(app.log().contains("WARN"), "{}", app.log());
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn services_with_prefixes_of_their_own_share_a_redis_without_a_word_to_each_other() {
    let redis = TestRedis::start().await;
    let settings = |prefix| [("REDIS_URL", redis.url()), ("SAPA__CLUSTER__PREFIX", String::from(prefix))];
    let mut apps = Vec::new();
    for prefix in ["shop", "school"] {
        let settings = settings(prefix);
        apps.push(TestApp::with(&settings.each_ref().map(|(key, value)| (*key, value.as_str()))).await);
    }
    let mut streams = Vec::new();
    for app in &apps {
        app.says_of_redis("connected").await;
        app.customer(7).new_room().await;
        streams.push(open(&app.admin(1), Listen::all()).await);
    }
    // The room has the same id in both.
    let [shop, school] = &apps[..] else { unreachable!("two") };
    let room = number(&shop.customer(7).current_room().await.ok()["id"]);
    shop.customer(7).typing(room, true).await.no_content();
    streams[0].next_of("typing").await;
    let _customer = open(&shop.customer(8), Listen::all()).await;
    streams[0].until("somebody comes", |frame| presence_of(frame, 8).is_some()).await;
    let fence = school.customer(7).says(room, "Hello").await;
    let frames = streams[1].until_message(fence).await;
    assert!(frames.iter().all(|frame| !frame.is("typing") && presence_of(frame, 8).is_none()), "{frames:?}");
    assert_eq!(school.admin(1).stats().await.ok()["onlineAdmins"], 1);
}

#[tokio::test]
async fn a_url_that_is_none_of_redis_stops_the_start_with_its_name() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for url in ["http://127.0.0.1:6379", "127.0.0.1:6379", "redis"] {
        let message = run(folder.path(), &[("REDIS_URL", url)], &["serve"]).await.refused();
        assert!(message.contains("redis_url") || message.contains("REDIS_URL"), "{message}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn garbage_on_its_channels_and_keys_harms_nothing() {
    let cluster = Cluster::<2>::start(&[]).await;
    let [one, two] = &cluster.nodes;
    let room = one.customer(7).new_room().await;
    let mut there = open(&two.customer(7), Listen::room(room)).await;
    there.until_message(one.customer(7).says(room, "before").await).await;
    let channels = cluster.redis.ask(&["PUBSUB", "CHANNELS", "*"]).await;
    assert!(!channels.is_empty(), "no node listens");
    let huge = "x".repeat(100_000);
    let deep = "[".repeat(50_000);
    let garbage = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "-1",
        "9223372036854775807",
        r#"{"Committed":9223372036854775807}"#,
        r#"["x",{"Committed":9223372036854775807}]"#,
        r#"{"from":"x","signal":{"Committed":9223372036854775807}}"#,
        r#"{"from":"x","signal":{"Committed":-5}}"#,
        "\u{fffd}\u{202e}\n\r\u{1b}[31m",
        &huge,
        &deep,
    ];
    for channel in channels.lines() {
        for text in garbage {
            cluster.redis.ask(&["PUBLISH", channel, text]).await;
        }
    }
    for key in cluster.redis.ask(&["KEYS", "*"]).await.lines().filter(|key| !key.is_empty()) {
        cluster.redis.ask(&["DEL", key]).await;
        cluster.redis.ask(&["SET", key, "garbage"]).await;
    }
    let sent = one.customer(7).says(room, "Hello").await;
    let frames = there.until_message(sent).await;
    assert_eq!(frames.iter().filter(|frame| frame.id.is_some()).count(), 1, "{frames:?}");
    for node in [one, two] {
        assert_eq!(node.readiness().await["redis"], json!("connected"));
        let mut stream = node.customer(7).listen(&Listen::room(room).after(sent_id(&frames))).await;
        assert_eq!(stream.connected().await.data.get("reset"), None);
        let log = node.log();
        assert!(!log.contains("panicked") && !log.contains(&huge), "{}", &log[..log.len().min(4000)]);
        assert!(log.lines().count() < 200, "{log}");
    }
}

fn sent_id(frames: &[crate::harness::Frame]) -> i64 {
    frames.iter().filter_map(|frame| frame.id).max().expect("a frame with an id")
}
