//! What every test stands on: the program as a child process, people as
//! typed clients, and a reader of event streams.

mod answer;
mod app;
mod cluster;
mod command;
mod database;
mod direct;
mod follower;
mod listen;
mod load;
mod parser;
mod person;
mod process;
mod proxy;
pub(crate) mod raw;
mod redis;
mod server;
mod slow;
mod stream;
pub(crate) mod tokens;
mod wait;

pub(crate) use answer::{Answer, number, numbers};
pub(crate) use app::TestApp;
pub(crate) use cluster::Cluster;
pub(crate) use command::{Finished, run};
pub(crate) use database::TestDatabase;
pub(crate) use follower::Follower;
pub(crate) use listen::Listen;
pub(crate) use load::Load;
pub(crate) use parser::Frame;
pub(crate) use person::{Person, send, try_send};
pub(crate) use proxy::Proxy;
pub(crate) use redis::TestRedis;
pub(crate) use server::TestServer;
pub(crate) use slow::SlowReader;
pub(crate) use stream::Stream;
pub(crate) use wait::{PATIENCE, eventually};
