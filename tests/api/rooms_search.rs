//! `GET /api/chat/rooms?search=`: what is found, and that every sign is text.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::harness::tokens::{email, in_seconds, sign};
use crate::harness::{Person, TestApp, eventually, number, numbers};

const NOTHING: [i64; 0] = [];

#[tokio::test]
async fn names_addresses_subjects_and_messages_are_searched() {
    let app = TestApp::start().await;
    let token =
        sign(&json!({"sub": 7, "name": "Wilhelmina Tan", "email": "mina@flowers.example", "exp": in_seconds(60)}));
    let body = json!({"subject": "Refund wanted", "message": "The vase arrived broken"});
    let room = number(&app.bearer(&token).open_with(&body).await.created()["id"]);
    let admin = app.admin(1);
    admin.says(room, "We send another parcel").await;
    app.customer(8).open("Nothing of the kind").await.created();
    for word in [
        "Wilhelmina",
        "wilhelmina",
        "Wilhelmina Tan",
        "mina@flowers.example",
        "Refund",
        "refund wanted",
        "vase",
        "VASE arrived",
        "parcel",
        "parc",
    ] {
        assert_eq!(found(&admin, word).await, [room], "{word}");
    }
    for word in ["bicycle", "Wilhelmina bicycle"] {
        assert_eq!(found(&admin, word).await, NOTHING, "{word}");
    }
}

#[tokio::test]
async fn a_deleted_message_is_not_found() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "my password is hunter2").await;
    assert_eq!(found(&admin, "hunter2").await, [room]);
    customer.delete(message).await.ok();
    assert_eq!(found(&admin, "hunter2").await, NOTHING);
}

#[tokio::test]
async fn a_customer_searches_only_their_own_rooms() {
    let app = TestApp::start().await;
    let mine = app.customer(7);
    let room = number(&mine.open("the blue bicycle").await.created()["id"]);
    app.customer(8).open("the blue bicycle").await.created();
    assert_eq!(found(&mine, "bicycle").await, [room]);
}

#[tokio::test]
async fn a_changed_name_is_found_and_the_old_one_is_not() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let named = |name: &str| app.bearer(&sign(&json!({"sub": 7, "name": name, "exp": in_seconds(60)})));
    let room = number(&named("Abigail").open("Hi").await.created()["id"]);
    assert_eq!(found(&admin, "Abigail").await, [room]);
    named("Bernadette").rooms(&[]).await.ok();
    assert_eq!(found(&admin, "Bernadette").await, [room]);
    assert_eq!(found(&admin, "Abigail").await, NOTHING);
}

#[tokio::test]
async fn every_sign_is_text() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let texts = [
        "we pay 100% of it",
        "file_name_v2.txt",
        "O'Brien's order",
        r#"she said "hello""#,
        r"C:\temp\new",
        "a * b * c",
        "call (maybe) later",
        "well-known issue",
        "NEAR the river",
        "this OR that",
        "salt AND pepper",
        "NOT today",
        "title: urgent",
        "{curly} ^caret",
        "<b>bold</b>",
        "日本語のメッセージ",
        "naïve café",
    ];
    let mut rooms = Vec::new();
    for (id, text) in (100..).zip(texts) {
        rooms.push(number(&app.customer(id).open(text).await.created()["id"]));
    }
    for (room, text) in rooms.iter().zip(texts) {
        assert_eq!(found(&admin, text).await, [*room], "{text}");
    }
}

#[tokio::test]
async fn signs_of_query_languages_are_no_wildcards_and_no_errors() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    app.customer(7).open("Hello world").await.created();
    for hostile in [
        "%",
        "_",
        "'",
        "\"",
        "\\",
        "*",
        "(",
        ")",
        "-",
        "NEAR",
        "AND",
        "NOT",
        ":",
        "^",
        "%%%",
        "H_llo",
        "H%d",
        "Hello*",
        "' OR 1=1 --",
        "\"; DROP TABLE ChatRoom; --",
        "Hello OR bicycle",
        "Hello NOT world",
        "NEAR(a b)",
        "message:Hello",
        "{Hello}",
        "(((((",
        "\"unclosed",
        "--",
        "\u{FFFD}",
        "🤝",
    ] {
        assert_eq!(found(&admin, hostile).await, NOTHING, "{hostile:?} was no text");
    }
    for odd in ["x".repeat(3000), "% ".repeat(1000), "\0".to_owned(), "a\0b".to_owned()] {
        let answer = admin.rooms(&[("search", &odd)]).await;
        assert!(matches!(answer.status.as_u16(), 200 | 400), "{answer:?}");
    }
}

