//! Finds lists of networks that hold for every address: they keep nobody out, or trust everybody.

use std::net::IpAddr;

use ipnet::IpNet;

/// The widest networks that are anybody's own: `10.0.0.0/8` (RFC 1918), and `fc00::/7` (RFC 4193).
const OWN_IPV4_BITS: u8 = 8;
const OWN_IPV6_BITS: u8 = 7;
/// Where IPv4 addresses stand among those of IPv6 (RFC 4291, section 2.5.5.2).
const MAPPED_BITS: u8 = 96;

/// Whether the networks hold every address of IPv4 or of IPv6, alone or together.
pub fn is_everybody(networks: &[IpNet]) -> bool {
    IpNet::aggregate(&networks.iter().map(plain).collect()).iter().any(|network| network.prefix_len() == 0)
}

/// Whether the network is wider than any that somebody has to himself.
pub fn is_wide(network: &IpNet) -> bool {
    match plain(network) {
        IpNet::V4(network) => network.prefix_len() < OWN_IPV4_BITS,
        IpNet::V6(network) => network.prefix_len() < OWN_IPV6_BITS,
    }
}

/// `::ffff:0:0/96` is 0.0.0.0/0.
fn plain(network: &IpNet) -> IpNet {
    let IpAddr::V4(address) = network.addr().to_canonical() else { return *network };
    let bits = match network {
        IpNet::V4(network) => Some(network.prefix_len()),
        IpNet::V6(network) => network.prefix_len().checked_sub(MAPPED_BITS),
    };
    bits.and_then(|bits| IpNet::new(address.into(), bits).ok()).unwrap_or(*network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn everybody_is_everybody_in_how_many_pieces_ever() {
        let quarters = ["0.0.0.0/2", "64.0.0.0/2", "192.0.0.0/2", "128.0.0.0/2"];
        let eighths: Vec<String> = (0..8).map(|part| format!("{:x}::/3", part << 13)).collect();
        for all in [
            &["0.0.0.0/0"][..],
            &["::/0"],
            &["10.0.0.0/8", "255.1.2.3/0"],
            &["0.0.0.0/1", "128.0.0.0/1"],
            &["128.0.0.0/1", "10.0.0.0/8", "0.0.0.0/1"],
            &["::/1", "8000::/1"],
            &quarters,
            &eighths.iter().map(|text| &**text).collect::<Vec<_>>(),
            &["::ffff:0:0/96"],
            &["::ffff:0:0/97", "128.0.0.0/1"],
        ] {
            assert!(is_everybody(&networks(all)), "{all:?}");
        }
        for some in [&["10.0.0.0/8"][..], &["0.0.0.0/1"], &["0.0.0.0/1", "128.0.0.0/2"], &["::/1", "0.0.0.0/1"], &[]] {
            assert!(!is_everybody(&networks(some)), "{some:?}");
        }
    }

    #[test]
    fn wide_is_what_nobody_has_to_himself() {
        let are_wide = |texts: &[&str]| networks(texts).iter().map(is_wide).collect::<Vec<_>>();
        assert_eq!(are_wide(&["10.0.0.0/8", "fc00::/7", "192.168.0.1/32", "::1/128"]), [false; 4]);
        assert_eq!(are_wide(&["0.0.0.0/0", "8.0.0.0/7", "2000::/3", "::/0", "::ffff:0:0/96"]), [true; 5]);
    }
}
