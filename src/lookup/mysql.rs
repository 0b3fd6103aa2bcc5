//! MySQL and MariaDB: sessions that only read, statements that the server itself ends in time.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlRow, MySqlSslMode, MySqlValueRef};
use sqlx::{AssertSqlSafe, Column as _, ConnectOptions as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _};

use super::settings::SqlTarget;
use super::source::{Fault, Rows, Source, Trouble};
use super::sql::{self, Bound};
use super::sql_server;
use crate::event::Value;
use crate::rule::{Ask, Remote, Statement};

/// A database.
#[derive(Debug)]
pub(super) struct MySql {
    pool: MySqlPool,
}

impl MySql {
    /// Makes the connection ready; nothing is connected yet.
    pub(super) fn open(target: &SqlTarget) -> Result<Self, Trouble> {
        let address = sql_server::address(target)?;
        let mode = if target.is_encrypted { MySqlSslMode::VerifyIdentity } else { MySqlSslMode::Disabled };
        let mut options = MySqlConnectOptions::new()
            .host(address.host)
            .port(address.port.unwrap_or(3306))
            .database(address.database)
            .ssl_mode(mode)
            .log_statements(log::LevelFilter::Off);
        if let Some(ca) = &target.ca {
            options = options.ssl_ca(ca);
        }
        if let Some((user, password)) = sql_server::resolved(target.login.as_ref())? {
            options = options.username(sql_server::exposed(&user)).password(sql_server::exposed(&password));
        }
        let pool = sql::pool::<sqlx::MySql>(target).after_connect(|connection, _| {
            Box::pin(async move { connection.execute("set session transaction read only").await.map(drop) })
        });
        Ok(Self { pool: pool.connect_lazy_with(options) })
    }

    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = sql::bound(statement, key, |_| "?".to_owned())?;
        let rows = sql::with_connection(&self.pool, timeout, async |connection: &mut MySqlConnection| {
            limit_time(connection, timeout).await?;
            fetch(connection, text, values).await
        });
        let rows = rows.await?;
        let rows: Result<Rows, Trouble> = rows.iter().map(row).collect();
        sql::within_limit(rows?)
    }
}

/// The server ends what takes longer. MariaDB counts seconds and reads comments that begin with `/*M!`; MySQL counts
/// milliseconds and reads those that begin with `/*!50700`, which MariaDB passes over.
async fn limit_time(connection: &mut MySqlConnection, timeout: Duration) -> Result<(), sqlx::Error> {
    let (seconds, millis) = (timeout.as_secs_f64().max(0.001), timeout.as_millis().max(1));
    let text = format!(
        "set session /*M! max_statement_time = {seconds:.3}, */ /*!50700 max_execution_time = {millis}, */ sql_auto_is_null = 0"
    );
    connection.execute(AssertSqlSafe(text)).await.map(drop)
}

