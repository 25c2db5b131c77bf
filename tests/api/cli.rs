//! The sub-commands, as a script uses them.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::tokens::SECRET;
use crate::harness::{Finished, TestApp, number, run};

#[tokio::test]
async fn token_prints_one_token_that_works_and_nothing_else() {
    let app = TestApp::start().await;
    for (role, status) in [("user", 403), ("admin", 200)] {
        let arguments = ["token", "--user", "7", "--name", "Budi", "--email", "b@x.id", "--role", role, "--ttl", "1h"];
        let printed = sapa(&app, &arguments).await.succeeded().stdout;
        let token = printed.trim_end_matches('\n');
        assert_eq!(printed.lines().count(), 1, "{printed:?}");
        assert!(!token.contains(char::is_whitespace) && token.split('.').count() == 3, "{printed:?}");
        assert_eq!(app.bearer(token).stats().await.status, status, "{role}");
    }
    let printed = sapa(&app, &["token", "--user", "8", "--name", "Dewi"]).await.succeeded().stdout;
    let room = app.bearer(printed.trim()).open("Hello").await.created();
    assert_eq!((&room["userId"], &room["user"]["name"]), (&json!(8), &json!("Dewi")));
}

#[tokio::test]
async fn a_token_lives_as_long_as_was_asked() {
    let app = TestApp::start().await;
    let printed = sapa(&app, &["token", "--user", "7", "--ttl", "1s"]).await.succeeded().stdout;
    let client = app.bearer(printed.trim());
    crate::harness::eventually("the token expires", || async { (client.rooms(&[]).await.status == 401).then_some(()) })
        .await;
}

#[tokio::test]
async fn wrong_arguments_are_refused() {
    let app = TestApp::start().await;
    for arguments in [
        vec!["token"],
        vec!["token", "--user", "x"],
        vec!["token", "--user", "0"],
        vec!["token", "--user", "7", "--role", "root"],
        vec!["token", "--user", "7", "--ttl", "soon"],
        vec!["nonsense"],
        vec!["export", "--format", "xml"],
        vec!["export", "--room", "999999"],
    ] {
        let message = sapa(&app, &arguments).await.refused();
        assert!(!message.is_empty(), "{arguments:?} was refused without a word");
    }
}

#[tokio::test]
async fn every_sub_command_explains_itself() {
    let folder = TempDir::new().expect("a folder");
    let help = run(folder.path(), &[], &["--help"]).await.succeeded().stdout;
    for command in ["serve", "migrate", "token", "openapi", "export", "backup", "healthcheck"] {
        assert!(help.contains(command), "{help}");
        let own = run(folder.path(), &[], &[command, "--help"]).await.succeeded().stdout;
        assert!(own.contains("Usage"), "{own}");
    }
    assert!(!folder.path().join("data").exists(), "asking for help made a database");
}

#[tokio::test]
async fn openapi_prints_the_document_that_is_served() {
    let app = TestApp::start().await;
    let folder = TempDir::new().expect("a folder");
    let printed = run(folder.path(), &[], &["openapi"]).await.succeeded().stdout;
    let printed: Value = serde_json::from_str(&printed).expect("a document and nothing else");
    assert_eq!(printed, app.anonymous().get("/api/openapi.json").await.ok());
}

#[tokio::test]
async fn migrate_makes_a_database_that_serves_and_may_be_repeated() {
    let mut app = TestApp::start().await;
    app.kill();
    app.database().clear().await;
    for _ in 0..2 {
        sapa(&app, &["migrate"]).await.succeeded();
        let rooms = app.database().execute(r#"UPDATE "ChatCounter" SET "total" = 0"#).await;
        assert_eq!(rooms, 1, "the schema is there");
    }
    app.restart().await;
    app.customer(7).new_room().await;
}

#[tokio::test]
async fn a_room_is_exported_as_json_while_the_server_runs() {
    let app = TestApp::start().await;
    let room = conversation(&app, 7).await;
    conversation(&app, 8).await;
    let id = room.to_string();
    let printed = sapa(&app, &["export", "--room", &id, "--format", "json"]).await.succeeded().stdout;
    assert!(printed.contains("The answer is \\\"yes\\\", says 1"), "{printed}");
    assert!(!printed.contains("Customer 8"), "another room was exported: {printed}");
    let json: Value = serde_json::from_str(&printed).expect("JSON and nothing else");
    let all = sapa(&app, &["export", "--format", "json"]).await.succeeded().stdout;
    serde_json::from_str::<Value>(&all).expect("JSON and nothing else");
    assert!(all.contains("Customer 8") && all.contains("Customer 7"), "{all}");
    assert!(!json.is_null());
}

#[tokio::test]
async fn an_export_as_csv_has_one_row_per_message() {
    let app = TestApp::start().await;
    let room = conversation(&app, 7).await.to_string();
    conversation(&app, 8).await;
    let one = rows(&sapa(&app, &["export", "--room", &room, "--format", "csv"]).await.succeeded().stdout);
    assert_eq!(one.len(), 1 + 3, "{one:?}");
    assert!(one[2].iter().any(|cell| cell == "The answer is \"yes\", says 1\nand more"), "{one:?}");
    let all = rows(&sapa(&app, &["export", "--format", "csv"]).await.succeeded().stdout);
    assert_eq!(all.len(), 1 + 6, "{all:?}");
}

#[tokio::test]
async fn no_cell_of_an_export_is_a_formula() {
    let app = TestApp::start().await;
    let customer = app.bearer(&crate::harness::tokens::person(7, "=cmd|'/c calc'!A1", "USER"));
    let room = number(&customer.open("=1+1").await.created()["id"]);
    for text in ["+1", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://evil.example\")", "|calc"] {
        customer.says(room, text).await;
    }
    let exported = sapa(&app, &["export", "--format", "csv"]).await.succeeded().stdout;
    for row in rows(&exported) {
        for cell in row {
            let starts_a_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!starts_a_formula, "a spreadsheet would run {cell:?}");
        }
    }
    assert!(exported.contains("1+1"), "the text itself is kept: {exported}");
}

#[tokio::test]
async fn a_deleted_message_is_exported_without_its_text() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "my password is hunter2").await;
    customer.delete(message).await.ok();
    for format in ["csv", "json"] {
        let exported = sapa(&app, &["export", "--format", format]).await.succeeded().stdout;
        assert!(!exported.contains("hunter2"), "{exported}");
    }
}

/// Runs a sub-command with the settings of the server.
async fn sapa(app: &TestApp, arguments: &[&str]) -> Finished {
    assert!(app.environment().contains(&("JWT_SECRET", SECRET)));
    run(app.folder(), &app.environment(), arguments).await
}

/// A room of three messages.
async fn conversation(app: &TestApp, id: i64) -> i64 {
    let customer = app.customer(id);
    let room = customer.new_room().await;
    app.admin(1).says(room, "The answer is \"yes\", says 1\nand more").await;
    customer.says(room, "Thank you; bye").await;
    room
}

fn rows(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}
