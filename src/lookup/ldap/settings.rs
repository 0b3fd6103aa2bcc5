//! A row of `connections` for a directory.

use std::path::PathBuf;

use crate::lookup::row::{AT_ONCE, CONNECTIONS_AT_ONCE, Login, at_once};
use crate::setting::Rows;
use crate::setting::keys::{CA, ENCRYPTED, PASSWORD};
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional, required};

/// A directory.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "ldap"), expect(dead_code, reason = "read and checked by builds that ask no directories too"))]
pub struct LdapTarget {
    /// `ldaps://host`, or `ldap://host` for StartTLS.
    pub address: String,
    /// The name to bind as and its password; anonymous without.
    pub login: Option<Login>,
    /// Where searches begin that name no base of their own.
    pub base: String,
    /// Whether the connection must be encrypted and the server's certificate be valid.
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
    /// Connections at once.
    pub at_once: u32,
}

/// A directory.
pub static KEYS: Keys = Keys {
    what: "a directory connection",
    keys: &[
        required("ldap", Shape::Text, "ldaps://host, or ldap://host for StartTLS"),
        optional("bind", Shape::Text, "the name to bind as; left out: anonymous"),
        PASSWORD,
        optional("base", Shape::Text, "where searches begin that name no base of their own"),
        ENCRYPTED,
        CA,
        AT_ONCE,
    ],
};

impl LdapTarget {
    /// Reads a row of `connections`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let address = rows.address(node.get("ldap")?, "ldap", &[("ldaps://", true), ("ldap://", true)], true)?;
        let base = node.get("base").and_then(|node| rows.reader.text(node, "`base`")).unwrap_or_default().to_owned();
        let (login, is_encrypted, ca) =
            (Login::read(rows, node, "bind"), rows.is_encrypted(node), rows.path(node, "ca"));
        Some(Self {
            address,
            login,
            base,
            is_encrypted,
            ca,
            at_once: at_once(rows, node).unwrap_or(CONNECTIONS_AT_ONCE),
        })
    }
}
