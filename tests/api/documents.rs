//! Health, metrics, the `OpenAPI` document and the page that renders it.

use serde_json::Value;

use crate::harness::{Listen, TestApp};

#[tokio::test]
async fn a_serving_process_is_alive_and_ready() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        app.anonymous().get(path).await.expect(200);
    }
}

#[tokio::test]
async fn metrics_are_prometheus_text_about_what_happened() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let message = customer.says(room, "Hello").await;
    stream.until_message(message).await;
    let answer = app.anonymous().get("/metrics").await.expect(200);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{answer:?}");
    let text = answer.text();
    assert!(text.contains("# TYPE sapa_streams_open gauge"), "{text}");
    assert_eq!(app.metric("sapa_streams_open").await, Some(1.0));
    assert!(app.metric("sapa_deliveries_total").await >= Some(1.0));
    assert!(app.metric("sapa_http_requests_total").await >= Some(2.0));
    assert!(app.metric("sapa_commit_writes_count").await >= Some(2.0), "{text}");
    assert!(!text.contains(&format!("/api/chat/rooms/{room}")), "a label per room has no end: {text}");
}

#[tokio::test]
async fn strangers_make_no_metrics_of_their_own() {
    let app = TestApp::start().await;
    for n in 0..20 {
        let method = reqwest::Method::from_bytes(format!("BREW{n}").as_bytes()).expect("a method");
        crate::harness::send(app.anonymous().request(method, &format!("/made-up/{n}"))).await;
    }
    let text = app.anonymous().get("/metrics").await.expect(200).text();
    assert!(!text.contains("BREW") && !text.contains("made-up"), "{text}");
}

#[tokio::test]
async fn what_answers_get_answers_head_without_a_body() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz", "/docs", "/api/openapi.json", "/api/chat/config"] {
        let head = crate::harness::send(app.anonymous().request(reqwest::Method::HEAD, path)).await.expect(200);
        assert!(head.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn answers_about_people_are_kept_by_no_cache() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for path in ["/api/chat/rooms".to_owned(), format!("/api/chat/rooms/{room}"), "/api/chat/me".to_owned()] {
        let answer = customer.get(&path).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn metrics_can_be_turned_off() {
    let app = TestApp::with(&[("SAPA__SERVER__METRICS", "false")]).await;
    app.anonymous().get("/metrics").await.refused(404, "not_found");
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_complete() {
    let app = TestApp::start().await;
    let answer = app.anonymous().get("/api/openapi.json").await.expect(200);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
    let document = answer.json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    assert_eq!(document["info"]["version"], app.anonymous().get("/api/chat/config").await.ok()["version"]);
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            if !["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let told = operation["summary"].is_string() || operation["description"].is_string();
            assert!(told, "{method} {path} is not described");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
            if path.starts_with("/api/chat/rooms") {
                for status in ["401", "429"] {
                    assert!(responses.contains_key(status), "{method} {path} says nothing of {status}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/api/openapi.json").await.ok();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn the_page_that_renders_the_document_fetches_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let answer = app.anonymous().get("/docs").await.expect(200);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{answer:?}");
    let page = answer.text();
    let mut local = 0;
    for attribute in ["src=\"", "href=\""] {
        for part in page.split(attribute).skip(1) {
            let target = part.split('"').next().expect("a target");
            let elsewhere = target.contains("//") || target.starts_with("http");
            assert!(!elsewhere, "the page fetches {target}");
            if !target.starts_with("data:") && !target.starts_with('#') {
                let path = absolute(&answer.call, target);
                app.anonymous().get(&path).await.expect(200);
                local += 1;
            }
        }
    }
    assert!(local > 0, "the page has neither script nor style: {page}");
}

#[tokio::test]
async fn pages_and_answers_forbid_what_they_do_not_need() {
    let app = TestApp::start().await;
    for path in ["/", "/docs", "/api/chat/config"] {
        let answer = app.anonymous().get(path).await.expect(200);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    let page = app.anonymous().get("/").await;
    let policy = page.header("content-security-policy").expect("the page has a policy");
    assert!(policy.contains("default-src") && !policy.contains("unsafe-inline"), "{policy}");
}

fn collect_references(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => references.push(target.to_owned()),
                    _ => collect_references(member, references),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect_references(element, references)),
        _ => {}
    }
}

/// The path of `target` as the page at `call` means it.
fn absolute(call: &str, target: &str) -> String {
    let page = reqwest::Url::parse(call.split(' ').next_back().expect("an address")).expect("an address");
    page.join(target).expect("a target").path().to_owned()
}
