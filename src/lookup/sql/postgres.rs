//! The client for PostgreSQL: read-only questions that are rolled back, with a time limit in the server.
//!
//! Rows come as the JSON that the server writes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

use super::database::{Bound, Database};
use super::pool::{Dial, Pool, Session};
use super::rows::{ANSWER_LIMIT_BYTES, Collected, too_large};
use super::server::PROBE_LIMIT_MS;
use super::settings::SqlTarget;
use super::trouble::{Stop, trouble};
use super::{database, server};
use crate::event::Value;
use crate::lookup::login::Credentials;
use crate::lookup::source::{Fault, ROW_LIMIT, Rows, Trouble};
use crate::outside::relay;
use crate::outside::relay::{POSTGRES_PORT, Server, Watch};
use crate::rule::Statement;

/// A database.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool<PgConnection>,
}

impl Postgres {
    /// Makes the connection ready; nothing is connected yet.
    pub fn open(target: &SqlTarget) -> Result<Self, Trouble> {
        // What is not there is told now, and not with the first question.
        options(target)?;
        let target = target.clone();
        Ok(Self { pool: Pool::new(&target.address.clone(), move || options(&target)) })
    }
}

/// How to connect, with the credentials and authorities as they are now.
fn options(target: &SqlTarget) -> Result<Dial<PgConnection>, Trouble> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(POSTGRES_PORT)
        .database(server::address(target)?.database)
        .application_name("hookgate")
        // Up to the relay, which speaks TLS with the server.
        .ssl_mode(PgSslMode::Disable)
        // A query is read as with this setting before it is asked: `\` in `'…'` is a letter like any other.
        .options([("default_transaction_read_only", "on"), ("standard_conforming_strings", "on")])
        .disable_statement_logging();
    let credentials = Credentials::read(target.login.as_ref())?;
    if let Some(Credentials { user, password }) = &credentials {
        options = options.username(server::exposed(user)).password(server::exposed(password));
    }
    Ok(((server::server(target, POSTGRES_PORT)?, options), credentials))
}

/// The query as a part of another one: nothing but a query can stand there, every kind of column becomes JSON, and the server
/// sends no more than is looked at. The name is one that no column has, or that column would be the row.
fn wrapped(text: &str, values: &[Bound]) -> String {
    let (rows, letters) = (ROW_LIMIT + 1, ANSWER_LIMIT_BYTES + 1);
    // A statement is prepared once for its text, and for the kinds of values it was first asked with.
    let kinds: String = values.iter().map(kind).collect();
    format!(
        "select left(row_to_json(hookgate_row)::text, {letters}) from (\n{text}\n) as hookgate_row limit {rows} /* {kinds} */"
    )
}

/// A letter for the kind of a value.
fn kind(value: &Bound) -> char {
    match value {
        Bound::Null | Bound::Text(_) => 't',
        Bound::Bool(_) => 'b',
        Bound::Integer(_) => 'i',
        Bound::Float(_) => 'f',
    }
}

impl Session for PgConnection {
    type Target = (Server, PgConnectOptions);

    async fn dial((server, options): Self::Target) -> Result<(Self, Option<Arc<Watch>>), Trouble> {
        let opened = relay::postgres(&server, true).await;
        let (socket, watch) = opened.map_err(|error| trouble(&sqlx::Error::Io(error)))?;
        match options.socket(socket).connect().await {
            Ok(connection) => Ok((connection, Some(watch))),
            Err(error) => Err(trouble(&watch.cause().map_or(error, sqlx::Error::Io))),
        }
    }

    /// All in one message, as it is one for the time limit alone. A question that is rolled back leaves nothing but advisory
    /// locks; settings and role are set back all the same. `discard all` would do it too, and have every statement prepared anew.
    async fn start(&mut self, time: Duration) -> Result<(), sqlx::Error> {
        let text = format!(
            "select pg_advisory_unlock_all(); set session authorization default; reset all; begin read only; \
             set local statement_timeout = {}",
            time.as_millis().max(1)
        );
        self.execute(AssertSqlSafe(text)).await.map(drop)
    }

    async fn undo(&mut self) -> Result<(), sqlx::Error> {
        self.execute("rollback").await.map(drop)
    }

    async fn part(self) -> Result<(), sqlx::Error> {
        sqlx::Connection::close(self).await
    }
}

async fn fetch(connection: &mut PgConnection, text: String, values: Vec<Bound>) -> Result<Rows, Stop> {
    let mut query = sqlx::query_scalar::<_, String>(AssertSqlSafe(text));
    for value in values {
        query = match value {
            Bound::Null => query.bind(None::<String>),
            Bound::Bool(value) => query.bind(value),
            Bound::Integer(value) => query.bind(value),
            Bound::Float(value) => query.bind(value),
            Bound::Text(value) => query.bind(value),
        };
    }
    let (mut found, mut rows) = (query.fetch(connection), Collected::default());
    while let Some(json) = found.try_next().await? {
        rows.push(columns(json)?)?;
    }
    Ok(rows.into_rows())
}

/// The columns of a row that came as an object.
fn columns(json: String) -> Result<Vec<(String, Value<'static>)>, Trouble> {
    if json.len() > ANSWER_LIMIT_BYTES {
        return Err(too_large());
    }
    match server::json(json)? {
        Value::Map(columns) => Ok(columns.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()),
        _ => Err(Trouble::new(Fault::Answer, "the database answered something else than rows")),
    }
}

impl Database for Postgres {
    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = database::bound(statement, key, |number| format!("${number}"))?;
        let text = wrapped(&text, &values);
        self.pool.with(timeout, async |connection: &mut PgConnection| fetch(connection, text, values).await).await
    }

    async fn found(&self) -> Result<String, Trouble> {
        let limit = Duration::from_millis(PROBE_LIMIT_MS);
        let found = self.pool.with(limit, async |connection: &mut PgConnection| {
            let query = "select current_setting('server_version') || case current_setting('transaction_read_only')
                         when 'on' then ', the session only reads' else ', the session could write' end";
            Ok(sqlx::query_scalar::<_, String>(query).fetch_one(connection).await?)
        });
        Ok(format!("PostgreSQL {}", found.await?))
    }

    fn is_refused(&self) -> bool {
        self.pool.is_refused()
    }
}
