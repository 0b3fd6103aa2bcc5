//! The table of connections: what lookups may ask, with where credentials stand, never the credentials themselves.

use std::net::IpAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

use super::keys::{HTTP_CONNECTION, LDAP_CONNECTION, SQL_CONNECTION};
use super::layer::Written;
use crate::diagnostic::Report;
use crate::lookup::{Connection, HttpTarget, LdapTarget, Login, SqlTarget, Target};
use crate::outside::Credential;
use crate::rule::syntax::{Entry, Node};
use crate::rule::{ConnectionKind, Reader, code};

/// Connections at once to a database, and to a directory, unless a row says otherwise.
const AT_ONCE: u64 = 8;

/// Reads the table; mistakes are told, and the rows without one are given out.
pub(super) fn connections(written: &Written, report: &mut Report) -> Vec<Connection> {
    let mut rows = Rows { reader: Reader { file: Arc::clone(&written.file), report } };
    if written.node.is_null() {
        return Vec::new();
    }
    let entries = rows.reader.entries(&written.node, "`connections`").unwrap_or_default();
    entries.iter().filter_map(|entry| rows.row(entry)).collect()
}

struct Rows<'r> {
    reader: Reader<'r>,
}

impl Rows<'_> {
    fn refuse(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        let finding = self.reader.mistake(&code::BAD_CONNECTION, span, message);
        self.reader.push(finding.help(help));
    }

    fn row(&mut self, entry: &Entry) -> Option<Connection> {
        let node = &entry.value;
        self.reader.entries(node, "a connection")?;
        let is_name = !entry.key.is_empty() && entry.key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !is_name {
            let help = "a name consists of letters, digits, `-` and `_`";
            self.refuse(&entry.key_span, format!("`{}` cannot be a connection's name", entry.key), help);
        }
        let kinds = ConnectionKind::ALL.iter().filter(|(word, _)| node.get(word).is_some());
        let target = match kinds.collect::<Vec<_>>().as_slice() {
            [(_, ConnectionKind::Http)] => self.http(node).map(Target::Http),
            [(_, ConnectionKind::Sql)] => self.sql(node).map(Target::Sql),
            [(_, ConnectionKind::Ldap)] => self.ldap(node).map(Target::Ldap),
            _ => {
                let help =
                    "write `http: https://…`, `sql: postgres://…`, `mysql://…` or `sqlite:FILE`, or `ldap: ldaps://…`";
                self.refuse(&entry.key_span, format!("connection `{}` needs one address", entry.key), help);
                None
            }
        };
        Some(Connection { name: entry.key.clone(), place: self.reader.place(&entry.key_span), target: target? })
            .filter(|_| is_name)
    }

    fn http(&mut self, node: &Node) -> Option<HttpTarget> {
        self.reader.fields(node, &HTTP_CONNECTION)?;
        let address = self.address(node, "http", &[("https://", true), ("http://", false)])?;
        let mut headers = Vec::new();
        for entry in node.get("headers").and_then(|node| self.reader.entries(node, "`headers`")).unwrap_or_default() {
            headers.extend(self.credential(&entry.value).map(|value| (entry.key.clone(), value)));
        }
        let bearer = node.get("bearer").and_then(|node| self.credential(node));
        let login = self.login(node, "user");
        let caller = node.get("token").and_then(|node| self.reader.one_of(node, "`token`", &[("caller", true)]));
        let is_header = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let credentials = [bearer.is_some(), login.is_some(), caller.is_some(), is_header];
        if credentials.iter().filter(|is_there| **is_there).count() > 1 {
            let help = "write one of `bearer`, `user` with `password`, `token: caller`, and the header `Authorization`";
            self.refuse(&node.span, "a connection has one credential", help);
        }
        let mut allow = Vec::new();
        for (text, span) in node.get("allow").map(|node| self.reader.texts(node, "a network")).unwrap_or_default() {
            match network(text) {
                Some(network) => allow.push(network),
                None => {
                    let help = "write an address, or a network such as `10.0.0.0/8`";
                    self.refuse(span, format!("`{text}` is no network"), help);
                }
            }
        }
        let forwards_caller = caller.is_some();
        Some(HttpTarget { address, headers, bearer, login, forwards_caller, allow, ca: self.ca(node) })
    }

    fn sql(&mut self, node: &Node) -> Option<SqlTarget> {
        self.reader.fields(node, &SQL_CONNECTION)?;
        let schemes = [("postgres://", true), ("mysql://", true), ("sqlite:", true)];
        let address = self.address(node, "sql", &schemes)?;
        let (login, is_encrypted, ca) = (self.login(node, "user"), self.is_encrypted(node), self.ca(node));
        Some(SqlTarget { address, login, is_encrypted, ca, at_once: self.at_once(node) })
    }

    fn ldap(&mut self, node: &Node) -> Option<LdapTarget> {
        self.reader.fields(node, &LDAP_CONNECTION)?;
        let address = self.address(node, "ldap", &[("ldaps://", true), ("ldap://", true)])?;
        let base = node.get("base").and_then(|node| self.reader.text(node, "`base`")).unwrap_or_default().to_owned();
        let (login, is_encrypted, ca) = (self.login(node, "bind"), self.is_encrypted(node), self.ca(node));
        Some(LdapTarget { address, login, base, is_encrypted, ca, at_once: self.at_once(node) })
    }

    /// An address of one of these schemes, each with whether it is encrypted.
    fn address(&mut self, node: &Node, key: &str, schemes: &[(&str, bool)]) -> Option<String> {
        let node_at = node.get(key)?;
        let text = self.reader.text(node_at, format!("`{key}`"))?.trim_end_matches('/');
        let Some((scheme, is_safe)) = schemes.iter().find(|(scheme, _)| text.starts_with(scheme)) else {
            let names: Vec<String> = schemes.iter().map(|(scheme, _)| format!("`{scheme}…`")).collect();
            self.refuse(&node_at.span, format!("`{key}` begins with one of {}", names.join(", ")), "write it in front");
            return None;
        };
        let rest = text.get(scheme.len()..).unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        if rest.is_empty() || host.contains('@') || text.contains("${") {
            let help =
                "write the host and path alone; credentials have keys of their own: `user`, `password`, `bearer`";
            self.refuse(&node_at.span, "this address names no host, or has more in it than an address", help);
            return None;
        }
        let is_local = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|local| host.split(':').next() == Some(local) || host.starts_with("[::1]"));
        if !is_safe && !is_local && self.is_encrypted(node) {
            let help = "write `https://…`, or `tls: off` if anybody on the way may read what is asked and answered";
            self.refuse(&node_at.span, "this connection is not encrypted", help);
        }
        Some(text.to_owned())
    }

    /// What `user` (or `bind`) and `password` say; one without the other is a mistake.
    fn login(&mut self, node: &Node, user: &str) -> Option<Login> {
        let (name, password) = (node.get(user), node.get("password"));
        match (name, password) {
            (Some(name), Some(password)) => {
                let (user, password) = (self.credential(name), self.credential(password));
                Some(Login { user: user?, password: password? })
            }
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                self.refuse(&one.span, format!("`{user}` and `password` belong together"), "write both or none");
                None
            }
        }
    }

    fn credential(&mut self, node: &Node) -> Option<Credential> {
        match Credential::read(self.reader.text(node, "a credential")?) {
            Ok(credential) => Some(credential),
            Err(why) => {
                let help = "write `\"${env:HR_PASSWORD}\"` or `\"${file:/run/secrets/hr}\"`";
                self.refuse(&node.span, why.0, help);
                None
            }
        }
    }

    fn is_encrypted(&mut self, node: &Node) -> bool {
        let words = [("on", true), ("off", false)];
        node.get("tls").and_then(|node| self.reader.one_of(node, "`tls`", &words)).unwrap_or(true)
    }

    fn ca(&mut self, node: &Node) -> Option<PathBuf> {
        node.get("ca").and_then(|node| self.reader.text(node, "`ca`")).map(PathBuf::from)
    }

    fn at_once(&mut self, node: &Node) -> u32 {
        let written = node.get("at_once").and_then(|node| self.reader.whole(node, "`at_once`", 1..=1_000));
        u32::try_from(written.unwrap_or(AT_ONCE)).unwrap_or(1)
    }
}

/// A network, or an address as a network of its own.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
