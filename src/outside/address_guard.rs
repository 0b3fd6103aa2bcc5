//! Says which addresses may be called: public ones, and those that gateway.yaml lists.
//!
//! A name may lead anywhere, so the address is checked, again for each connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Networks of IPv4 that are no public hosts (IANA's special-purpose registry): this host, private, shared by carriers,
/// loopback, link-local (where clouds answer with credentials), assignments, documentation, relays, benchmarks, multicast, reserved.
const SPECIAL_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Which addresses one connection may call.
#[derive(Clone, Debug, Default)]
pub struct AddressGuard {
    /// Networks beside the public ones.
    allow: Vec<IpNet>,
}

impl AddressGuard {
    /// A guard that lets through what is public, and these networks.
    #[must_use]
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// A guard that lets through every address: for one that an operator names for this call alone.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self::new(vec![Ipv4Net::default().into(), Ipv6Net::default().into()])
    }

    /// Whether the address may be called.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = plain(address);
        self.allow.iter().any(|network| network.contains(&address)) || is_public(address)
    }
}

/// An address of IPv4 that is written as one of IPv6 is that of IPv4.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => inner(address).map_or(IpAddr::V6(address), IpAddr::V4),
        address @ IpAddr::V4(_) => address,
    }
}

/// The address of IPv4 inside: mapped or compatible, translated (`64:ff9b::/96`), of a 6to4 relay (`2002::/16`). Where it stands in
/// translations of a network's own (`64:ff9b:1::/48`, RFC 8215) only that network knows: they stay addresses of IPv6, and no public ones.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    let [.., high, low] = parts;
    match parts {
        // `::` and `::1` are addresses of IPv6.
        [0, 0, 0, 0, 0, 0, ..] if (high, low) > (0, 1) => Some(of(high, low)),
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            Some(of(high, low))
        }
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let is_in = |(network, bits): &(Ipv4Addr, u8)| {
                Ipv4Net::new(*network, *bits).is_ok_and(|network| network.contains(&address))
            };
            !SPECIAL_V4.iter().any(is_in)
        }
        // Of IPv6 only 2000::/3 is given out; in it Teredo, benchmarks, documentation and the like are no hosts.
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            let is_given_out = first & 0xe000 == 0x2000;
            let is_special = first == 0x2001 && (second < 0x200 || second == 0xdb8) || first == 0x3fff;
            is_given_out && !is_special
        }
    }
}

/// What finds the addresses of a name.
pub type Names = dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Names are looked up here, and only addresses that may be called come out.
pub(super) struct Resolver {
    pub(super) guard: AddressGuard,
    pub(super) names: Arc<Names>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, found) = (self.guard.clone(), (self.names)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = found.await?;
            let is_empty = found.is_empty();
            let admitted: Vec<SocketAddr> = found.into_iter().filter(|address| guard.admits(address.ip())).collect();
            match (admitted.is_empty(), is_empty) {
                (false, _) => Ok(Box::new(admitted.into_iter()) as Addrs),
                (true, true) => Err(Box::new(std::io::Error::other("the host has no address")) as _),
                (true, false) => Err(Box::new(Forbidden) as _),
            }
        })
    }
}

/// The host's name leads to addresses that may not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forbidden;

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host leads to a private address that is not listed under `allow`")
    }
}

impl std::error::Error for Forbidden {}

/// The operating system's own.
pub(super) fn system() -> Arc<Names> {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>()) }))
}
