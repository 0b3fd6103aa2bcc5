//! The table of connections: what lookups may ask, with where credentials stand, never the credentials themselves.

use crate::config::credentials::Rows;
use crate::config::keys::{HTTP_CONNECTION, LDAP_CONNECTION, SQL_CONNECTION};
use crate::config::value::Written;
use crate::diagnostic::{Report, code};
use crate::lookup::{Connection, HttpTarget, LdapTarget, Login, SqlTarget, Target};
use crate::rule::ConnectionKind;
use crate::yaml::{Entry, Node};

/// Connections at once to a database, and to a directory, unless a row says otherwise.
const AT_ONCE: u32 = 8;

/// Reads the table; mistakes are told, and the rows without one are given out.
pub fn connections(written: &Written, report: &mut Report) -> Vec<Connection> {
    if written.node.is_null() {
        return Vec::new();
    }
    let mut rows = Rows::new(&written.file, report, &code::BAD_CONNECTION);
    let entries = rows.reader.entries(&written.node, "`connections`").unwrap_or_default();
    entries.iter().filter_map(|entry| row(&mut rows, entry)).collect()
}

fn row(rows: &mut Rows<'_>, entry: &Entry) -> Option<Connection> {
    let node = &entry.value;
    rows.reader.entries(node, "a connection")?;
    let is_name = rows.name(entry, "a connection");
    let kinds = ConnectionKind::ALL.iter().filter(|(word, _)| node.get(word).is_some());
    let target = match kinds.collect::<Vec<_>>().as_slice() {
        [(_, ConnectionKind::Http)] => http(rows, node).map(Target::Http),
        [(_, ConnectionKind::Sql)] => sql(rows, node).map(Target::Sql),
        [(_, ConnectionKind::Ldap)] => ldap(rows, node).map(Target::Ldap),
        _ => {
            let help =
                "write `http: https://…`, `sql: postgres://…`, `mysql://…` or `sqlite:FILE`, or `ldap: ldaps://…`";
            rows.refuse(&entry.key_span, format!("connection `{}` needs one address", entry.key), help);
            None
        }
    };
    let place = rows.reader.place(&entry.key_span);
    Some(Connection { name: entry.key.clone(), place, target: target? }).filter(|_| is_name)
}

fn http(rows: &mut Rows<'_>, node: &Node) -> Option<HttpTarget> {
    rows.reader.fields(node, &HTTP_CONNECTION)?;
    let is_encrypted = rows.is_encrypted(node);
    let address = rows.address(node.get("http")?, "http", &[("https://", true), ("http://", false)], is_encrypted)?;
    let headers = rows.headers(node);
    let bearer = node.get("bearer").and_then(|node| rows.credential(node));
    let login = login(rows, node, "user");
    let caller = node.get("token").and_then(|node| rows.reader.one_of(node, "`token`", &[("caller", true)]));
    let is_header = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let credentials = [bearer.is_some(), login.is_some(), caller.is_some(), is_header];
    if credentials.iter().filter(|is_there| **is_there).count() > 1 {
        let help = "write one of `bearer`, `user` with `password`, `token: caller`, and the header `Authorization`";
        rows.refuse(&node.span, "a connection has one credential", help);
    }
    let (allow, ca) = (rows.networks(node), rows.path(node, "ca"));
    Some(HttpTarget {
        address,
        headers,
        bearer,
        login,
        forwards_caller: caller.is_some(),
        allow,
        ca,
        at_once: written_at_once(rows, node),
    })
}

fn sql(rows: &mut Rows<'_>, node: &Node) -> Option<SqlTarget> {
    rows.reader.fields(node, &SQL_CONNECTION)?;
    let schemes = [("postgres://", true), ("mysql://", true), ("sqlite:", true)];
    let address = rows.address(node.get("sql")?, "sql", &schemes, true)?;
    let (login, is_encrypted, ca) = (login(rows, node, "user"), rows.is_encrypted(node), rows.path(node, "ca"));
    rows.guard_password(node, &address, is_encrypted);
    Some(SqlTarget { address, login, is_encrypted, ca, at_once: written_at_once(rows, node).unwrap_or(AT_ONCE) })
}

fn ldap(rows: &mut Rows<'_>, node: &Node) -> Option<LdapTarget> {
    rows.reader.fields(node, &LDAP_CONNECTION)?;
    let address = rows.address(node.get("ldap")?, "ldap", &[("ldaps://", true), ("ldap://", true)], true)?;
    let base = node.get("base").and_then(|node| rows.reader.text(node, "`base`")).unwrap_or_default().to_owned();
    let (login, is_encrypted, ca) = (login(rows, node, "bind"), rows.is_encrypted(node), rows.path(node, "ca"));
    Some(LdapTarget { address, login, base, is_encrypted, ca, at_once: written_at_once(rows, node).unwrap_or(AT_ONCE) })
}

fn login(rows: &mut Rows<'_>, node: &Node, user: &str) -> Option<Login> {
    rows.login(node, user).map(|(user, password)| Login { user, password })
}

fn written_at_once(rows: &mut Rows<'_>, node: &Node) -> Option<u32> {
    let written = node.get("at_once").and_then(|node| rows.reader.whole(node, "`at_once`", 1..=1_000))?;
    u32::try_from(written).ok()
}
