//! Keys: hashes by which a value finds the tests on equality, membership, elements, beginnings and ends that it may
//! pass.
//!
//! Different values hardly ever share a key; where they do, an entry is evaluated in vain, nothing else.

use core::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::event::{Segment, Shape, View, ascii_fingerprint, fingerprint, folded, mixed, nfc, number};
use crate::rule::condition::address;

/// What of a value makes its keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Facet {
    pub of: Of,
    /// Whether capital letters count as small ones.
    pub is_folded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Of {
    /// The value itself.
    Whole,
    /// Each element of a list.
    Elements,
    /// The first so many bytes of a text.
    Beginning(usize),
    /// The last so many bytes of a text.
    End(usize),
    /// The field of each element to which these names lead.
    Field(Arc<[String]>),
    /// The first so many bits of an address.
    Network { is_v6: bool, bits: u8 },
}

impl Facet {
    /// Gives out each key that the value has.
    pub(super) fn keys(&self, value: View<'_>, mut found: impl FnMut(u64)) {
        match (&self.of, value.shape()) {
            (Of::Whole, _) => scalar(value, self.is_folded).into_iter().for_each(found),
            (Of::Elements, Shape::List(list)) => {
                list.iter().filter_map(|item| scalar(item, self.is_folded)).for_each(found);
            }
            (Of::Beginning(length), Shape::Text(text)) => self.part(&text, |text| text.get(..*length), found),
            (Of::End(length), Shape::Text(text)) => {
                self.part(&text, |text| text.get(text.len().checked_sub(*length)?..), &mut found);
            }
            (Of::Field(names), Shape::List(list)) => {
                let field = |item: View<'_>| {
                    let field = names.iter().try_fold(item, |value, name| value.field(name))?;
                    scalar(field, self.is_folded)
                };
                list.iter().filter_map(field).for_each(&mut found);
            }
            (Of::Network { is_v6, bits }, Shape::Text(text)) => {
                let address = address(&text).filter(|address| address.is_ipv6() == *is_v6);
                address.and_then(|address| in_network(address, *bits)).into_iter().for_each(found);
            }
            _ => {}
        }
    }

    fn part(&self, text: &str, part: impl Fn(&[u8]) -> Option<&[u8]>, found: impl FnMut(u64)) {
        let key = match self.is_folded {
            true => part(folded(text).as_bytes()).map(fingerprint),
            false => part(nfc(text).as_bytes()).map(fingerprint),
        };
        key.into_iter().for_each(found);
    }
}

/// What leads to a field of an element; `None` where the way leads through a list.
pub(super) fn of_field(steps: &[Segment]) -> Option<Of> {
    let names = steps.iter().map(|step| match step {
        Segment::Key(name) => Some(name.to_string()),
        Segment::Index(_) => None,
    });
    Some(Of::Field(names.collect::<Option<_>>()?))
}

/// The key of the network of so many bits in which an address is.
pub(super) fn in_network(address: IpAddr, bits: u8) -> Option<u64> {
    let network = IpNet::new(address, bits).ok()?.network();
    Some(match network {
        IpAddr::V4(network) => fingerprint(&network.octets()),
        IpAddr::V6(network) => fingerprint(&network.octets()),
    })
}

/// The key of a value that is neither list nor object; those are equal to others in ways that no key tells.
#[must_use]
pub fn scalar(value: View<'_>, is_folded: bool) -> Option<u64> {
    match value.shape() {
        Shape::Text(text) if is_folded => Some(fingerprint(folded(&text).as_bytes())),
        Shape::Text(text) => Some(ascii_fingerprint(&text).unwrap_or_else(|| fingerprint(nfc(&text).as_bytes()))),
        Shape::Number(number) => Some(number::worth(number).fingerprint()),
        Shape::Bool(value) => Some(mixed(u64::MAX, u64::from(value))),
        Shape::Null | Shape::List(_) | Shape::Map(_) | Shape::Secret(_) => None,
    }
}