async fn fetch(
    connection: &mut MySqlConnection,
    text: String,
    values: Vec<Bound>,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = match value {
            Bound::Null => query.bind(None::<String>),
            Bound::Bool(value) => query.bind(value),
            Bound::Integer(value) => query.bind(value),
            Bound::Float(value) => query.bind(value),
            Bound::Text(value) => query.bind(value),
        };
    }
    let mut found = query.fetch(connection);
    let mut rows = Vec::new();
    while let Some(row) = found.try_next().await? {
        // All are read to the end: a connection with half an answer in it could not be used again.
        if rows.len() <= sql::ROW_LIMIT {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn row(row: &MySqlRow) -> Result<Value<'static>, Trouble> {
    let mut columns = Vec::with_capacity(row.columns().len());
    for column in row.columns() {
        columns.push((column.name().to_owned(), value(row, column.ordinal(), column.name())?));
    }
    sql::row(columns)
}

fn value(row: &MySqlRow, at: usize, name: &str) -> Result<Value<'static>, Trouble> {
    let wrong = |error: sqlx::Error| sql::trouble(&error);
    let raw = row.try_get_raw(at).map_err(wrong)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let text = || row.try_get_unchecked::<String, _>(at).map_err(wrong);
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => {
            Value::integer(row.try_get_unchecked(at).map_err(wrong)?)
        }
        kind if kind.ends_with("UNSIGNED") || matches!(kind, "YEAR" | "BIT") => {
            let number: u64 = row.try_get_unchecked(at).map_err(wrong)?;
            Value::Number(number.to_string().into())
        }
        "FLOAT" => {
            // The digits that were stored, not those of the wider number.
            let number: f32 = row.try_get_unchecked(at).map_err(wrong)?;
            Value::Number(number.to_string().into())
        }
        "DOUBLE" => Value::float(row.try_get_unchecked(at).map_err(wrong)?),
        "DECIMAL" => Value::Number(text()?.into()),
        "DATE" | "DATETIME" | "TIMESTAMP" => Value::text(moment(raw, &kind)?),
        "TIME" => Value::text(time(raw)?),
        "JSON" => sql_server::json(text()?)?,
        "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT" | "ENUM" | "SET" => Value::text(text()?),
        // A text that is compared byte by byte is told as bytes too.
        _ => text().map(Value::text).map_err(|_| {
            let message = format!("column `{name}` is of kind {kind} and no text");
            Trouble::new(Fault::Answer, message).help("cast it in the query: `cast(photo as char)`, `hex(photo)`")
        })?,
    })
}

fn bytes(raw: MySqlValueRef<'_>) -> Result<&[u8], Trouble> {
    let wrong = |_| Trouble::new(Fault::Answer, "a date cannot be read").help("cast it to char in the query");
    <&[u8] as sqlx::Decode<'_, sqlx::MySql>>::decode(raw).map_err(wrong)
}

/// A date, with a time where it has one, as ISO 8601: year in two bytes, then a byte each, microseconds in four (the
/// protocol's binary form, without its leading length).
fn moment(raw: MySqlValueRef<'_>, kind: &str) -> Result<String, Trouble> {
    let bytes = bytes(raw)?;
    let bytes = bytes
        .get(1..)
        .filter(|rest| bytes.first().is_some_and(|length| usize::from(*length) == rest.len()))
        .unwrap_or(bytes);
    let at = |place: usize| u32::from(bytes.get(place).copied().unwrap_or_default());
    let date = format!("{:04}-{:02}-{:02}", at(0) | at(1) << 8, at(2), at(3));
    if kind == "DATE" {
        return Ok(date);
    }
    let micros = at(7) | at(8) << 8 | at(9) << 16 | at(10) << 24;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Ok(format!("{date}T{:02}:{:02}:{:02}{fraction}", at(4), at(5), at(6)))
}

/// A time of day or a span: sign, days in four bytes, then a byte each, microseconds in four.
fn time(raw: MySqlValueRef<'_>) -> Result<String, Trouble> {
    let bytes = bytes(raw)?;
    let bytes = bytes
        .get(1..)
        .filter(|rest| bytes.first().is_some_and(|length| usize::from(*length) == rest.len()))
        .unwrap_or(bytes);
    let at = |place: usize| u32::from(bytes.get(place).copied().unwrap_or_default());
    let days = at(1) | at(2) << 8 | at(3) << 16 | at(4) << 24;
    let sign = if at(0) == 1 { "-" } else { "" };
    let micros = at(8) | at(9) << 8 | at(10) << 16 | at(11) << 24;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Ok(format!("{sign}{:02}:{:02}:{:02}{fraction}", days * 24 + at(5), at(6), at(7)))
}

impl Source for MySql {
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
                sql::with_connection(&self.pool, Duration::from_secs(5), async |connection: &mut MySqlConnection| {
                    sqlx::query_scalar::<_, String>("select version()").fetch_one(connection).await
                });
            let version = found.await?;
            let server = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
            Ok(format!("{server} {version}, the session only reads"))
        })
    }

    fn can_be_dropped(&self) -> bool {
        false
    }
}