#[tokio::test]
async fn an_empty_search_is_none() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    for blank in ["", " ", "\t\n"] {
        assert_eq!(found(&app.admin(1), blank).await, [room], "{blank:?}");
    }
}

#[tokio::test]
async fn a_message_is_found_at_once_and_for_ever_however_many_are_written() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let words: Vec<String> = (0..200).map(|n| format!("marker{n:03} À la CARTE")).collect();
    for word in &words {
        customer.says(room, word).await;
        for term in [word.clone(), word.to_lowercase(), word[3..9].to_owned()] {
            assert_eq!(found(&admin, &term).await, [room], "{term}, just written");
        }
    }
    all_are_indexed(&app).await;
    for word in &words {
        assert_eq!(found(&admin, &word.to_lowercase()).await, [room], "{word}, some time later");
    }
    assert_eq!(found(&admin, "marker200").await, NOTHING);
}

#[tokio::test]
async fn what_has_only_the_parts_of_a_term_is_not_found() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let (parts, whole) = (customer.new_room().await, app.customer(8).new_room().await);
    let long = "a sentence of more than thirty-two signs, whose end is what counts: zebra";
    for said in ["refun and efund", &long.replace("zebra", "zebu")] {
        customer.says(parts, said).await;
    }
    for said in ["A REFUND", long] {
        app.customer(8).says(whole, said).await;
    }
    for indexed in [false, true] {
        for term in ["refund", long] {
            assert_eq!(found(&admin, term).await, [whole], "{term}, indexed: {indexed}");
        }
        all_are_indexed(&app).await;
    }
}

