//! A row of `connections` for a database.

use std::path::PathBuf;

use crate::lookup::row::{AT_ONCE, CONNECTIONS_AT_ONCE, Login, at_once};
use crate::setting::Rows;
use crate::setting::keys::{CA, CLEARTEXT, ENCRYPTED, PASSWORD, USER};
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, required};

/// A database.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    expect(dead_code, reason = "read and checked by builds that ask no servers too")
)]
pub struct SqlTarget {
    /// `postgres://host/database`, `mysql://host/database`, `sqlite:FILE`.
    pub address: String,
    pub login: Option<Login>,
    /// Whether the connection must be encrypted and the server's certificate be valid.
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
    /// Connections at once.
    pub at_once: u32,
}

/// A database.
pub static KEYS: Keys = Keys {
    what: "a database connection",
    keys: &[
        required("sql", Shape::Text, "postgres://host/database, mysql://host/database or sqlite:FILE"),
        USER,
        PASSWORD,
        ENCRYPTED,
        CLEARTEXT,
        CA,
        AT_ONCE,
    ],
};

impl SqlTarget {
    /// Reads a row of `connections`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let schemes = [("postgres://", true), ("mysql://", true), ("sqlite:", true)];
        let address = rows.address(node.get("sql")?, "sql", &schemes, true)?;
        let (login, is_encrypted, ca) =
            (Login::read(rows, node, "user"), rows.is_encrypted(node), rows.path(node, "ca"));
        rows.guard_password(node, &address, is_encrypted);
        Some(Self { address, login, is_encrypted, ca, at_once: at_once(rows, node).unwrap_or(CONNECTIONS_AT_ONCE) })
    }
}
