//! `sapa backup`: a copy of the database while the service serves.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::harness::{Finished, Listen, Person, TestApp, eventually, number, run};

#[tokio::test]
async fn a_copy_under_writes_holds_all_that_was_acknowledged_and_serves() {
    let folder = TempDir::new().expect("a folder");
    let app = serve(&folder, "original.db").await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (1..=4).map(|id| writes_until(&app.admin(id), room, &stop)).collect();
    eventually("some messages are written", || async { (customer.history(room).await.len() > 100).then_some(()) })
        .await;

    let mut backups = Vec::new();
    for n in 0..3 {
        let acknowledged = customer.history(room).await;
        let name = format!("copy-{n}.db");
        let printed = sapa(&folder, "original.db", &["backup", &path(&folder, &name)]).await.succeeded().stdout;
        assert!(printed.contains(&name) && printed.contains("bytes"), "{printed}");
        backups.push((name, acknowledged));
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("every write is acknowledged while copies are made");
    }

    let all = customer.history(room).await;
    for (name, acknowledged) in backups {
        let restored = serve(&folder, &name).await;
        let kept = restored.customer(7).history(room).await;
        assert_eq!(kept, all[..kept.len()], "{name} is the beginning of the history");
        assert!(kept.starts_with(&acknowledged), "{name} lacks messages that were acknowledged before it began");
        let next = restored.customer(7).says(room, "after the restore").await;
        assert_eq!(restored.customer(7).history(room).await.last(), Some(&next));
        let found = restored.admin(1).rooms(&[("search", "restore")]).await.ok();
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    }
}

#[tokio::test]
async fn a_reader_that_is_ahead_of_a_restored_copy_is_told_to_load_anew() {
    let folder = TempDir::new().expect("a folder");
    let app = serve(&folder, "original.db").await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let within = number(&customer.room(room).await.ok()["lastEventId"]);
    customer.says(room, "kept").await;
    sapa(&folder, "original.db", &["backup", &path(&folder, "copy.db")]).await.succeeded();
    for n in 0..5 {
        customer.says(room, &format!("lost {n}")).await;
    }
    let beyond = number(&customer.room(room).await.ok()["lastEventId"]);

    let restored = serve(&folder, "copy.db").await;
    for listen in [Listen::room(room).after(beyond), Listen::all().after(beyond)] {
        let connected = restored.customer(7).listen(&listen).await.connected().await;
        assert_eq!(connected.data["reset"], true, "{connected:?}");
    }
    let connected = restored.customer(7).listen(&Listen::room(room).after(within)).await.connected().await;
    assert_eq!((connected.data.get("reset"), number(&connected.data["replayed"])), (None, 1));
}

#[tokio::test]
async fn a_copy_is_for_its_owner_and_never_overwrites() {
    let folder = TempDir::new().expect("a folder");
    let _app = serve(&folder, "original.db").await;
    let copy = folder.path().join("copy.db");
    sapa(&folder, "original.db", &["backup", &path(&folder, "copy.db")]).await.succeeded();
    assert_eq!(std::fs::metadata(&copy).expect("the copy is there").permissions().mode() & 0o777, 0o600);

    std::fs::write(folder.path().join("empty"), "").expect("a file");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), folder.path().join("link")).expect("a link");
    let before = std::fs::read(&copy).expect("the copy can be read");
    for name in ["copy.db", "empty", "link", "original.db"] {
        let message = sapa(&folder, "original.db", &["backup", &path(&folder, name)]).await.refused();
        assert!(message.contains(name) && message.contains("exists"), "{message}");
    }
    assert_eq!(std::fs::read(&copy).expect("the copy can be read"), before);
}

#[tokio::test]
async fn a_backup_that_fails_says_why_and_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    let nowhere = path(&folder, "nowhere/copy.db");
    let copy = path(&folder, "copy.db");
    std::fs::write(folder.path().join("broken.db"), [7; 8192]).expect("a file");
    for (database, file, said) in [
        ("missing.db", &copy, "cannot be copied"),
        ("broken.db", &copy, "cannot be copied"),
        ("new.db", &nowhere, "nowhere"),
    ] {
        if database == "new.db" {
            sapa(&folder, database, &["migrate"]).await.succeeded();
        }
        let message = sapa(&folder, database, &["backup", file]).await.refused();
        assert!(message.contains(said), "{database}: {message}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("new.db") && name != "broken.db")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn another_database_has_a_command_of_its_own() {
    let folder = TempDir::new().expect("a folder");
    for (url, command) in [
        ("postgres://sapa:hidden@db/sapa", "pg_dump"),
        ("postgresql://sapa:hidden@db/sapa", "pg_dump"),
        ("mysql://sapa:hidden@db/sapa", "mariadb-dump"),
        ("mariadb://sapa:hidden@db/sapa", "mariadb-dump"),
    ] {
        let message = run(folder.path(), &[("DATABASE_URL", url)], &["backup", "copy.db"]).await.refused();
        assert!(message.contains(command), "{url}: {message}");
        assert!(!message.contains("hidden"), "{message}");
    }
}

/// A server on an SQLite file of this name, whatever the suite runs on.
async fn serve(folder: &TempDir, name: &str) -> TestApp {
    TestApp::with(&[("DATABASE_URL", &url(folder.path(), name))]).await
}

async fn sapa(folder: &TempDir, database: &str, arguments: &[&str]) -> Finished {
    run(folder.path(), &[("DATABASE_URL", &url(folder.path(), database))], arguments).await
}

fn url(folder: &Path, name: &str) -> String {
    format!("sqlite:{}/{name}", folder.display())
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// Sends one message after another; each has to be acknowledged.
fn writes_until(person: &Person, room: i64, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
    let (person, stop) = (person.clone(), stop.clone());
    tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            person.says(room, &format!("{} is on it", person.name)).await;
        }
    })
}
