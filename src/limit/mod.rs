//! Token buckets for what one person or one address may do.

mod local;

pub use local::{Bucket, Buckets, Exhausted};