#[tokio::test]
async fn what_another_program_writes_is_found_and_what_it_changes_or_takes_away_is_not() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let database = app.database();
    let insert = |id: i32, text: &str| {
        let moment = "2026-11-01T00:00:00.000+00:00";
        let columns = r#""id", "chatRoomId", "senderId", "message", "createdAt""#;
        format!(r#"INSERT INTO "ChatMessage" ({columns}) VALUES ({id}, {room}, 7, '{text}', '{moment}')"#)
    };
    // The ids go up, with a gap that is filled once what is beyond it is indexed.
    for (id, name) in [(1_000, "anteater"), (2_000, "buffalo"), (1_500, "capybara")] {
        database.execute(&insert(id, &format!("{name} firstborn"))).await;
        assert_eq!(found(&admin, name).await, [room], "{name} was inserted");
        if id > 1_000 {
            all_are_indexed(&app).await;
            assert_eq!(found(&admin, name).await, [room], "{name} is indexed");
        }
        let text = |text: &str| format!(r#"UPDATE "ChatMessage" SET "message" = '{text}' WHERE "id" = {id}"#);
        database.execute(&text("dromedary")).await;
        assert_eq!((found(&admin, name).await, found(&admin, "dromedary").await), (vec![], vec![room]), "{name}");
        database.execute(&format!(r#"DELETE FROM "ChatMessage" WHERE "id" = {id}"#)).await;
        assert_eq!(found(&admin, "dromedary").await, NOTHING, "{name}");
        database.execute(&insert(id, &format!("{name} again"))).await;
        assert_eq!(found(&admin, &format!("{name} again")).await, [room], "{name} came back");
        all_are_indexed(&app).await;
    }
    for name in ["anteater again", "buffalo again", "capybara again"] {
        assert_eq!(found(&admin, name).await, [room], "{name}");
        assert_eq!(found(&customer, name).await, [room], "{name}");
    }
    assert_eq!(found(&admin, "firstborn").await, NOTHING);
}

#[tokio::test]
async fn a_message_whose_process_was_killed_before_it_was_indexed_is_found() {
    let mut app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for n in 0..50 {
        customer.says(room, &format!("letter {n:02} of the pile")).await;
    }
    app.kill();
    app.restart().await;
    for _ in 0..2 {
        for n in 0..50 {
            assert_eq!(found(&app.admin(1), &format!("letter {n:02} of")).await, [room], "letter {n}");
        }
        all_are_indexed(&app).await;
    }
}

#[tokio::test]
#[ignore = "needs a server with two sessions that write: scripts/with-database"]
async fn what_another_program_commits_late_or_undoes_is_found_and_nobody_waits_for_it() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let (theirs, ours) = (customer.new_room().await, app.customer(8).new_room().await);
    let other = app.database().open().await;
    let say = |statement: String| {
        let (statement, other) = (app.database().spelled(&statement), other.clone());
        async move { other.execute_unprepared(&statement).await.expect(&statement) }
    };
    let columns = r#""chatRoomId", "senderId", "message", "createdAt""#;
    let moment = "2026-11-01T00:00:00.000+00:00";
    say("BEGIN".to_owned()).await;
    say(format!(r#"INSERT INTO "ChatMessage" ({columns}) VALUES ({theirs}, 7, 'latecomer', '{moment}')"#)).await;
    for word in ["overtaker", "follower"] {
        app.customer(8).says(ours, word).await;
        all_are_indexed(&app).await;
    }
    assert_eq!(found(&admin, "latecomer").await, NOTHING, "it is not committed");
    say("COMMIT".to_owned()).await;
    assert_eq!(found(&admin, "latecomer").await, [theirs]);

    for end in ["ROLLBACK", "COMMIT"] {
        let kept = customer.says(theirs, &format!("keepsake {end}")).await;
        say("BEGIN".to_owned()).await;
        say(format!(r#"UPDATE "ChatMessage" SET "message" = 'changed {end}' WHERE "id" = {kept}"#)).await;
        for n in 0..20 {
            app.customer(8).says(ours, &format!("meanwhile {end} {n}")).await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        say(end.to_owned()).await;
        let (there, gone) = if end == "COMMIT" { ("changed", "keepsake") } else { ("keepsake", "changed") };
        for _ in 0..2 {
            assert_eq!(found(&admin, &format!("{there} {end}")).await, [theirs]);
            assert_eq!(found(&admin, &format!("{gone} {end}")).await, NOTHING);
            assert_eq!(found(&admin, &format!("meanwhile {end} 19")).await, [ours]);
            all_are_indexed(&app).await;
        }
    }
    other.close().await.expect("the connection closes");
}

#[tokio::test]
async fn a_message_is_found_whose_id_is_below_those_that_another_program_gave() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let columns = r#""id", "chatRoomId", "senderId", "message", "createdAt""#;
    let insert = format!(
        "INSERT INTO \"ChatMessage\" ({columns}) VALUES (900000, {room}, 7, 'far ahead', '2026-11-01T00:00:00.000+00:00')"
    );
    app.database().execute(&insert).await;
    all_are_indexed(&app).await;
    for word in ["nearby", "nearer"] {
        customer.says(room, word).await;
        for _ in 0..2 {
            assert_eq!(found(&admin, word).await, [room], "{word}");
            all_are_indexed(&app).await;
        }
    }
    assert_eq!(found(&admin, "far ahead").await, [room]);
}

#[tokio::test]
async fn the_words_of_a_deleted_text_are_kept_nowhere() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let said = customer.says(room, "My number is hush4711, and hush0815 was the last one").await;
    customer.says(room, "The number hush0815").await;
    let connection = app.database().open().await;
    let kept = |word: &'static str| {
        let column = match connection.get_database_backend() {
            DbBackend::MySql => "`message` FROM `ChatMessage` WHERE `message`",
            _ => r#""word" FROM "ChatWord" WHERE "word""#,
        };
        let rows =
            Statement::from_string(connection.get_database_backend(), format!("SELECT {column} LIKE '%{word}%'"));
        let connection = &connection;
        async move { !connection.query_all_raw(rows).await.expect("rows").is_empty() }
    };
    eventually("the words are known", || async { (kept("hush4711").await && kept("hush0815").await).then_some(()) })
        .await;
    customer.delete(said).await.ok();
    eventually("the word is forgotten", || async { (!kept("hush4711").await).then_some(()) }).await;
    assert!(kept("hush0815").await, "another message has it");
    assert_eq!(found(&app.admin(1), "hush0815").await, [room]);
    all_are_indexed(&app).await;
    connection.close().await.expect("the database closes");
}

#[tokio::test]
async fn a_message_is_found_by_each_of_its_parts() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let said = [
        "Refund of order 4711-0815 (two shirts)",
        "the REFUNDED orders: 47110815",
        "Größe élan-Élan, ÉLANS & co.",
        "Budi_W@shop.nu says: \"it's 50%_off\"",
        "漢字かな交じり文 is mixed",
        "a b c d e f g",
        "C++ or R&D at AT&T?",
    ];
    let mut rooms = Vec::new();
    for (person, text) in (100..).zip(said) {
        let room = app.customer(person).new_room().await;
        app.customer(person).says(room, text).await;
        rooms.push((room, format!("{}\n{}", text.to_lowercase(), email(person))));
    }
    for indexed in [false, true] {
        for (_, text) in &rooms {
            let signs: Vec<char> = text.chars().take_while(|sign| *sign != '\n').collect();
            let parts = (3..=signs.len().min(12)).flat_map(|long| signs.windows(long));
            let parts = parts.map(|part| String::from_iter(part).trim().to_owned());
            for term in parts.filter(|part| part.chars().count() >= 3).step_by(if indexed { 1 } else { 7 }) {
                let mut expected: Vec<i64> =
                    rooms.iter().filter(|(_, text)| text.contains(&term)).map(|(room, _)| *room).collect();
                let mut found = found(&admin, &term).await;
                expected.sort_unstable();
                found.sort_unstable();
                assert_eq!(found, expected, "{term:?}, indexed: {indexed}");
            }
        }
        all_are_indexed(&app).await;
    }
}

#[tokio::test]
async fn a_customer_finds_their_own_however_many_others_have_the_same_words() {
    let app = TestApp::start().await;
    let (mine, other) = (app.customer(7), app.customer(8));
    let room = mine.new_room().await;
    mine.says(room, "a common word").await;
    let others = other.new_room().await;
    let rows = (0..6_000).map(|_| format!("({others}, 8, 'a common word', '2026-11-01T00:00:00.000+00:00')"));
    let rows = rows.collect::<Vec<_>>().join(", ");
    let columns = r#""chatRoomId", "senderId", "message", "createdAt""#;
    app.database().execute(&format!(r#"INSERT INTO "ChatMessage" ({columns}) VALUES {rows}"#)).await;
    all_are_indexed(&app).await;
    assert_eq!(found(&mine, "common").await, [room]);
    assert!(found(&app.admin(1), "common").await.contains(&others));
}

#[tokio::test]
async fn a_long_word_is_found_by_its_beginning_and_by_its_end() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let (mine, other) = (app.customer(7).new_room().await, app.customer(8).new_room().await);
    let endless = "x".repeat(3_000);
    app.customer(7).says(mine, &format!("my pneumonoultramicroscopicsilicovolcanoconiosis hurts {endless}")).await;
    app.customer(8).says(other, "my pneumonoultramicroscopicsilicovolcanitis hurts").await;
    for _ in 0..2 {
        for (term, rooms) in [
            ("my pneumonoultramicroscopicsilicovolcano", vec![mine]),
            ("my pneumonoultramicroscopicsilico", vec![other, mine]),
            ("my pneum", vec![other, mine]),
            ("ultramicroscopicsilicovolcanitis hurts", vec![other]),
            ("sis hurts xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", vec![mine]),
        ] {
            assert_eq!(found(&admin, term).await, rooms, "{term}");
        }
        all_are_indexed(&app).await;
    }
}

#[tokio::test]
async fn a_term_of_common_words_is_found_in_the_newest_messages_and_with_a_rare_one_everywhere() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    customer.says(room, "The parcel is a rarity").await;
    all_are_indexed(&app).await;
    let connection = app.database().open().await;
    if connection.get_database_backend() == DbBackend::Postgres {
        let count = r#"UPDATE "ChatWord" SET "messages" = 10000000 WHERE "word" <> 'rarity'"#;
        connection.execute_unprepared(count).await.expect("they are counted");
    }
    connection.close().await.expect("the database closes");
    for term in ["parcel", "arce", "the parcel is", "parcel is a rari", "RARITY"] {
        assert_eq!(found(&admin, term).await, [room], "{term}");
    }
    for term in ["parcels", "parcel of rarity", "the parcel was"] {
        assert_eq!(found(&admin, term).await, NOTHING, "{term}");
    }
}

#[tokio::test]
#[ignore = "needs a server with two sessions that write: scripts/with-database"]
async fn another_program_that_sees_only_what_was_there_at_first_may_change_a_message() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let said = customer.says(room, "anteater").await;
    all_are_indexed(&app).await;
    let other = app.database().open().await;
    let say = |statement: String| {
        let (statement, other) = (app.database().spelled(&statement), other.clone());
        async move { other.execute_unprepared(&statement).await.expect(&statement) }
    };
    for animal in ["buffalo", "capybara"] {
        let begin = match other.get_database_backend() {
            DbBackend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            _ => "BEGIN",
        };
        say(begin.to_owned()).await;
        say(r#"SELECT count(*) FROM "ChatMessage""#.to_owned()).await;
        customer.says(room, &format!("meanwhile {animal}")).await;
        all_are_indexed(&app).await;
        say(format!(r#"UPDATE "ChatMessage" SET "message" = 'a {animal}' WHERE "id" = {said}"#)).await;
        customer.says(room, &format!("and then {animal}")).await;
        all_are_indexed(&app).await;
        say("COMMIT".to_owned()).await;
        for _ in 0..2 {
            assert_eq!(found(&admin, &format!("a {animal}")).await, [room]);
            assert_eq!(found(&admin, "anteater").await, NOTHING);
            all_are_indexed(&app).await;
        }
    }
    other.close().await.expect("the connection closes");
}

async fn found(person: &Person, text: &str) -> Vec<i64> {
    numbers(&person.rooms(&[("search", text)]).await.ok(), "id")
}

/// Divides by zero if something waits to be indexed, or a message has other words than the index knows of.
const DISAGREEMENT_ON_POSTGRES: &str = r#"SELECT 1 / (count(*) = 0)::int FROM "ChatMessage"
    FULL JOIN "ChatMessageSearch" AS "indexed" USING ("id")
    CROSS JOIN LATERAL (SELECT coalesce(array_agg(
        ('x' || encode(substring(sha256(convert_to("word", 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint), '{}') AS "words"
        FROM regexp_split_to_table(translate("message", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'),
            '[\u0001-\u002f\u003a-\u0060\u007b-\u007f]+') AS "word" WHERE "word" <> '') AS "expected"
    WHERE "senderId" IS NULL OR "indexed"."words" IS NULL OR EXISTS (SELECT 1 FROM "ChatMessageChanged")
        OR NOT ("indexed"."words" <@ "expected"."words" AND "expected"."words" <@ "indexed"."words")
        OR EXISTS (SELECT 1 FROM unnest("indexed"."words") AS "known"("id")
            WHERE NOT EXISTS (SELECT 1 FROM "ChatWord" WHERE "ChatWord"."id" = "known"."id"))"#;

/// Waits until the search's index agrees with the messages; MySQL's comes with them.
async fn all_are_indexed(app: &TestApp) {
    let connection = app.database().open().await;
    let check = match connection.get_database_backend() {
        DbBackend::Sqlite => {
            r#"INSERT INTO "ChatMessageSearch"("ChatMessageSearch", rank) VALUES ('integrity-check', 1)"#
        }
        DbBackend::Postgres => DISAGREEMENT_ON_POSTGRES,
        _ => return,
    };
    eventually("all messages are indexed", || async { connection.execute_unprepared(check).await.ok() }).await;
    connection.close().await.expect("the database closes");
}
