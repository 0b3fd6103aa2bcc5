//! Databases: what all of them have in common. A query's values are bound by the database's own client, whatever stands in them.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Database, Pool, error::ErrorKind};

use super::settings::SqlTarget;
use super::source::{Fault, Rows, Source, Trouble};
use crate::event::{Shape, Value, View};
use crate::rule::{Part, Statement};

/// Most rows of one answer.
pub(super) const ROW_LIMIT: usize = 1_000;
/// Longest value of a column, in bytes.
pub(super) const VALUE_LIMIT_BYTES: usize = 256 << 10;
/// How long a connection that nobody uses is kept, in milliseconds.
const IDLE_LIMIT_MS: u64 = 300_000;
/// How long a connection is waited for, in milliseconds; a question waits less.
const ACQUIRE_LIMIT_MS: u64 = 5_000;
/// How much longer than its timeout a query may take that the server should have ended, in milliseconds: then the connection is closed.
const SILENCE_LIMIT_MS: u64 = 2_000;

/// Makes a database ready by the scheme of its address; nothing is connected yet.
pub(super) fn open(target: &SqlTarget) -> Result<Arc<dyn Source>, Trouble> {
    match target.address.split_once(':').map_or("", |(scheme, _)| scheme) {
        "sqlite" => Ok(Arc::new(super::sqlite::Sqlite::open(target)?)),
        #[cfg(feature = "postgres")]
        "postgres" => Ok(Arc::new(super::postgres::Postgres::open(target)?)),
        #[cfg(feature = "mysql")]
        "mysql" => Ok(Arc::new(super::mysql::MySql::open(target)?)),
        scheme => {
            let message = format!("this build of hookgate does not speak to `{scheme}` databases");
            let help = "build it with `--features full`";
            Err(Trouble::new(Fault::Question, message).help(help))
        }
    }
}

/// A pool that connects when it is first asked.
pub(super) fn pool<D: Database>(target: &SqlTarget) -> sqlx::pool::PoolOptions<D> {
    sqlx::pool::PoolOptions::new()
        .max_connections(target.at_once)
        .min_connections(0)
        .acquire_timeout(Duration::from_millis(ACQUIRE_LIMIT_MS))
        .idle_timeout(Duration::from_millis(IDLE_LIMIT_MS))
        .test_before_acquire(true)
}

/// A value as it is bound: kinds stay what they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bound {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

/// A query's text with the database's own placeholders, and the values that stand there.
pub(super) fn bound(
    statement: &Statement,
    key: &Value<'static>,
    placeholder: impl Fn(usize) -> String,
) -> Result<(String, Vec<Bound>), Trouble> {
    let (mut text, mut values) = (String::new(), Vec::new());
    for part in &statement.parts {
        match part {
            Part::Text(written) => text.push_str(written),
            part => {
                let missing = || Trouble::new(Fault::Question, "the key lacks a value that the query has");
                values.push(bind(part.value(key.view()).ok_or_else(missing)?)?);
                text.push_str(&placeholder(values.len()));
            }
        }
    }
    Ok((text, values))
}

fn bind(value: View<'_>) -> Result<Bound, Trouble> {
    Ok(match value.shape() {
        Shape::Null => Bound::Null,
        Shape::Bool(value) => Bound::Bool(value),
        Shape::Text(text) if text.contains('\0') => {
            return Err(Trouble::new(Fault::Question, "the key has a character (NUL) that no database takes"));
        }
        Shape::Text(text) => Bound::Text(text.into_owned()),
        Shape::Number(number) => match (number.parse::<i64>(), number.parse::<f64>()) {
            (Ok(integer), _) => Bound::Integer(integer),
            // As text where the digits would not come back.
            (_, Ok(float)) if Value::float(float).view().same(value) && number.len() <= 17 => Bound::Float(float),
            _ => Bound::Text(number.to_owned()),
        },
        Shape::List(_) | Shape::Map(_) => {
            let message = format!("the key is {}, and a query takes texts, numbers, true and false", value.kind_name());
            return Err(Trouble::new(Fault::Question, message));
        }
    })
}

