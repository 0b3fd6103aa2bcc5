//! Connection options of the shared outbox: address, login, trusted certificates.

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use crate::outbox::settings::PostgresStore;
use crate::outbox::store::Trouble;
use crate::outside::relay::{POSTGRES_PORT, Server};
use crate::outside::{Credential, NoClient, NoCredential, client_config};

/// How long the server keeps what a gateway began and does not go on with, in milliseconds: a gateway that froze half way
/// holds up the others no longer than this.
const FROZEN_LIMIT_MS: u64 = 3_000;
/// Every statement goes by an index, whatever the planner believes of the tables: they fill and empty so fast that what it
/// knows of them is never true, and a table that was vacuumed while it was nearly empty had each claim read all of it.
const BY_INDEX: [(&str, &str); 6] = [
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_sort", "off"),
    ("jit", "off"),
];

/// Where the database is, and how to connect to it.
pub fn options(settings: &PostgresStore) -> Result<(Server, PgConnectOptions), Trouble> {
    let wrong = || {
        Trouble {
        message: "the address of `outbox.postgres` is no `postgres://host/database`".to_owned(),
        help: "write for example `postgres://db.corp.example/hookgate`, with `:PORT` behind the host if it is an unusual one"
            .to_owned(),
    }
    };
    let address = Url::parse(&settings.address).map_err(|_| wrong())?;
    let host = address.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    let database = address.path().trim_start_matches('/');
    if database.is_empty() || database.contains('/') || address.query().is_some() {
        return Err(wrong());
    }
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(POSTGRES_PORT)
        .database(database)
        .application_name("hookgate")
        // Up to the relay, which speaks TLS with the server.
        .ssl_mode(PgSslMode::Disable)
        // What is acknowledged is on the disk, whatever the database's own setting for this user.
        .options([("synchronous_commit", "on")])
        .options([("idle_in_transaction_session_timeout", FROZEN_LIMIT_MS)])
        .options(BY_INDEX)
        .disable_statement_logging();
    if let Some(user) = &settings.user {
        options = options.username(resolved(user)?.expose_secret());
    }
    if let Some(password) = &settings.password {
        options = options.password(resolved(password)?.expose_secret());
    }
    Ok((server(settings, host, address.port())?, options))
}

fn resolved(credential: &Credential) -> Result<SecretString, Trouble> {
    credential.resolve().map_err(|why| Trouble {
        message: format!("`outbox.postgres` cannot be used: {}", why.0),
        help: NoCredential::HELP.to_owned(),
    })
}

/// The server at this address, and whose certificates are believed there: the authorities of the system, and those under `ca`.
fn server(settings: &PostgresStore, host: &str, port: Option<u16>) -> Result<Server, Trouble> {
    let unusable = |why: NoClient| Trouble {
        message: format!("`outbox.postgres` cannot be used: {}", why.message),
        help: why.help.unwrap_or("see the file that `ca` names").to_owned(),
    };
    let tls = settings.is_encrypted.then(|| client_config(settings.ca.as_deref()).map_err(unusable)).transpose()?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Server { host, port: port.unwrap_or(POSTGRES_PORT), tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(address: &str) -> PostgresStore {
        let (user, password) = (Credential::read("hookgate").ok(), Credential::read("s3cret").ok());
        PostgresStore { address: address.to_owned(), user, password, is_encrypted: true, ca: None }
    }

    #[test]
    fn an_address_has_a_host_and_a_database_and_nothing_else() {
        for (address, host) in [
            ("postgres://db.corp.example/hookgate", "db.corp.example"),
            ("postgres://127.0.0.1:5433/hookgate", "127.0.0.1"),
            ("postgres://[::1]/hookgate", "::1"),
        ] {
            assert_eq!(options(&settings(address)).unwrap().0.host, host);
        }
        for address in
            ["", "db", "postgres://db", "postgres:///hookgate", "postgres://db/a/b", "postgres://db/a?sslmode=off"]
        {
            let trouble = options(&settings(address)).unwrap_err();
            assert!(trouble.help.contains("postgres://db.corp.example/hookgate"), "{address}: {trouble}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_before_anything_is_connected() {
        let address = "postgres://db.corp.example/hookgate";
        let password = Credential::read("${env:HOOKGATE_TEST_NO_SUCH_VARIABLE}").ok();
        let trouble = options(&PostgresStore { password, ..settings(address) }).unwrap_err();
        assert!(trouble.message.contains("HOOKGATE_TEST_NO_SUCH_VARIABLE"), "{trouble}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let told = || options(&PostgresStore { ca: Some(file.clone()), ..settings(address) }).unwrap_err();
        assert!(told().message.contains("ca.pem"));
        std::fs::write(&file, "no certificate").unwrap();
        assert!(told().message.contains("it holds none"));
    }
}
