//! What the server answered, and what a test may demand of it.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// A complete answer; `call` tells in a failure what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) call: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} answered {}", self.call, self.text());
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.expect(200).json()
    }

    #[track_caller]
    pub(crate) fn created(self) -> Value {
        self.expect(201).json()
    }

    #[track_caller]
    pub(crate) fn no_content(self) {
        let answer = self.expect(204);
        assert!(answer.body.is_empty(), "{}: a 204 has no body", answer.call);
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} answered no JSON: {}", self.call, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A problem document with this status and code, complete in all members.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        let problem = self.problem(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// A problem document with this status.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> Value {
        let answer = self.expect(status);
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/problem+json"), "{} is {kind:?}", answer.call);
        let problem = answer.json();
        for member in ["type", "title", "detail", "code"] {
            let value = problem[member].as_str().unwrap_or_default();
            assert!(!value.is_empty(), "{}: no {member} in {problem}", answer.call);
        }
        assert_eq!(problem["status"], status, "{}: {problem}", answer.call);
        problem
    }

    /// A 400 that names `field` and says why.
    #[track_caller]
    pub(crate) fn invalid(self, field: &str) -> Value {
        let call = self.call.clone();
        let problem = self.refused(400, "invalid_input");
        let reasons = problem["errors"][field].as_array();
        let told = reasons.is_some_and(|reasons| !reasons.is_empty());
        assert!(told, "{call}: no reason for {field:?} in {problem}");
        problem
    }

    /// The address of the next page, as path and query.
    pub(crate) fn next_page(&self) -> Option<String> {
        let links = self.header("link")?;
        links.split(',').find(|link| link.contains("rel=\"next\"")).map(|link| {
            let target = link.split(['<', '>']).nth(1).expect("a target between < and >");
            let path = target.find("/api/").expect("a link leads to the API");
            target[path..].to_owned()
        })
    }

    /// Seconds to wait before the next try.
    #[track_caller]
    pub(crate) fn retry_after(&self) -> u64 {
        self.header("retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or_else(|| panic!("{}: no Retry-After in {:?}", self.call, self.headers))
    }
}

/// A number of a JSON value, most often an id.
#[track_caller]
pub(crate) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// One field of each element of an array, most often the ids.
#[track_caller]
pub(crate) fn numbers(array: &Value, field: &str) -> Vec<i64> {
    let array = array.as_array().unwrap_or_else(|| panic!("not an array: {array}"));
    array.iter().map(|element| number(&element[field])).collect()
}
