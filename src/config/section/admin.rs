//! The admin listener: what may be set about it, and its token, with where it stands, never the token itself.

use crate::outside::Credential;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional};

/// The keys of `admin`.
pub static ADMIN: Keys = Keys {
    what: "`admin`",
    keys: &[
        optional("listen", Shape::Text, "address and port of the admin listener; null or off: none"),
        optional("token", Shape::Text, "what has to be known to ask: `${env:NAME}` or `${file:PATH}`"),
        optional("unready_ms", Shape::Whole, "time between a stop and the last new connection, in milliseconds"),
    ],
};

/// The token; null is none.
pub fn token(node: &Node, rows: &mut Rows<'_>) -> Option<Credential> {
    if node.is_null() { None } else { rows.credential(node) }
}
