//! The settings of lookups over the network: connections, and how long events wait for them.

use std::path::PathBuf;

use ipnet::IpNet;

use crate::diagnostic::Place;
use crate::outside::Credential;
use crate::rule::ConnectionKind;

/// The settings of lookups; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    pub connections: Vec<Connection>,
    /// How often one event may ask: the answers to its first questions can lead to further ones.
    pub round_limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections: Vec::new(), round_limit: 8 }
    }
}

/// A connection by its name.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: String,
    /// The name in gateway.yaml.
    pub place: Place,
    pub target: Target,
}

/// Where a connection leads.
#[derive(Clone, Debug)]
pub enum Target {
    Http(HttpTarget),
    Sql(SqlTarget),
    Ldap(LdapTarget),
}

/// An HTTP service.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// Scheme, host, port and what stands before every path: `https://tenant.cymmetri.example`.
    pub address: String,
    pub headers: Vec<(String, Credential)>,
    /// Sent as `Authorization: Bearer …`.
    pub bearer: Option<Credential>,
    /// Sent as basic authorization.
    pub login: Option<Login>,
    /// Whether the caller's own bearer is sent in its place. It goes to this address and nowhere else.
    pub forwards_caller: bool,
    /// Networks beside the public ones that the host's name may lead to.
    pub allow: Vec<IpNet>,
    /// A PEM file with certificate authorities, beside those of the system.
    pub ca: Option<PathBuf>,
    /// Calls at once, of all lookups together; `None`: as many as they make.
    pub at_once: Option<u32>,
}

/// A user and a password.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: Credential,
    pub password: Credential,
}

/// A database.
#[derive(Clone, Debug)]
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

/// A directory.
#[derive(Clone, Debug)]
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

impl Target {
    /// The kind of lookups it answers.
    #[must_use]
    pub fn kind(&self) -> ConnectionKind {
        match self {
            Target::Http(_) => ConnectionKind::Http,
            Target::Sql(_) => ConnectionKind::Sql,
            Target::Ldap(_) => ConnectionKind::Ldap,
        }
    }

    /// Scheme, host and path: no credential ever stands there.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Target::Http(target) => &target.address,
            Target::Sql(target) => &target.address,
            Target::Ldap(target) => &target.address,
        }
    }
}
