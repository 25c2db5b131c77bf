//! Joining the other processes on the same database.

use std::{net::SocketAddr, sync::Arc};

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    config::Settings,
    hub::{Backplane, Heard, Joined, NodeId, Peers, RedisBackplane, RedisSettings, RedisUrlError},
    telemetry::Metrics,
};

/// What a process has of the others.
pub(super) struct Others {
    /// The way to them, if there is one.
    pub(super) backplane: Option<Arc<dyn Backplane>>,
    /// What they say.
    pub(super) heard: Option<mpsc::Receiver<Heard>>,
    /// The task that holds the connection.
    pub(super) link: Option<JoinHandle<()>>,
    /// Where they are.
    pub(super) peers: Peers,
}

/// Joins the others over Redis, if that is set. `listening` is where this process serves; `tls` whether by TLS, which
/// others cannot check the name of, so that it is not reached by them unless `cluster.address` says where. What they tell
/// each other is sealed with the secret of their tokens or sessions, if they have one.
pub(super) fn join(
    settings: &Settings,
    listening: SocketAddr,
    tls: bool,
    metrics: Metrics,
) -> Result<Others, RedisUrlError> {
    let node = NodeId::random();
    let Some(url) = settings.cluster.redis() else {
        return Ok(Others { backplane: None, heard: None, link: None, peers: Peers::new(node, None) });
    };
    let secret = settings.auth.secret().or(settings.auth.session_secret());
    let redis = RedisSettings { url: url.clone(), prefix: settings.cluster.prefix.clone(), secret: secret.cloned() };
    let address = match settings.cluster.address.parse() {
        Ok(address) => Some(address),
        Err(_) if tls => None,
        Err(_) if !listening.ip().is_unspecified() => Some(listening),
        Err(_) => redis.own_address()?.map(|ip| SocketAddr::new(ip, listening.port())),
    };
    match address {
        Some(address) => tracing::debug!(%address, "other processes hand polled sessions over to this address"),
        None => tracing::warn!("other processes do not reach this one; polling clients need sticky sessions"),
    }
    let Joined { backplane, heard, link } = RedisBackplane::start(&redis, node.clone(), metrics)?;
    Ok(Others { backplane: Some(backplane), heard: Some(heard), link: Some(link), peers: Peers::new(node, address) })
}
