//! Connects to a directory: address, TLS from the start or by StartTLS, and the bind.

use std::fmt;
use std::time::Duration;

use ldap3::{LdapConnAsync, LdapConnSettings, StdStream};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::link::Link;
use super::settings::LdapTarget;
use super::trouble::{of_bind, of_error, of_silence, of_unopened};
use crate::lookup::login::Credentials;
use crate::lookup::row::Login;
use crate::lookup::source::{Fault, Trouble};
use crate::outside::relay::{Secured, Server};
use crate::outside::{NoClient, client_config, relay};

/// The ports where the address names none (RFC 4516, section 2; IANA's registry for `ldaps`).
const PORT: u16 = 389;
const TLS_PORT: u16 = 636;
/// How the library is told that the other end of its stream is a socket of this machine.
const SOCKET: &str = "ldapi:///";

/// How a directory is reached, and as whom.
pub struct Dialer {
    /// Scheme, host and perhaps a port.
    url: String,
    server: Server,
    secured: Secured,
    login: Option<Login>,
}

impl Dialer {
    /// # Errors
    /// Credentials that are not there, an address or certificates that cannot be read.
    pub fn new(target: &LdapTarget) -> Result<Self, Trouble> {
        let (host, port) = host_and_port(target)?;
        let config = || client_config(target.ca.as_deref()).map_err(untrusting);
        let (tls, secured, usual_port) = match (target.address.starts_with("ldaps://"), target.is_encrypted) {
            (true, true) => (Some(config()?), Secured::FromTheStart, TLS_PORT),
            (false, true) => (Some(config()?), Secured::ByStartTls, PORT),
            (false, false) => (None, Secured::FromTheStart, PORT),
            (true, false) => {
                let help = "write `ldap://…` for a connection without TLS; for a certificate of your own name its \
                            authority under `ca`";
                return Err(Trouble::new(Fault::Question, "`tls: off` contradicts `ldaps://`").help(help));
            }
        };
        // A blank one is told now, and not with the first question.
        credentials(target.login.as_ref())?;
        let server = Server { host, port: port.unwrap_or(usual_port), tls };
        Ok(Self { url: target.address.clone(), server, secured, login: target.login.clone() })
    }

    /// A new connection over which we are logged in. Each step may take `limit`; who waits less drops this.
    ///
    /// # Errors
    /// When the server cannot be reached or trusted, or does not let us in.
    pub async fn dial(&self, limit: Duration, login: Option<Credentials>) -> Result<Link, Trouble> {
        let silent = |_| of_silence(limit);
        let opened = timeout(limit, relay::ldap(&self.server, self.secured)).await.map_err(silent)?;
        let (stream, watch) = opened.map_err(of_unopened)?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(stream));
        let opened = LdapConnAsync::with_settings(settings, SOCKET).await;
        let (connection, handle) = opened.map_err(|error| of_error(&error, limit))?;
        let mut link = Link::new(connection, handle, watch);
        if let Some(Credentials { user: name, password }) = login {
            let handle = link.handle().with_timeout(limit);
            let bound = handle.simple_bind(name.expose_secret(), password.expose_secret()).await;
            let bound = bound.map_err(|error| link.cause().unwrap_or_else(|| of_error(&error, limit)))?;
            if bound.rc != 0 {
                return Err(of_bind(bound.rc, &bound.text));
            }
        }
        Ok(link)
    }

    /// The name and the password as they are now.
    ///
    /// # Errors
    /// When they are not there, or blank.
    pub fn credentials(&self) -> Result<Option<Credentials>, Trouble> {
        credentials(self.login.as_ref())
    }

    /// Scheme and host.
    pub fn address(&self) -> &str {
        &self.url
    }

    /// In words, for `doctor`.
    pub fn manner(&self) -> String {
        let security = match (&self.server.tls, self.secured) {
            (None, _) => "without encryption",
            (Some(_), Secured::FromTheStart) => "over TLS",
            (Some(_), Secured::ByStartTls) => "over StartTLS",
        };
        let login = if self.login.is_some() { "logged in" } else { "let in without a name" };
        format!("{login} {security}")
    }
}

