//! The errors of the shared outbox in words, and whether to try again.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::Error;
use sqlx::error::DatabaseError;

use crate::outbox::store::Trouble;
use crate::outside::relay::excess;

/// Why something could not be done.
#[derive(Clone, Debug)]
pub struct Failure {
    trouble: Trouble,
    /// The database does not take what is to be stored, whatever its own state.
    pub is_of_values: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        failure.trouble
    }
}

impl Failure {
    fn new(name: &str, what: &str, help: &str) -> Self {
        let trouble = Trouble { message: format!("{name} {what}"), help: help.to_owned() };
        Self { trouble, is_of_values: false }
    }

    /// What an error means. `name` says which outbox.
    pub fn of(name: &str, error: &Error) -> Self {
        match error {
            Error::Database(error) => of_database(name, error.as_ref()),
            Error::Tls(error) => not_encrypted(name, error.as_ref()),
            // A server without TLS. What TLS says of a certificate comes as trouble with reading.
            Error::Io(error) if error.kind() == ErrorKind::Unsupported => not_encrypted(name, error),
            Error::Io(error) if error.to_string().contains("certificate") => not_encrypted(name, error),
            Error::Io(error) if let Some(excess) = excess(error) => {
                Self::new(name, &format!("cannot be used ({excess})"), excess.help())
            }
            Error::Io(error) => Self::new(
                name,
                &format!("cannot be reached ({error})"),
                "see that the server runs and that this machine may reach it; hookgate goes on by itself",
            ),
            Error::ColumnNotFound(_) | Error::ColumnDecode { .. } | Error::Decode(_) => strange_tables(name),
            _ => Self::new(name, "broke off the connection", "see the database's log; hookgate goes on by itself"),
        }
    }

    /// The database has not answered in time.
    pub fn silent(name: &str, limit: Duration) -> Self {
        let what = format!("has not answered in {} ms", limit.as_millis());
        Self::new(name, &what, "see what keeps the database busy, or whether it still runs; hookgate goes on by itself")
    }

    /// Something of hookgate's own broke down.
    pub fn broken(name: &str) -> Self {
        Self::new(name, "cannot be used, a task broke down", "restart hookgate; what was acknowledged is stored")
    }
}

/// Whether the same may well succeed over another session: the connection broke, the server ended it or was about to, or
/// two transactions stood in each other's way.
pub fn is_passing(error: &Error) -> bool {
    match error {
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // `25006`: the server behind the name is only a copy by now. `25P03`: what was begun took too long. `42P01`: the
            // tables are gone, and a new session makes them.
            ["08", "40", "57P01", "57P02", "25006", "25P03", "42P01"].iter().any(|class| code.starts_with(class))
        }
        Error::Io(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        _ => false,
    }
}

fn not_encrypted(name: &str, why: &dyn std::error::Error) -> Failure {
    let what = format!("has no encrypted connection ({why})");
    Failure::new(name, &what, "name the server's certificate authority under `ca`, or write `tls: off`")
}

fn strange_tables(name: &str) -> Failure {
    let help = "see what made `hookgate_events` and `hookgate_parcels`; hookgate makes those that are missing";
    Failure::new(name, "has other tables than hookgate's", help)
}

/// By the SQLSTATE (PostgreSQL's manual, appendix A). What the database says itself may quote what is stored.
fn of_database(name: &str, error: &dyn DatabaseError) -> Failure {
    let code = error.code().unwrap_or_default();
    let (what, help) = match &*code {
        "28P01" | "28000" => ("refuses the login", "see `user` and `password` of `outbox.postgres`"),
        "3D000" => ("has no such database", "create it, or see the end of the address of `outbox.postgres`"),
        "42501" | "3F000" => (
            "does not let hookgate's user make or use its tables",
            "let the user create tables in its default schema, and read and write those named `hookgate_…`",
        ),
        "42P01" | "42703" | "42804" => return strange_tables(name),
        "25006" => {
            ("takes no changes, it is a copy or set to read only", "see that the address leads to the first server")
        }
        "53100" => ("has no room left on its disk", "make room there; hookgate goes on by itself"),
        "53300" => ("has no connection left", "raise `max_connections` of the server, or end what holds them"),
        "57P01" | "57P02" | "57P03" => ("is stopping or starting", "hookgate goes on by itself"),
        "57014" | "55P03" | "25P03" => {
            ("took too long", "see what keeps the database busy; hookgate goes on by itself")
        }
        _ => ("reports an error", "see the database's log; hookgate goes on by itself"),
    };
    let what = if code.is_empty() { what.to_owned() } else { format!("{what} (code {code})") };
    // 22: values that a column does not take, 54: larger than it takes.
    let is_of_values = ["22", "54"].iter().any(|class| code.starts_with(class));
    Failure { is_of_values, ..Failure::new(name, &what, help) }
}
