//! Where a request comes from: a line with the peer's address, then a line for each `X-Forwarded-For`.

use std::net::{IpAddr, SocketAddr};

use actix_web::{http::header::HeaderValue, test::TestRequest};
use ipnet::IpNet;
use sapa::http::ClientAddress;

pub(crate) fn check(input: &[u8]) {
    let trusted: [IpNet; 2] = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
    let mut lines = input.split(|byte| *byte == b'\n');
    let Some(peer) = lines.next().and_then(|peer| str::from_utf8(peer).ok()).and_then(|peer| peer.parse().ok()) else {
        return;
    };
    let mut request = TestRequest::default().peer_addr(SocketAddr::new(peer, 1));
    let mut told: Vec<Option<IpAddr>> = Vec::new();
    for line in lines {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        if let Ok(text) = value.to_str() {
            told.extend(text.split(',').map(|address| address.trim().parse().ok()));
        }
        request = request.append_header(("x-forwarded-for", value));
    }
    let ClientAddress(client) = ClientAddress::of(&request.to_http_request(), &trusted);

    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        assert_eq!(client, peer, "a stranger was believed");
        return;
    }
    // What stands left of a stranger, or of nonsense, was written by whoever wanted to.
    let believed = told.iter().rev().take_while(|address| address.is_some_and(is_trusted)).count();
    let stranger = told.iter().rev().nth(believed).copied().flatten();
    let last = told.iter().rev().take(believed).next_back().copied().flatten();
    assert_eq!(client, stranger.or(last).unwrap_or(peer).to_canonical());
}
