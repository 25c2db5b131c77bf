//! Settings: where they come from, and which of them stop the start.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::tokens::SECRET;
use crate::harness::{TestApp, run};

const DEVELOPMENT_SECRET: &str = "sapa-development-secret-do-not-use-in-production";

#[tokio::test]
async fn an_unknown_key_stops_the_start_and_is_named() {
    for key in ["SAPA__LIMITS__MESSAGE_CHARACTERS", "SAPA__NOWHERE__PORT", "SAPA__SERVER__PROT"] {
        let message = refused(&[(key, "7")]).await.to_lowercase();
        let last = key.rsplit("__").next().expect("a key").to_lowercase();
        assert!(message.contains(&last) || message.contains("nowhere"), "{key} is not named: {message}");
    }
}

#[tokio::test]
async fn a_wrong_value_stops_the_start_and_is_named() {
    for (key, value, named) in [
        ("PORT", "many", "port"),
        ("PORT", "70000", "port"),
        ("SAPA__LIMITS__MESSAGE_CHARS", "-1", "message_chars"),
        ("SAPA__LIMITS__MESSAGE_CHARS", "lots", "message_chars"),
        ("SAPA__ROOMS__AUTO_ASSIGN", "perhaps", "auto_assign"),
        ("SAPA__SERVER__TRUSTED_PROXIES", "not-a-network", "trusted_proxies"),
        ("SAPA__SERVER__SHUTDOWN_SECONDS", "60", "shutdown_seconds"),
        ("SAPA__LIMITS__STREAMS_PER_USER", "0", "streams_per_user"),
        ("DATABASE_URL", "mongodb://localhost/sapa", "database"),
        ("DATABASE_URL", "sqlite::memory:", "database"),
        ("JWT_PUBLIC_KEY", "/nowhere/key.pem", "public_key"),
        ("SAPA__LOG__FORMAT", "xml", "format"),
    ] {
        let message = refused(&[(key, value)]).await.to_lowercase();
        assert!(message.contains(named), "{key}={value} is not named: {message}");
    }
}

#[tokio::test]
async fn an_unknown_environment_or_a_broken_file_stops_the_start() {
    let message = refused(&[("SAPA_ENV", "staging-of-nobody")]).await;
    assert!(message.contains("staging-of-nobody"), "{message}");
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().display().to_string();
    for (text, named) in [("[limits]\nmessage_char = 7\n", "message_char"), ("[limits\n", "development.toml")] {
        std::fs::write(folder.path().join("development.toml"), text).expect("a file");
        let message = refused(&[("SAPA_CONFIG_DIR", &path)]).await;
        assert!(message.contains(named), "{text:?}: {message}");
    }
}

#[tokio::test]
async fn a_file_overrides_the_default_and_the_environment_overrides_the_file() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("development.toml"), "[limits]\nmessage_chars = 7\nsubject_chars = 8\n")
        .expect("a file");
    let path = folder.path().display().to_string();
    let app = TestApp::with(&[("SAPA_CONFIG_DIR", &path), ("SAPA__LIMITS__SUBJECT_CHARS", "9")]).await;
    let config = app.anonymous().get("/api/chat/config").await.ok();
    assert_eq!(config["limits"], json!({"messageChars": 7, "subjectChars": 9}));
}

#[tokio::test]
async fn production_refuses_a_secret_that_is_missing_short_or_known() {
    for secret in ["", "short", &"x".repeat(31), DEVELOPMENT_SECRET] {
        let message = refused(&[("SAPA_ENV", "production"), ("JWT_SECRET", secret)]).await;
        assert!(message.to_lowercase().contains("secret"), "{secret:?}: {message}");
        assert!(secret.len() < 30 || !message.contains(secret), "the message tells the secret: {message}");
    }
}

#[tokio::test]
async fn production_has_no_demo_and_no_guests() {
    let app = TestApp::with(&[("SAPA_ENV", "production"), ("HOST", "127.0.0.1")]).await;
    let config = app.anonymous().get("/api/chat/config").await.ok();
    assert_eq!((&config["demo"]["enabled"], &config["guests"]["enabled"]), (&json!(false), &json!(false)));
    let answer = app.anonymous().post("/api/demo/sign-in", &json!({"person": "sari"})).await;
    assert!(matches!(answer.status.as_u16(), 403 | 404), "{answer:?}");
    let page = app.anonymous().get("/").await;
    assert!(!page.text().to_lowercase().contains("demo"), "{page:?}");
    app.customer(7).new_room().await;
}

#[tokio::test]
async fn production_refuses_to_turn_the_demo_on() {
    let message = refused(&[("SAPA_ENV", "production"), ("JWT_SECRET", SECRET), ("SAPA__DEMO__ENABLED", "true")]).await;
    assert!(message.contains("demo"), "{message}");
}

#[tokio::test]
async fn a_database_out_of_reach_stops_the_start_without_telling_its_password() {
    let url = "postgres://sapa:hunter2-the-password@127.0.0.1:1/sapa";
    let message = refused(&[("DATABASE_URL", url), ("SAPA__DATABASE__ACQUIRE_SECONDS", "1")]).await;
    assert!(message.to_lowercase().contains("database"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn a_log_for_machines_is_json_line_by_line_with_request_ids() {
    let mut app = TestApp::with(&[("SAPA__LOG__FORMAT", "json"), ("RUST_LOG", "debug")]).await;
    let answer = app.customer(7).open("Hello").await;
    let id = answer.header("x-request-id").expect("a request id").to_owned();
    answer.created();
    app.terminate().await;
    let log = app.log();
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(entry["timestamp"].is_string() && entry["level"].is_string(), "{line}");
    }
    assert!(log.contains(&id), "the request {id} is not in the log:\n{log}");
}

#[tokio::test]
async fn without_any_setting_the_database_is_made_in_the_working_folder() {
    let mut app = TestApp::with(&[]).await;
    app.kill();
    let folder = TempDir::new().expect("a folder");
    let migrated = run(folder.path(), &[], &["migrate"]).await.succeeded();
    assert!(folder.path().join("data/sapa.db").exists(), "{}", migrated.stderr);
}

#[tokio::test]
async fn a_port_that_is_taken_stops_the_start_and_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let message = refused(&[("PORT", &port)]).await;
    assert!(message.contains(&port), "{message}");
}

/// The message of a server that must not start with these settings.
async fn refused(settings: &[(&str, &str)]) -> String {
    let folder = TempDir::new().expect("a folder");
    let mut environment = vec![("HOST", "127.0.0.1"), ("PORT", "0")];
    environment.extend_from_slice(settings);
    run(folder.path(), &environment, &[]).await.refused()
}
