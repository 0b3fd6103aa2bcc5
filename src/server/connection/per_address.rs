//! Limits how many connections one address has open.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Who has one IPv6 address has 2^64 of them: their network counts (RFC 6177: a site gets a /64 at least).
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

/// The open connections of each address.
#[derive(Debug)]
pub struct Addresses {
    limit: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One of them; it is closed when this is dropped.
#[derive(Debug)]
pub struct OpenConnection {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Addresses {
    pub fn new(limit: usize) -> Self {
        Self { limit, open: Mutex::default() }
    }

    /// One connection more, unless the address has as many as it may.
    pub fn open(self: &Arc<Self>, address: IpAddr) -> Option<OpenConnection> {
        let address = network(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(OpenConnection { addresses: Arc::clone(self), address })
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_leaves_nothing_behind() {
        let addresses = Arc::new(Addresses::new(2));
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let (first, second) = (addresses.open(one), addresses.open(one));
        assert!(first.is_some() && second.is_some() && addresses.open(one).is_none());
        assert!(addresses.open(other).is_some());
        drop(first);
        assert!(addresses.open(one).is_some());
        drop(second);
        assert!(addresses.open.lock().unwrap().is_empty());
    }
}
