//! Authenticates a call by the address it comes from.

use std::net::IpAddr;

use ipnet::IpNet;

use super::origin::contain;
use super::reason::Reason;
use super::verdict::{Found, Refused};

pub(super) fn judge(allow: &[IpNet], origin: Option<IpAddr>) -> Found {
    match origin {
        Some(address) if contain(allow, address) => Ok(format!("the call comes from {address}, which is listed")),
        Some(address) => {
            let why = format!("the call comes from {address}, which is not in `auth.address`");
            Err(Refused::new(Reason::AddressForeign, why))
        }
        None => {
            let why = "a trusted proxy forwards no address in `X-Forwarded-For` that can be read";
            Err(Refused::new(Reason::AddressUnknown, why))
        }
    }
}
