//! Reads what rows of connections and destinations share: names, addresses, credentials, networks, certificates.

use std::net::IpAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

use crate::diagnostic::{Code, File, Report};
use crate::outside::Credential;
use crate::yaml::{Content, Entry, Node, Reader};

/// Reads rows of one table.
#[derive(Debug)]
pub struct Rows<'r> {
    pub reader: Reader<'r>,
    /// The code of what cannot be declared so.
    code: &'static Code,
}

impl<'r> Rows<'r> {
    pub fn new(file: &Arc<File>, report: &'r mut Report, code: &'static Code) -> Self {
        Self { reader: Reader { file: Arc::clone(file), report }, code }
    }
}

impl Rows<'_> {
    pub fn refuse(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        let finding = self.reader.mistake(self.code, span, message);
        self.reader.push(finding.help(help));
    }

    /// Whether a row's key can be a name; told if not.
    pub fn name(&mut self, entry: &Entry, what: &str) -> bool {
        let is_name = !entry.key.is_empty() && entry.key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !is_name {
            let help = "a name consists of letters, digits, `-` and `_`";
            self.refuse(&entry.key_span, format!("`{}` cannot be the name of {what}", entry.key), help);
        }
        is_name
    }

    /// An address of one of these schemes, each with whether it is encrypted. One that is not must be wanted so.
    pub fn address(
        &mut self,
        node: &Node,
        key: &str,
        schemes: &[(&str, bool)],
        must_be_encrypted: bool,
    ) -> Option<String> {
        let text = self.reader.text(node, format!("`{key}`"))?.trim_end_matches('/');
        let Some((scheme, is_safe)) = schemes.iter().find(|(scheme, _)| text.starts_with(scheme)) else {
            let names: Vec<String> = schemes.iter().map(|(scheme, _)| format!("`{scheme}…`")).collect();
            self.refuse(&node.span, format!("`{key}` begins with {}", names.join(" or ")), "write it in front");
            return None;
        };
        let rest = text.get(scheme.len()..).unwrap_or_default();
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        if rest.is_empty() || host.contains('@') || text.contains("${") {
            let help =
                "write the host and path alone; credentials have keys of their own: `user`, `password`, `bearer`";
            self.refuse(&node.span, "this address names no host, or has more in it than an address", help);
            return None;
        }
        if !is_safe && !is_local(host) && must_be_encrypted {
            let safe = schemes.iter().find(|(_, is_safe)| *is_safe).map_or("", |(scheme, _)| scheme);
            let help = format!("write `{safe}…`, or `tls: off` if anybody on the way may read what is said");
            self.refuse(&node.span, "this connection is not encrypted", &help);
        }
        Some(text.to_owned())
    }

    /// What `user` (or `bind`) and `password` say; one without the other is a mistake.
    pub fn login(&mut self, node: &Node, user: &str) -> Option<(Credential, Credential)> {
        match (node.get(user), node.get("password")) {
            (Some(name), Some(password)) => {
                let (user, password) = (self.credential(name), self.credential(password));
                Some((user?, password?))
            }
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                self.refuse(&one.span, format!("`{user}` and `password` belong together"), "write both or none");
                None
            }
        }
    }

    pub fn credential(&mut self, node: &Node) -> Option<Credential> {
        match Credential::read(self.reader.text(node, "a credential")?) {
            Ok(credential) => Some(credential),
            Err(why) => {
                let help = "write `\"${env:HR_PASSWORD}\"` or `\"${file:/run/secrets/hr}\"`";
                self.refuse(&node.span, why.0, help);
                None
            }
        }
    }

    /// A password of a database goes over a way that is not encrypted to another machine only where `cleartext_password: allow`
    /// says so: whoever answers there can ask for it in clear text, and is given it.
    pub fn guard_password(&mut self, node: &Node, address: &str, is_encrypted: bool) {
        let words = [("allow", true)];
        let allows =
            node.get("cleartext_password").and_then(|node| self.reader.one_of(node, "`cleartext_password`", &words));
        let host = address.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
        if let Some(written) = node.get("cleartext_password").filter(|_| is_encrypted || address.starts_with("sqlite:"))
        {
            let help = "leave it out, or write it beside `tls: off`";
            self.refuse(&written.span, "`cleartext_password` means nothing where nothing goes in clear text", help);
        }
        let Some(password) = node.get("password") else { return };
        if !is_encrypted && allows.is_none() && !is_local(host) {
            let help =
                "remove `tls: off`, or write `cleartext_password: allow` if anybody on the way may learn the password";
            self.refuse(&password.span, "whoever answers there can ask for this password in clear text", help);
        }
    }

    /// One credential or a list of them.
    pub fn credentials(&mut self, node: &Node) -> Vec<Credential> {
        match &node.content {
            Content::List(items) => items.iter().filter_map(|item| self.credential(item)).collect(),
            _ => self.credential(node).into_iter().collect(),
        }
    }

    /// `headers` with their values.
    pub fn headers(&mut self, node: &Node) -> Vec<(String, Credential)> {
        node.get("headers").map(|node| self.listed_headers(node)).unwrap_or_default()
    }

    pub fn listed_headers(&mut self, node: &Node) -> Vec<(String, Credential)> {
        let entries = self.reader.entries(node, "`headers`").unwrap_or_default();
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.credential(&entry.value)?))).collect()
    }

    /// `allow`: networks, or addresses as networks of their own.
    pub fn networks(&mut self, node: &Node) -> Vec<IpNet> {
        node.get("allow").map(|node| self.listed_networks(node)).unwrap_or_default()
    }

    pub fn listed_networks(&mut self, node: &Node) -> Vec<IpNet> {
        let mut allow = Vec::new();
        for (text, span) in self.reader.texts(node, "a network") {
            match text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)) {
                Some(network) => allow.push(network),
                None => {
                    let help = "write an address, or a network such as `10.0.0.0/8`";
                    self.refuse(span, format!("`{text}` is not a network"), help);
                }
            }
        }
        allow
    }

    pub fn is_encrypted(&mut self, node: &Node) -> bool {
        let words = [("on", true), ("off", false)];
        node.get("tls").and_then(|node| self.reader.one_of(node, "`tls`", &words)).unwrap_or(true)
    }

    pub fn path(&mut self, node: &Node, key: &str) -> Option<PathBuf> {
        node.get(key).and_then(|node| self.reader.text(node, format!("`{key}`"))).map(PathBuf::from)
    }
}

/// Whether it is a host of this machine, perhaps with a port.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| name.eq_ignore_ascii_case("localhost"), |address| address.to_canonical().is_loopback())
}
