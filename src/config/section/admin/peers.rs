//! Reads `admin.peers`: admin listeners of other gateways, which the console shows.

use crate::server::Peer;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional, required};

/// Most gateways that are asked.
const LIMIT: usize = 32;

/// A row of `admin.peers`.
pub static PEER: Keys = Keys {
    what: "a row of `admin.peers`",
    keys: &[
        required("address", Shape::Text, "where its admin listener is: `http://10.1.2.3:8081`"),
        optional("token", Shape::Text, "its `admin.token`: `${env:NAME}` or `${file:PATH}`"),
        optional("name", Shape::Text, "what it is called in the console; left out: its host and port"),
        optional("tls", Shape::OneOf(&["on", "off"]), "off: what is said need not be encrypted, its token included"),
        optional("ca", Shape::Text, "a PEM file with certificate authorities in addition to those of the system"),
    ],
};

/// The rows of `admin.peers`; one that is wrong is told and left out.
pub fn peers(node: &Node, rows: &mut Rows<'_>) -> Vec<Peer> {
    let items = node.rows();
    if items.len() > LIMIT {
        rows.refuse(&node.span, format!("`admin.peers` has more than {LIMIT} rows"), "name those that matter");
    }
    items.iter().filter_map(|item| peer(item, rows)).collect()
}

fn peer(node: &Node, rows: &mut Rows<'_>) -> Option<Peer> {
    rows.reader.fields(node, &PEER)?;
    let is_encrypted = rows.is_encrypted(node);
    let address =
        rows.address(node.get("address")?, "address", &[("https://", true), ("http://", false)], is_encrypted)?;
    let (_, host) = address.split_once("://")?;
    if host.contains(['/', '?', '#']) {
        let help = "write scheme, host and port alone: `http://10.1.2.3:8081`";
        rows.refuse(&node.get("address")?.span, "this address has a path", help);
        return None;
    }
    let name = node.get("name").and_then(|node| rows.reader.text(node, "`name`")).unwrap_or(host).to_owned();
    let token = node.get("token").and_then(|node| rows.credential(node));
    Some(Peer { name, token, ca: rows.path(node, "ca"), address })
}
