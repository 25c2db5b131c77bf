//! The queries that the conversation operations share.
