//! The address that a request comes from, and how many it may send.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    Error, HttpRequest, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use ipnet::IpNet;

use super::{Problem, sse::retry_later};
use crate::{limit::Exhausted, state::State};

/// Paths that a balancer or a scraper asks all the time, and those of Socket.IO, which counts new sessions itself.
const UNLIMITED: [&str; 5] = ["/healthz", "/readyz", "/metrics", "/socket.io", "/socket.io/"];

/// After a restart a whole office reconnects from one address at once, and an `EventSource` that is answered 429 never
/// comes back, so it is told to come later instead.
const STREAM: &str = "/api/chat/sse";

/// Where a request comes from: the peer, or what a trusted proxy says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address of a request. `X-Forwarded-For` counts only from a trusted peer; it is read from its end, over all
    /// trusted proxies, since what stands before the first untrusted address was written by the client.
    pub fn of(request: &HttpRequest, trusted: &[IpNet]) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        let forwarded = request
            .headers()
            .get_all(header::X_FORWARDED_FOR)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|address| address.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical()));
        Self(beyond_proxies(peer, &forwarded.collect::<Vec<_>>(), trusted))
    }
}

fn beyond_proxies(peer: IpAddr, forwarded: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer;
    for address in forwarded.iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        let Some(address) = address else { break };
        client = *address;
    }
    client
}

/// Middleware: answers 429 to an address that sends too much; a stream ends at once and announces when to come back.
///
/// # Errors
/// The inner service's error.
pub async fn limit_addresses<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    if let Some(state) = state.filter(|_| !UNLIMITED.contains(&request.path()))
        && let Err(problem) = admit(&state, request.request()).await
    {
        let answer = match request.path() {
            STREAM => retry_later(&state.settings.stream),
            _ => problem.error_response(),
        };
        return Ok(request.into_response(answer));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Counts a request of an address.
///
/// # Errors
/// 429 when it has sent too many.
pub async fn admit(state: &State, request: &HttpRequest) -> Result<(), Problem> {
    let ClientAddress(address) = ClientAddress::of(request, &state.settings.server.trusted_proxies);
    let refused =
        |refusal: Exhausted| Problem::rate_limited("too many requests from this address", refusal.retry_after);
    state.limits.requests.take(&bucket(address)).await.map_err(refused)
}

/// An IPv6 customer usually has a /64, so single addresses of it are not counted apart.
fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{IpAddr, IpNet, beyond_proxies};

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_a_trusted_peer_is_believed_and_only_up_to_the_first_stranger() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().expect("a network")];
        let chain = |list: &[&str]| list.iter().map(|text| text.parse().ok()).collect::<Vec<_>>();
        let spoofed = chain(&["1.1.1.1"]);
        assert_eq!(beyond_proxies(ip("9.9.9.9"), &spoofed, &trusted), ip("9.9.9.9"));
        assert_eq!(beyond_proxies(ip("10.0.0.1"), &spoofed, &trusted), ip("1.1.1.1"));
        let through_two = chain(&["6.6.6.6", "1.1.1.1", "10.0.0.2"]);
        assert_eq!(beyond_proxies(ip("10.0.0.1"), &through_two, &trusted), ip("1.1.1.1"));
        let broken = chain(&["1.1.1.1", "nonsense"]);
        assert_eq!(beyond_proxies(ip("10.0.0.1"), &broken, &trusted), ip("10.0.0.1"));
        assert_eq!(beyond_proxies(ip("10.0.0.1"), &[], &trusted), ip("10.0.0.1"));
    }
}
