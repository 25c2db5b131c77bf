//! Which stream a person asks for, and how.

use reqwest::RequestBuilder;

use super::person::escaped;

/// A request for a stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listen {
    query: Vec<(&'static str, String)>,
    last_event_id: Option<String>,
}

impl Listen {
    /// All rooms that the person may see.
    pub(crate) fn all() -> Self {
        Self::default()
    }

    pub(crate) fn room(room: i64) -> Self {
        Self::all().with("roomId", room)
    }

    /// Resumes by the `Last-Event-ID` header, as an `EventSource` does.
    pub(crate) fn after(mut self, id: impl ToString) -> Self {
        self.last_event_id = Some(id.to_string());
        self
    }

    /// Any parameter, such as `lastEventId`, `events` or `token`.
    pub(crate) fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.query.push((key, value.to_string()));
        self
    }

    /// Path and query.
    pub(crate) fn path(&self) -> String {
        let mut path = "/api/chat/sse".to_owned();
        for (index, (key, value)) in self.query.iter().enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(&format!("{key}={}", escaped(value)));
        }
        path
    }

    /// Path and query of `request` are set already; this adds the header.
    pub(super) fn applied_to(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("accept", "text/event-stream");
        match &self.last_event_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        }
    }
}
