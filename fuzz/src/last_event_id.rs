//! Where a stream goes on: a line with the address, then a line for each header.

use std::borrow::Cow;

use sapa::{dialect::support::fuzzing::resume, http::QueryMap, service::stream::Resume};

pub(crate) fn check(input: &[u8]) {
    let Some(request) = crate::credential::request(input) else { return };
    let header = request.headers().get("last-event-id").map(|value| String::from_utf8_lossy(value.as_bytes()));
    let header = header.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(Cow::Borrowed);
    let sent = header.or_else(|| QueryMap::of(&request).take("lastEventId").map(Cow::Owned));
    match (resume(&request), sent) {
        (Resume::New, None) => {}
        (Resume::After(id), Some(sent)) => {
            assert!(id >= 0);
            assert_eq!(sent.trim_start_matches('0'), id.to_string().trim_start_matches('0'));
        }
        (Resume::Unknown, Some(sent)) => {
            let fits = !sent.is_empty() && sent.len() <= 18 && sent.bytes().all(|byte| byte.is_ascii_digit());
            assert!(!fits, "{sent:?} is an id");
        }
        (resume, sent) => panic!("{sent:?} was read as {resume:?}"),
    }
}
