//! `admin` of gateway.yaml: the admin listener, and where its token stands, never the token itself.

use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::code;
use crate::server::Peer;
use crate::setting::Rows;
use crate::yaml::keys::{Keys, Shape, optional, required};
use crate::yaml::{Content, Node};

/// Most gateways that are asked.
const PEERS_LIMIT: usize = 32;

/// A row of `admin.peers`.
static PEER: Keys = Keys {
    what: "a row of `admin.peers`",
    keys: &[
        required("address", Shape::Text, "where its admin listener is: `http://10.1.2.3:8081`"),
        optional("token", Shape::Text, "its `admin.token`: `${env:NAME}` or `${file:PATH}`"),
        optional("name", Shape::Text, "what it is called in the console; left out: its host and port"),
        optional("tls", Shape::OneOf(&["on", "off"]), "off: what is said need not be encrypted, its token included"),
        optional("ca", Shape::Text, "a PEM file with certificate authorities in addition to those of the system"),
    ],
};

section! {
    ADMIN "`admin`", take(draft, value, written) {
        // A variable of the environment is text, so that nothing has a word.
        "listen" own(Shape::Text) => if value.node.is_null() || value.node.scalar() == Some("off") {
            draft.settings.server.admin.listen = None;
        } else {
            put(&mut draft.settings.server.admin.listen, value.address().map(Some));
        }, "address and port of the admin listener; null or off: none";
        "token" own(Shape::Text) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.token =
                if value.node.is_null() { None } else { rows.credential(value.node) };
        }, "what has to be known to ask: `${env:NAME}` or `${file:PATH}`";
        "peers" own(Shape::ListOf(&Shape::Mapping(&PEER))) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.peers = peers(value.node, &mut rows);
        }, "admin listeners of other gateways, which the console shows beside this one";
        "unready_ms" whole(0..=600_000) => draft.settings.server.unready_ms,
            "time between a stop and the last new connection, in milliseconds";
    }
}

/// The rows of `admin.peers`; one that is wrong is told and left out.
fn peers(node: &Node, rows: &mut Rows<'_>) -> Vec<Peer> {
    let items = match &node.content {
        Content::List(items) => items.as_slice(),
        _ if node.is_null() => &[],
        _ => std::slice::from_ref(node),
    };
    if items.len() > PEERS_LIMIT {
        rows.refuse(&node.span, format!("`admin.peers` has more than {PEERS_LIMIT} rows"), "name those that matter");
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
