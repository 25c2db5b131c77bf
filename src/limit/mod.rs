//! Token buckets for what one person or one address may do.

mod limiter;
mod local;
mod redis;

pub use self::redis::{SharedBuckets, SharedBucketsError};
pub use limiter::Limiter;
pub use local::{Bucket, Buckets, Exhausted};
