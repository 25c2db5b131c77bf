//! The parameters of a query string, and ids in paths.

use actix_web::{HttpRequest, http::Uri, test::TestRequest};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sapa::http::{QueryMap, id_of};

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(id) = id_of(text) {
        assert!(id > 0 && text.trim_start_matches('0') == id.to_string());
    }
    if let Some(request) = request(text) {
        let mut query = QueryMap::of(&request);
        if let Ok(limit) = query.take_limit(50, 100) {
            assert!((1..=100).contains(&limit));
        }
        if let Ok(list) = query.take_list("status", "a word", |item| Some(item.to_owned())) {
            assert!(list.len() <= 50);
        }
        assert!(query.take("search").is_none_or(|value| !value.is_empty()));
    }
    // Any text comes through an address whole; an empty one is none.
    let request = request(&format!("search={}", utf8_percent_encode(text, NON_ALPHANUMERIC)));
    if let Some(request) = request {
        assert_eq!(QueryMap::of(&request).take("search").unwrap_or_default(), text);
    }
}

fn request(query: &str) -> Option<HttpRequest> {
    let address = format!("/api/chat/rooms?{query}");
    address.parse::<Uri>().ok().map(|_| TestRequest::with_uri(&address).to_http_request())
}
