//! The errors of a database server in words: never the question, and of the answer only its code.
//!
//! Databases quote values in their messages.

use std::io::ErrorKind;

use super::rows::unreadable;
use crate::lookup::source::{Fault, Trouble, of_excess};
use crate::outside::relay::{excess, is_no_tls};

/// Why work on a connection ended early.
pub(super) enum Stop {
    /// The database, or the way to it.
    Refused(sqlx::Error),
    /// The rest of the answer is not wanted.
    Unfit(Trouble),
}

/// What codes mean: SQLSTATE of PostgreSQL (<https://www.postgresql.org/docs/current/errcodes-appendix.html>) and numbers of
/// MySQL and MariaDB (<https://mariadb.com/kb/en/mariadb-error-code-reference/>); whose fault it is, in words, what to do.
const CODES: [(&[&str], Fault, &str, &str); 16] = [
    (
        &["28P01", "28000", "1045", "1698", "1130"],
        Fault::Access,
        "the login is refused",
        "see `user` and `password` of the connection, and from where the database lets the user in",
    ),
    (
        &["42501", "1142", "1143", "1370", "1227"],
        Fault::Access,
        "the user may not read that",
        "let the database's user read the table or view",
    ),
    (
        &["1044"],
        Fault::Access,
        "the user may not use this database, or there is none of this name",
        "see the end of the connection's address, and what the user is granted",
    ),
    (&["3D000", "1049"], Fault::Access, "there is no such database", "see the end of the connection's address"),
    (&["42P01", "1146"], Fault::Answer, "there is no such table", "see the query's table, with its schema in front"),
    (&["42703", "1054"], Fault::Answer, "there is no such column", "see the columns of the query"),
    (
        &["42883", "42804", "42725", "22P02", "22007"],
        Fault::Answer,
        "two kinds of values do not go together, or there is no such function",
        "cast the parameter to the column's kind: `cast(:key as integer)`, `cast(:key as text)`",
    ),
    (&["1305"], Fault::Answer, "there is no such function", "see the functions of the query"),
    (&["25006", "1792", "1290", "1207"], Fault::Answer, "the query would change something", "a lookup reads only"),
    (
        &["57014", "1969", "3024", "1317"],
        Fault::Source,
        "the query took too long and was ended",
        "see that it uses an index",
    ),
    (
        &["53300", "1040", "1203", "1226"],
        Fault::Source,
        "it has no connection left",
        "raise its limit, or lower `at_once`",
    ),
    (
        &["40001", "40P01", "55P03", "1205", "1213"],
        Fault::Source,
        "others had locked what was asked for",
        "see what else writes there",
    ),
    (
        &["1129"],
        Fault::Source,
        "the database takes no more connections from this machine, after many that failed",
        "`mariadb-admin flush-hosts` lets it in again",
    ),
    (&["1053", "1927", "1080"], Fault::Source, "the database is being stopped", "see the database's log"),
    (&["3159"], Fault::Access, "the database wants an encrypted connection", "remove `tls: off` from the connection"),
    (
        &["1267", "1271"],
        Fault::Answer,
        "two texts of different collations cannot be compared",
        "write `collate` behind the parameter",
    ),
];

/// Classes of SQLSTATE that say that the server is unwell: connections, transactions, resources, an operator's hand, the
/// system, itself.
const CLASSES_OF_SERVER: [&str; 6] = ["08", "40", "53", "57", "58", "XX"];
/// A prepared statement that is not there any more, in PostgreSQL and in MySQL.
const UNPREPARED: [&str; 2] = ["26000", "1243"];
/// A query that cannot be understood, of whatever kind.
const CLASS_OF_SYNTAX: &str = "42";

impl Stop {
    /// A statement that the database ended, or refused, leaves its connection whole; anything else may not. A session that
    /// has lost what we prepared in it is one that somebody has meddled with.
    pub fn leaves_whole(&self) -> bool {
        match self {
            Stop::Refused(sqlx::Error::Database(error)) => !UNPREPARED.contains(&code_of(error.as_ref()).as_str()),
            Stop::Refused(_) | Stop::Unfit(_) => false,
        }
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Stop::Refused(error)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Unfit(trouble)
    }
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(error) => trouble(&error),
            Stop::Unfit(trouble) => trouble,
        }
    }
}

/// What an error means.
pub fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Database(error) => of_database(error.as_ref()),
        sqlx::Error::Tls(error) => not_encrypted(error.as_ref()),
        sqlx::Error::Io(error) if excess(error).is_some() => excess(error).map_or_else(broken, of_excess),
        // A server without TLS. What TLS says of a certificate comes as trouble with reading.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::Unsupported => {
            let trouble = Trouble::new(Fault::Source, format!("no encrypted connection: {error}"));
            trouble.help(
                "let the server have TLS; to do without write `tls: off`, and for a password that goes to another machine \
                 `cleartext_password: allow`",
            )
        }
        sqlx::Error::Io(error) if is_no_tls(error) => {
            let trouble = Trouble::new(Fault::Source, "no encrypted connection: what answers there speaks no TLS");
            trouble.help("see which program answers at this address")
        }
        sqlx::Error::Io(error) if error.to_string().contains("certificate") => not_encrypted(error),
        sqlx::Error::Io(error) => Trouble::new(Fault::Source, format!("no connection: {error}")),
        // MySQL's way of logging in by a key of the server's, which is left out: its library can be listened to.
        sqlx::Error::Configuration(_) => {
            let trouble = Trouble::new(Fault::Access, "the user's way of logging in needs an encrypted connection");
            trouble.help("remove `tls: off` from the connection")
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => unreadable(),
        _ => broken(),
    }
}

fn broken() -> Trouble {
    Trouble::new(Fault::Source, "the connection broke off")
}

fn not_encrypted(why: &dyn std::error::Error) -> Trouble {
    let trouble = Trouble::new(Fault::Source, format!("no encrypted connection: {why}"));
    trouble.help("name the server's certificate authority under `ca`, or write `tls: off`")
}

/// The code of an error: of MySQL its number, of others the SQLSTATE.
fn code_of(error: &dyn sqlx::error::DatabaseError) -> String {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return error.number().to_string();
    }
    error.code().unwrap_or_default().into_owned()
}

fn of_database(error: &dyn sqlx::error::DatabaseError) -> Trouble {
    let code = code_of(error);
    let class = |class: &str| code.len() == 5 && code.starts_with(class);
    let known = CODES.iter().find(|(codes, ..)| codes.contains(&code.as_str()));
    let (fault, what, help) = match known {
        Some((_, fault, what, help)) => (*fault, *what, *help),
        None if class(CLASS_OF_SYNTAX) || code == "1064" => {
            (Fault::Answer, "the query cannot be understood", "try it in the database's own client")
        }
        None => {
            let is_of_server = CLASSES_OF_SERVER.iter().any(|name| class(name));
            let fault = if is_of_server { Fault::Source } else { Fault::Answer };
            (fault, "the database reports an error", "see the database's log, and try the query in its own client")
        }
    };
    let code = if code.is_empty() { String::new() } else { format!(" (code {code})") };
    Trouble::new(fault, format!("{what}{code}")).help(help)
}
