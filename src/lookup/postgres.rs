//! PostgreSQL: sessions that only read, statements that the server itself ends in time, rows as the server writes them in JSON.

use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

use super::settings::SqlTarget;
use super::source::{Fault, Rows, Source, Trouble};
use super::sql::{self, Bound};
use super::sql_server;
use crate::event::Value;
use crate::rule::{Ask, Remote, Statement};

/// A database.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
}

impl Postgres {
    /// Makes the connection ready; nothing is connected yet.
    pub(super) fn open(target: &SqlTarget) -> Result<Self, Trouble> {
        let address = sql_server::address(target)?;
        let mode = if target.is_encrypted { PgSslMode::VerifyFull } else { PgSslMode::Disable };
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(address.host)
            .port(address.port.unwrap_or(5432))
            .database(address.database)
            .application_name("hookgate")
            .ssl_mode(mode)
            .options([("default_transaction_read_only", "on")])
            .log_statements(log::LevelFilter::Off);
        if let Some(ca) = &target.ca {
            options = options.ssl_root_cert(ca);
        }
        if let Some((user, password)) = sql_server::resolved(target.login.as_ref())? {
            options = options.username(sql_server::exposed(&user)).password(sql_server::exposed(&password));
        }
        Ok(Self { pool: sql::pool(target).connect_lazy_with(options) })
    }

    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = sql::bound(statement, key, |number| format!("${number}"))?;
        // As a part of another query nothing but a query can stand there; and every kind of column becomes JSON.
        let limit = sql::ROW_LIMIT + 1;
        // A statement is prepared once for its text, and for the kinds of values it was first asked with.
        let kinds: String = values.iter().map(kind).collect();
        let text = format!("select row_to_json(q)::text from (\n{text}\n) as q limit {limit} /* {kinds} */");
        let rows = sql::with_connection(&self.pool, timeout, async |connection: &mut PgConnection| {
            limit_time(connection, timeout).await?;
            fetch(connection, text, values).await
        });
        let rows: Result<Rows, Trouble> = rows.await?.into_iter().map(row).collect();
        sql::within_limit(rows?)
    }
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

/// The server ends what takes longer.
async fn limit_time(connection: &mut PgConnection, timeout: Duration) -> Result<(), sqlx::Error> {
    let millis = timeout.as_millis().max(1);
    connection.execute(AssertSqlSafe(format!("set statement_timeout = {millis}"))).await.map(drop)
}

async fn fetch(connection: &mut PgConnection, text: String, values: Vec<Bound>) -> Result<Vec<String>, sqlx::Error> {
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
    query.fetch_all(connection).await
}

/// An object of columns, each of which is checked for itself.
fn row(json: String) -> Result<Value<'static>, Trouble> {
    match sql_server::json(json)? {
        Value::Map(columns) => sql::row(columns.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()),
        _ => Err(Trouble::new(Fault::Answer, "the database answered something else than rows")),
    }
}

impl Source for Postgres {
    fn ask<'s>(
        &'s self,
        remote: &'s Remote,
        key: &'s Value<'static>,
        _: Option<&'s SecretString>,
    ) -> BoxFuture<'s, Result<Rows, Trouble>> {
        Box::pin(async move {
            match &remote.ask {
                Ask::Sql(statement) => self.rows(statement, key, remote.timeout).await,
                _ => Err(Trouble::new(Fault::Question, "this connection is one for SQL")),
            }
        })
    }

    fn probe<'s>(&'s self, _: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>> {
        Box::pin(async move {
            let found =
                sql::with_connection(&self.pool, Duration::from_secs(5), async |connection: &mut PgConnection| {
                    let query =
                        "select current_setting('server_version') || case current_setting('transaction_read_only')
                             when 'on' then ', the session only reads' else ', the session could write' end";
                    sqlx::query_scalar::<_, String>(query).fetch_one(connection).await
                });
            Ok(format!("PostgreSQL {}", found.await?))
        })
    }

    fn can_be_dropped(&self) -> bool {
        false
    }
}