impl fmt::Debug for Dialer {
    /// Nothing of the login, the name neither.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialer({}, {})", self.url, self.manner())
    }
}

/// Without authorities nobody can be trusted.
fn untrusting(why: NoClient) -> Trouble {
    Trouble { fault: Fault::Access, message: why.message, help: why.help.map(str::to_owned) }
}

/// A host, perhaps with a port, and nothing behind it; with TLS the host is what the certificate is checked against.
fn host_and_port(target: &LdapTarget) -> Result<(String, Option<u16>), Trouble> {
    let wrong = |message: &str, help: &str| Trouble::new(Fault::Question, message).help(help);
    let no_host = || {
        let help = "write `ldaps://host` or `ldaps://host:636`; where to search is said by `base`";
        wrong("the address of a directory is a host, perhaps with a port", help)
    };
    let host = target.address.split_once("://").map_or("", |(_, host)| host);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_address = !name.is_empty() && !name.contains(['/', '?', '#', '%', ' ']);
    if !is_address {
        return Err(no_host());
    }
    let port = port.map(|port| port.parse().map_err(|_| no_host())).transpose()?;
    if name.starts_with('[') && target.is_encrypted {
        let help = "write the host's name as it stands in its certificate";
        return Err(wrong("TLS to an IPv6 address is not possible here", help));
    }
    Ok((name.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
}

/// The name and the password as they are now. A blank one is refused: many servers take a bind without a password for an anonymous one
/// and let it in (RFC 4513, 5.1.2).
fn credentials(login: Option<&Login>) -> Result<Option<Credentials>, Trouble> {
    let Some(credentials) = Credentials::read(login)? else { return Ok(None) };
    for (secret, what) in [(&credentials.user, "bind"), (&credentials.password, "password")] {
        if secret.expose_secret().trim().is_empty() {
            let help =
                "many directories let in anybody without a password; leave out `bind` and `password` if that is meant";
            return Err(Trouble::new(Fault::Access, format!("`{what}` is empty")).help(help));
        }
    }
    Ok(Some(credentials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::Credential;

    fn target(address: &str, is_encrypted: bool) -> LdapTarget {
        let address = address.to_owned();
        LdapTarget { address, login: None, base: String::new(), is_encrypted, ca: None, at_once: 1 }
    }

    #[test]
    fn addresses_are_a_host_and_perhaps_a_port() {
        for address in ["ldap://ad.example", "ldap://ad.example:3389", "ldap://10.0.0.1", "ldap://[::1]:389"] {
            assert!(Dialer::new(&target(address, false)).is_ok(), "{address}");
        }
        for (address, is_encrypted) in [
            ("ldap://ad.example/DC=corp", false),
            ("ldap://:389", false),
            ("ldap://ad.example:port", false),
            ("ldap://ad.example:99999", false),
            ("ldaps://ad.example", false),
            ("ldap://[::1]:389", true),
        ] {
            let trouble = Dialer::new(&target(address, is_encrypted)).unwrap_err();
            assert!(trouble.help.is_some(), "{address}: {trouble}");
        }
    }

    #[test]
    fn a_password_must_be_there_and_is_never_shown() {
        let login = |password: &str| Login {
            user: Credential::read("cn=hookgate").unwrap(),
            password: Credential::read(password).unwrap(),
        };
        let with = |password: &str| LdapTarget { login: Some(login(password)), ..target("ldap://ad.example", false) };
        let dialer = Dialer::new(&with("s3cret")).unwrap();
        assert_eq!(format!("{dialer:?}"), "Dialer(ldap://ad.example, logged in without encryption)");
        for (password, wrong) in [(" ", "empty"), ("${env:HOOKGATE_TEST_NO_SUCH_VARIABLE}", "is not set")] {
            let trouble = Dialer::new(&with(password)).unwrap_err();
            assert!(trouble.fault == Fault::Access && trouble.message.contains(wrong), "{trouble}");
        }
    }
}
