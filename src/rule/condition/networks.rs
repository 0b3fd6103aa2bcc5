//! Networks of addresses: `10.20.0.0/14`, `2001:db8::/32`. An IPv6 address that stands for an IPv4 one is that one.

use core::net::IpAddr;
use std::fmt;

use ipnet::{IpNet, Ipv4Net};

/// Networks, of which an address must be in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// Why a text is no network, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoNetwork {
    pub what: String,
    pub help: String,
}

/// How many bits of an IPv6 address say that an IPv4 one follows.
const MAPPED_BITS: u8 = 96;

impl Networks {
    /// Reads networks; a single address is the network that has no other.
    ///
    /// # Errors
    /// Says of the first text that is no network, by its place, what is wrong.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, (usize, NoNetwork)> {
        let networks = texts.into_iter().enumerate().map(|(place, text)| network(text).map_err(|why| (place, why)));
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }

    /// Whether the text is an address in one of them.
    #[must_use]
    pub fn contain(&self, text: &str) -> bool {
        address(text).is_some_and(|address| self.0.iter().any(|network| network.contains(&address)))
    }

    /// The networks.
    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }
}

/// The address that a text is; one of IPv4 that is written as one of IPv6 is that of IPv4.
#[must_use]
pub fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn network(text: &str) -> Result<IpNet, NoNetwork> {
    let example = "write a network such as `10.20.0.0/14` or `2001:db8::/32`, or a single address";
    let none = || NoNetwork { what: format!("`{text}` is not a network"), help: example.to_owned() };
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().map_err(|_| none())?),
    };
    let plain = plain(network);
    if plain.trunc() != plain {
        let what = format!("`{text}` has bits behind those that its network has");
        return Err(NoNetwork {
            what,
            help: format!("write `{}`, or `{}` for the one address", plain.trunc(), plain.addr()),
        });
    }
    Ok(plain)
}

fn plain(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let address = mapped.addr().to_ipv4_mapped().zip(mapped.prefix_len().checked_sub(MAPPED_BITS));
    let plain = address.and_then(|(address, bits)| Ipv4Net::new(address, bits).ok());
    plain.map_or(network, IpNet::V4)
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&networks.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_networks_however_it_is_written() {
        let cases = [
            (
                "10.20.0.0/14",
                &["10.20.0.0", "10.23.255.255", "::ffff:10.21.2.3"][..],
                &["10.24.0.0", "10.19.255.255"][..],
            ),
            ("::ffff:10.20.0.0/110", &["10.20.0.1"], &["10.24.0.0"]),
            ("192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"], &["192.0.2.8", "192.0.2.7/32"]),
            ("2001:db8::/32", &["2001:db8::1", "2001:DB8:ffff::"], &["2001:db9::", "10.20.0.1"]),
            ("0.0.0.0/0", &["1.2.3.4"], &["::1"]),
            ("::/0", &["::1"], &["1.2.3.4", "::ffff:1.2.3.4"]),
        ];
        for (network, within, outside) in cases {
            let networks = Networks::read([network]).unwrap();
            within.iter().for_each(|address| assert!(networks.contain(address), "{address} in {network}"));
            let none = ["", " ", "localhost", "10.20.1", "10.20.1.2 ", "10.20.1.2:80", "fe80::1%eth0"];
            for address in outside.iter().chain(&none) {
                assert!(!networks.contain(address), "{address} in {network}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_told_with_what_to_write() {
        let cases = [
            ("10.20.1.0/14", "write `10.20.0.0/14`"),
            ("10.20.0.0/33", "write a network"),
            ("10.20", "write a network"),
            ("10.20.0.0/255.252.0.0", "write a network"),
            ("office", "write a network"),
            ("", "write a network"),
        ];
        for (text, help) in cases {
            let (place, why) = Networks::read(["10.0.0.0/8", text]).unwrap_err();
            assert_eq!(place, 1);
            assert!(why.help.starts_with(help), "{text}: {why:?}");
        }
    }
}
