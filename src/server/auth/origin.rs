//! Finds the address a call comes from: the peer's, or the one that a trusted proxy forwards.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Most proxies that are walked through.
const HOP_LIMIT: usize = 32;

/// The address that a call comes from; none if a trusted proxy forwards something that is no address.
///
/// Each proxy appends whom it was called by, and what stands before that anybody may have written. So the list is walked
/// from its right end, as long as those who wrote it are trusted. `Forwarded` (RFC 7239) is not read: a proxy that manages
/// one of the two headers lets the other through as the caller wrote it.
pub(in crate::server) fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| contain(trusted, address);
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return Some(address);
    }
    let lines: Vec<&[u8]> = headers.get_all(X_FORWARDED_FOR).map(HeaderValue::as_bytes).collect();
    let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    for _ in 0..HOP_LIMIT {
        let Some(entry) = entries.next() else { return Some(address) };
        address = std::str::from_utf8(entry).ok().and_then(|text| read(text.trim_matches([' ', '\t'])))?;
        if !is_trusted(address) {
            return Some(address);
        }
    }
    None
}

/// Whether one of the networks has the address.
pub(super) fn contain(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn read(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: Option<IpAddr> = text.parse().ok().or_else(bracketed);
    address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip())).map(|address| address.to_canonical())
}
