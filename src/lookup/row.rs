//! What rows of several kinds of sources share in gateway.yaml.

use crate::outside::Credential;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Key, Shape, optional};

/// A user and a password.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: Credential,
    pub password: Credential,
}

impl Login {
    /// What `user` (or `bind`) and `password` say.
    pub fn read(rows: &mut Rows<'_>, node: &Node, user: &str) -> Option<Self> {
        rows.login(node, user).map(|(user, password)| Self { user, password })
    }
}

/// Questions at once to a database, and to a directory, unless a row says otherwise.
pub const CONNECTIONS_AT_ONCE: u32 = 8;
pub const AT_ONCE: Key = optional("at_once", Shape::Whole, "connections at once; left out: 8");

/// What `at_once` says.
pub fn at_once(rows: &mut Rows<'_>, node: &Node) -> Option<u32> {
    let written = node.get("at_once").and_then(|node| rows.reader.whole(node, "`at_once`", 1..=1_000))?;
    u32::try_from(written).ok()
}
