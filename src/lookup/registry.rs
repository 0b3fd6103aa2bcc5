//! The registry of sources, a line for each kind, and reading `connections` of gateway.yaml.

use super::kind::SourceKind;
use super::settings::Connection;
use super::{http, ldap, sql};
use crate::rule::ConnectionKind;
use crate::setting::Rows;
use crate::yaml::keys::Shape;
use crate::yaml::{Entry, Node};

/// From the table: what answers each kind of lookup, and what a row of `connections` may be.
macro_rules! sources {
    ($($kind:ident is $source:expr;)*) => {
        fn source(kind: ConnectionKind) -> SourceKind {
            match kind {
                $(ConnectionKind::$kind => $source),*
            }
        }

        /// One row of `connections`: the key that only one kind has says which it is.
        pub const CONNECTION: Shape = Shape::Either(&[$(Shape::Mapping($source.keys)),*]);
    };
}

sources! {
    Http is http::KIND;
    Sql is sql::KIND;
    Ldap is ldap::KIND;
}

/// Reads the table; mistakes are told, and the rows without one are given out.
pub fn connections(node: &Node, rows: &mut Rows<'_>) -> Vec<Connection> {
    if node.is_null() {
        return Vec::new();
    }
    let entries = rows.reader.entries(node, "`connections`").unwrap_or_default();
    entries.iter().filter_map(|entry| row(rows, entry)).collect()
}

fn row(rows: &mut Rows<'_>, entry: &Entry) -> Option<Connection> {
    let node = &entry.value;
    rows.reader.entries(node, "a connection")?;
    let is_name = rows.name(entry, "a connection");
    let kinds: Vec<_> = ConnectionKind::ALL.iter().filter(|kind| node.get(kind.word()).is_some()).collect();
    let [kind] = kinds.as_slice() else {
        let help = format!("write {}", examples());
        rows.refuse(&entry.key_span, format!("connection `{}` needs one address", entry.key), &help);
        return None;
    };
    let source = source(**kind);
    let is_known = rows.reader.fields(node, source.keys).is_some();
    let target = if is_known { (source.read)(rows, node) } else { None };
    let place = rows.reader.place(&entry.key_span);
    Some(Connection { name: entry.key.clone(), place, kind: **kind, target: target? }).filter(|_| is_name)
}

/// How an address of each kind is written.
fn examples() -> String {
    let examples: Vec<&str> = ConnectionKind::ALL.iter().map(|kind| source(*kind).example).collect();
    match examples.as_slice() {
        [first @ .., last] => format!("{}, or {last}", first.join(", ")),
        [] => String::new(),
    }
}
