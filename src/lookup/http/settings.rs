//! A row of `connections` for an HTTP service.

use std::path::PathBuf;

use ipnet::IpNet;

use crate::lookup::row::{Login, at_once};
use crate::outside::Credential;
use crate::setting::Rows;
use crate::setting::keys::{ALLOW, BASIC_USER, BEARER, CA, ENCRYPTED, HEADERS, PASSWORD};
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional, required};

/// An HTTP service.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// Scheme, host, port and what stands before every path: `https://tenant.cymmetri.example`.
    pub address: String,
    pub headers: Vec<(String, Credential)>,
    /// Sent as `Authorization: Bearer …`.
    pub bearer: Option<Credential>,
    /// Sent as basic authorization.
    pub login: Option<Login>,
    /// Whether the caller's own bearer is sent in its place. It goes to this address and nowhere else.
    pub forwards_caller: bool,
    /// Networks beside the public ones that the host's name may lead to.
    pub allow: Vec<IpNet>,
    /// A PEM file with certificate authorities, beside those of the system.
    pub ca: Option<PathBuf>,
    /// Calls at once, of all lookups together; `None`: as many as they make.
    pub at_once: Option<u32>,
}

/// An HTTP service.
pub static KEYS: Keys = Keys {
    what: "an HTTP connection",
    keys: &[
        required("http", Shape::Text, "scheme, host, port and what stands before every path"),
        HEADERS,
        BEARER,
        BASIC_USER,
        PASSWORD,
        optional(
            "token",
            Shape::OneOf(&["caller"]),
            "caller: the bearer of the call that asks is sent on, to this host alone",
        ),
        ALLOW,
        ENCRYPTED,
        CA,
        optional("at_once", Shape::Whole, "calls at once; left out: as many as its lookups make"),
    ],
};

impl HttpTarget {
    /// Reads a row of `connections`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let is_encrypted = rows.is_encrypted(node);
        let address =
            rows.address(node.get("http")?, "http", &[("https://", true), ("http://", false)], is_encrypted)?;
        let headers = rows.headers(node);
        let bearer = node.get("bearer").and_then(|node| rows.credential(node));
        let login = Login::read(rows, node, "user");
        let caller = node.get("token").and_then(|node| rows.reader.one_of(node, "`token`", &[("caller", true)]));
        let is_header = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let credentials = [bearer.is_some(), login.is_some(), caller.is_some(), is_header];
        if credentials.iter().filter(|is_there| **is_there).count() > 1 {
            let help = "write one of `bearer`, `user` with `password`, `token: caller`, and the header `Authorization`";
            rows.refuse(&node.span, "a connection has one credential", help);
        }
        let (allow, ca) = (rows.networks(node), rows.path(node, "ca"));
        Some(Self {
            address,
            headers,
            bearer,
            login,
            forwards_caller: caller.is_some(),
            allow,
            ca,
            at_once: at_once(rows, node),
        })
    }
}