/// Has a connection do something within the lookup's timeout, which the server keeps. A server that says nothing at all
/// has its connection closed: what is half read is never used again.
pub(super) async fn with_connection<D: Database, T>(
    pool: &Pool<D>,
    timeout: Duration,
    work: impl AsyncFnOnce(&mut D::Connection) -> Result<T, sqlx::Error>,
) -> Result<T, Trouble> {
    let silence = timeout + Duration::from_millis(SILENCE_LIMIT_MS);
    let acquired = tokio::time::timeout(silence, pool.acquire()).await;
    let mut connection = match acquired {
        Ok(acquired) => acquired.map_err(|error| trouble(&error))?,
        Err(_) => return Err(Trouble::new(Fault::Source, "no connection in time")),
    };
    match tokio::time::timeout(silence, work(&mut connection)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            // A statement that the server ended, or refused, leaves the connection whole; anything else may not.
            if !matches!(error, sqlx::Error::Database(_)) {
                connection.close_on_drop();
            }
            Err(trouble(&error))
        }
        Err(_) => {
            connection.close_on_drop();
            Err(Trouble::new(Fault::Source, "the database has gone silent"))
        }
    }
}

/// What went wrong, without what was asked: a database quotes values in its messages.
pub(super) fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Database(error) => of_database(error.as_ref()),
        sqlx::Error::PoolTimedOut => Trouble::new(Fault::Source, "no connection in time"),
        sqlx::Error::Tls(error) => not_encrypted(error.as_ref()),
        // What TLS says of a certificate comes as trouble with reading.
        sqlx::Error::Io(error) if error.to_string().contains("certificate") => not_encrypted(error),
        sqlx::Error::Io(error) => Trouble::new(Fault::Source, format!("no connection: {error}")),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            Trouble::new(Fault::Answer, "a column cannot be read").help("cast it to text in the query")
        }
        _ => Trouble::new(Fault::Source, "the connection broke off"),
    }
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
    let (fault, what, help) = match code.as_str() {
        "28P01" | "28000" | "1045" | "1044" | "1698" => {
            (Fault::Access, "the login is refused", "see `user` and `password` of the connection")
        }
        "42501" | "1142" | "1143" => {
            (Fault::Access, "the user may not read that", "let the database's user read the table or view")
        }
        "3D000" | "1049" => (Fault::Access, "there is no such database", "see the end of the connection's address"),
        "42P01" | "1146" => {
            (Fault::Answer, "there is no such table", "see the query's table, with its schema in front")
        }
        "42703" | "1054" => (Fault::Answer, "there is no such column", "see the columns of the query"),
        "42883" | "42804" | "22P02" => {
            (Fault::Answer, "two kinds of values do not go together", "cast the parameter: `cast(:key as integer)`")
        }
        "42601" | "1064" => (Fault::Answer, "the query cannot be understood", "try it in the database's own client"),
        "25006" | "1792" => (Fault::Answer, "the query would change something", "a lookup reads only"),
        "57014" | "1969" | "3024" | "1317" => {
            (Fault::Source, "the query took too long and was ended", "see that it uses an index")
        }
        "53300" | "1040" | "1203" => {
            (Fault::Source, "it has no connection left", "raise its limit, or lower `at_once`")
        }
        _ if error.kind() != ErrorKind::Other => {
            (Fault::Answer, "the query is refused", "try it in the database's own client")
        }
        _ => (
            if is_of_server(&code) { Fault::Source } else { Fault::Answer },
            "the database reports an error",
            "see the database's log",
        ),
    };
    let code = if code.is_empty() { String::new() } else { format!(" (code {code})") };
    Trouble::new(fault, format!("{what}{code}")).help(help)
}

/// Classes of errors that say that the server is unwell: connections, resources, operator's hand, system (SQLSTATE 08, 53, 57, 58).
fn is_of_server(code: &str) -> bool {
    ["08", "53", "57", "58", "40"].iter().any(|class| code.len() == 5 && code.starts_with(class))
}

/// A row of these columns; a name that stands twice could be read either way.
pub(super) fn row(columns: Vec<(String, Value<'static>)>) -> Result<Value<'static>, Trouble> {
    for (number, (name, value)) in columns.iter().enumerate() {
        if columns.iter().take(number).any(|(earlier, _)| earlier == name) {
            let message = format!("two columns are called `{name}`");
            return Err(Trouble::new(Fault::Answer, message).help("give one another name with `as`"));
        }
        if matches!(value, Value::Text(text) if text.len() > VALUE_LIMIT_BYTES) {
            let message = format!("a value of `{name}` is larger than {} KiB", VALUE_LIMIT_BYTES >> 10);
            return Err(Trouble::new(Fault::Answer, message));
        }
    }
    Ok(Value::Map(columns.into_iter().map(|(name, value)| (name.into(), value)).collect()))
}

/// More rows than one answer has.
pub(super) fn within_limit(rows: Rows) -> Result<Rows, Trouble> {
    if rows.len() <= ROW_LIMIT {
        return Ok(rows);
    }
    let message = format!("more than {ROW_LIMIT} rows");
    Err(Trouble::new(Fault::Answer, message).help("narrow the query, or write `limit` into it"))
}
