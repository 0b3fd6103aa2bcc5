//! Connects to NATS: address, TLS, login.

use std::fmt;
use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};
use secrecy::{ExposeSecret as _, SecretString};

use super::link::{Link, Listener};
use super::settings::NatsTarget;
use super::trouble::{of_connect, of_way};
use crate::outbox::retry::Failed;
use crate::outbox::store::Trouble;
use crate::outside::relay::Server;
use crate::outside::{client_config, relay};

/// How often a server that says nothing is asked whether it lives, in milliseconds; after the third time without an
/// answer the connection is lost.
const PING_MS: u64 = 10_000;
/// How often the library tries a connection again that was lost, before it gives it up; it takes no number below.
const RECONNECT_LIMIT: usize = 1;

/// How a server is reached, and as whom.
pub struct Dialer {
    address: ServerAddr,
    server: Server,
    target: NatsTarget,
    timeout: Duration,
}

enum Login {
    None,
    User(SecretString, SecretString),
    Token(SecretString),
}

impl Dialer {
    /// Connecting may take half of `timeout`, that of an attempt.
    pub fn open(target: &NatsTarget, timeout: Duration) -> Result<Self, Trouble> {
        let address = address(&target.address)?;
        let tls = match client_config(target.ca.as_deref()) {
            Ok(config) => Some(config),
            // The server may want TLS where the address does not say so; then there is none.
            Err(_) if !address.tls_required() && target.ca.is_none() => None,
            Err(why) => {
                let help = why.help.unwrap_or("see the file that `ca` names").to_owned();
                return Err(Trouble { message: why.message, help });
            }
        };
        // A name, or an address without the brackets that IPv6 has in a URL.
        let host = address.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let server = Server { host, port: address.port(), tls };
        // What is not there is told now, and not with the first delivery.
        login(target)?;
        Ok(Self { address, server, target: target.clone(), timeout })
    }

    /// A new connection over which we are logged in.
    pub async fn dial(&self) -> Result<Link, Failed> {
        let listener = Listener::new();
        let login = login(&self.target).map_err(|trouble| Failed::of_receiver(trouble.message))?;
        let opened = relay::nats(&self.server, self.address.tls_required(), self.timeout / 2).await;
        let relay::Nats { address, from, watch } = opened.map_err(|error| of_way(&error))?;
        let options = self.options(&login).local_address(from).event_callback(listener.callback());
        let connected = options.connect(format!("nats://{address}")).await;
        let client = connected.map_err(|error| watch.cause().map_or_else(|| of_connect(&error), |why| of_way(&why)))?;
        Ok(Link::new(client, &listener, watch))
    }

    /// In words, for `doctor`.
    pub fn manner(&self) -> String {
        let has_login = self.target.token.is_some() || self.target.user.is_some();
        let login = if has_login { "logged in" } else { "connected without a login" };
        let security = if self.address.tls_required() { "over TLS" } else { "without encryption" };
        format!("{login} {security}")
    }

    fn options(&self, login: &Login) -> ConnectOptions {
        let options = ConnectOptions::new()
            .name("hookgate")
            .connection_timeout(self.timeout / 2)
            .ping_interval(Duration::from_millis(PING_MS))
            // The relay is there for one connection; the next attempt to deliver makes another.
            .max_reconnects(RECONNECT_LIMIT)
            .ignore_discovered_servers();
        match login {
            Login::None => options,
            Login::Token(token) => options.token(token.expose_secret().to_owned()),
            Login::User(user, password) => {
                options.user_and_password(user.expose_secret().to_owned(), password.expose_secret().to_owned())
            }
        }
    }
}

impl fmt::Debug for Dialer {
    /// Nothing of the login.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialer({}:{})", self.address.host(), self.address.port())
    }
}

fn address(text: &str) -> Result<ServerAddr, Trouble> {
    let address = text.parse::<ServerAddr>().ok();
    let is_host = |address: &ServerAddr| {
        let url = address.clone().into_inner();
        !address.host().is_empty()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
    };
    address.filter(is_host).ok_or_else(|| Trouble {
        message: "the address of a NATS server is a host, perhaps with a port".to_owned(),
        help: "write `tls://host` or `tls://host:4222`; where it is published is said by `subject`".to_owned(),
    })
}

/// As whom, with the credentials as they are now.
fn login(target: &NatsTarget) -> Result<Login, Trouble> {
    Ok(match (&target.token, &target.user, &target.password) {
        (Some(token), ..) => Login::Token(token.resolve()?),
        (None, Some(user), Some(password)) => Login::User(user.resolve()?, password.resolve()?),
        _ => Login::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::Credential;

    #[test]
    fn addresses_are_a_host_and_perhaps_a_port() {
        for text in ["nats://mq.example", "tls://mq.example:4443", "nats://127.0.0.1:4222", "nats://[::1]:4222"] {
            assert!(address(text).is_ok(), "{text}");
        }
        for text in ["nats://", "nats://:4222", "nats://mq.example/x", "nats://mq.example?x=1", "nats://mq.example:x"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_of_the_login_is_shown() {
        let secret = |text: &str| Some(Credential::read(text).unwrap());
        let target = NatsTarget {
            address: "nats://127.0.0.1".to_owned(),
            subject: "events".to_owned(),
            user: secret("hookgate"),
            password: secret("s3cret"),
            token: None,
            ca: None,
        };
        let dialer = Dialer::open(&target, Duration::from_secs(1)).unwrap();
        assert_eq!(format!("{dialer:?}"), "Dialer(127.0.0.1:4222)");
    }
}
