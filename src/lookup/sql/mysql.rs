//! The client for MySQL and MariaDB: read-only questions that are rolled back, with a time limit in the server.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlColumn, MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::{AssertSqlSafe, Column as _, ConnectOptions as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _};

use super::database::{Bound, Database};
use super::mysql_datetime::{moment, time};
use super::pool::{Dial, Pool, Session};
use super::rows::Collected;
use super::server::PROBE_LIMIT_MS;
use super::settings::SqlTarget;
use super::trouble::{Stop, trouble};
use super::{database, server};
use crate::event::Value;
use crate::lookup::login::Credentials;
use crate::lookup::source::{Fault, Rows, Trouble};
use crate::outside::relay;
use crate::outside::relay::{Server, Watch};
use crate::rule::Statement;

/// The port where the address names none.
const PORT: u16 = 3306;

/// A database.
#[derive(Debug)]
pub struct MySql {
    pool: Pool<MySqlConnection>,
}

impl MySql {
    /// Makes the connection ready; nothing is connected yet.
    pub fn open(target: &SqlTarget) -> Result<Self, Trouble> {
        // What is not there is told now, and not with the first question.
        options(target)?;
        let target = target.clone();
        Ok(Self { pool: Pool::new(&target.address.clone(), move || options(&target)) })
    }
}

/// How to connect, with the credentials and authorities as they are now.
fn options(target: &SqlTarget) -> Result<Dial<MySqlConnection>, Trouble> {
    let mut options =
        MySqlConnectOptions::new().database(server::address(target)?.database).disable_statement_logging();
    let credentials = Credentials::read(target.login.as_ref())?;
    if let Some(Credentials { user, password }) = &credentials {
        options = options.username(server::exposed(user)).password(server::exposed(password));
    }
    Ok(((server::server(target, PORT)?, options), credentials))
}

impl Session for MySqlConnection {
    type Target = (Server, MySqlConnectOptions);

    async fn dial((server, options): Self::Target) -> Result<(Self, Option<Arc<Watch>>), Trouble> {
        let opened = relay::mysql(&server).await;
        let relay::Way { socket, certificate, watch } = opened.map_err(|error| trouble(&sqlx::Error::Io(error)))?;
        let options = match certificate {
            None => options.ssl_mode(MySqlSslMode::Disabled),
            Some((name, pem)) => {
                options.host(name).ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca_from_pem(pem.as_bytes().to_vec())
            }
        };
        match options.socket(socket).connect().await {
            Ok(connection) => Ok((connection, Some(watch))),
            Err(error) => Err(trouble(&watch.cause().map_or(error, sqlx::Error::Io))),
        }
    }

    /// All in one message. MariaDB counts seconds and reads comments that begin with `/*M!`; MySQL counts milliseconds and reads
    /// those that begin with `/*!50705`, which MariaDB passes over. The library cannot ask for a session to be reset, and a
    /// rollback leaves variables and named locks: those that change what a query answers are set as they were at the login,
    /// and `\` in a text as the query was read.
    async fn start(&mut self, time: Duration) -> Result<(), sqlx::Error> {
        let (seconds, millis) = (time.as_secs_f64().max(0.001), time.as_millis().max(1));
        let text = format!(
            "set session /*M! max_statement_time = {seconds:.3}, */ /*!50705 max_execution_time = {millis}, */ \
             sql_auto_is_null = 0, sql_mode = \
             concat(replace(@@global.sql_mode, 'NO_BACKSLASH_ESCAPES', 'NO_ENGINE_SUBSTITUTION'), ',PIPES_AS_CONCAT,NO_ENGINE_SUBSTITUTION'), \
             time_zone = '+00:00', timestamp = default, sql_select_limit = default, group_concat_max_len = default, \
             lc_time_names = default, div_precision_increment = default, default_week_format = default; \
             set names utf8mb4; set session transaction read only; \
             do 0 /*M!100502 + release_all_locks() */ /*!50705 + release_all_locks() */; start transaction read only"
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

async fn fetch(connection: &mut MySqlConnection, text: String, values: Vec<Bound>) -> Result<Rows, Stop> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        // Numbers too as text: beside a number this database reads a text as one, and `0` would find every name. As text
        // they find in columns of numbers what they are, and in columns of text what is written there.
        query = match value {
            Bound::Null => query.bind(None::<String>),
            Bound::Bool(value) => query.bind(u8::from(value).to_string()),
            Bound::Integer(value) => query.bind(value.to_string()),
            Bound::Float(value) => query.bind(value.to_string()),
            Bound::Text(value) => query.bind(value),
        };
    }
    let (mut found, mut rows) = (query.fetch(connection), Collected::default());
    while let Some(row) = found.try_next().await? {
        rows.push(columns(&row)?)?;
    }
    Ok(rows.into_rows())
}

fn columns(row: &MySqlRow) -> Result<Vec<(String, Value<'static>)>, Trouble> {
    let named = |column: &MySqlColumn| Ok((column.name().to_owned(), value(row, column.ordinal(), column.name())?));
    row.columns().iter().map(named).collect()
}

fn value(row: &MySqlRow, at: usize, name: &str) -> Result<Value<'static>, Trouble> {
    let wrong = |error: sqlx::Error| trouble(&error);
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
        "DECIMAL" => number(&text()?, name)?,
        "DATE" | "DATETIME" | "TIMESTAMP" => Value::text(moment(raw, &kind)?),
        "TIME" => Value::text(time(raw)?),
        "JSON" => server::json(text()?)?,
        "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT" | "ENUM" | "SET" => Value::text(text()?),
        // A text that is compared byte by byte is told as bytes too.
        _ => text().map(Value::text).map_err(|_| {
            let message = format!("column `{name}` is of kind {kind} and no text");
            Trouble::new(Fault::Answer, message).help("cast it in the query: `cast(photo as char)`, `hex(photo)`")
        })?,
    })
}

/// A number of any length, if it is one: what a server calls so may be any text.
fn number(written: &str, name: &str) -> Result<Value<'static>, Trouble> {
    let digits = digits(written);
    // Around a number JSON takes blanks.
    let has_digits = written.contains(|c: char| c.is_ascii_digit()) && !written.contains(char::is_whitespace);
    match server::json(digits.clone()) {
        Ok(Value::Number(_)) if has_digits => Ok(Value::Number(digits.into())),
        _ => Err(Trouble::new(Fault::Answer, format!("the number in column `{name}` is none"))
            .help("see what answers at the connection's address")),
    }
}

/// A number without the zeros that a column with `zerofill` has in front: JSON takes none.
fn digits(written: &str) -> String {
    let (sign, digits) = written.strip_prefix('-').map_or(("", written), |digits| ("-", digits));
    let trimmed = digits.trim_start_matches('0');
    let zero = if trimmed.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    format!("{sign}{zero}{trimmed}")
}

impl Database for MySql {
    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = database::bound(statement, key, |_| "?".to_owned())?;
        self.pool.with(timeout, async |connection: &mut MySqlConnection| fetch(connection, text, values).await).await
    }

    async fn found(&self) -> Result<String, Trouble> {
        let limit = Duration::from_millis(PROBE_LIMIT_MS);
        let found = self.pool.with(limit, async |connection: &mut MySqlConnection| {
            let version: String = sqlx::query_scalar("select version()").fetch_one(&mut *connection).await?;
            // Its name differs between the two, and between their versions.
            let query = "show session variables where variable_name in ('tx_read_only', 'transaction_read_only')";
            let (_, only_reads): (String, String) = sqlx::query_as(query).fetch_one(connection).await?;
            Ok((version, only_reads == "ON"))
        });
        let (version, only_reads) = found.await?;
        let server = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
        let manner = if only_reads { "the session only reads" } else { "the session could write" };
        Ok(format!("{server} {version}, {manner}"))
    }

    fn is_refused(&self) -> bool {
        self.pool.is_refused()
    }
}

#[cfg(test)]
mod tests {
    use super::{digits, number};

    #[test]
    fn a_text_that_is_called_a_number_is_looked_at() {
        for written in ["12.50", "-0.5", "00012", "99999999999999999999.000000000000000000000000000001", "0"] {
            assert!(number(written, "n").is_ok(), "{written}");
        }
        for written in
            ["", "-", "1,\"admin\":true", "NaN", "1 ", " 1", "1\n", "0x1", "--1", "1.", "1e", "{}", "\"1\"", "+1"]
        {
            assert!(number(written, "n").is_err(), "{written:?}");
        }
    }

    #[test]
    fn numbers_are_written_as_json_has_them() {
        for (written, digits_of_it) in
            [("00012.50", "12.50"), ("0.5", "0.5"), ("000", "0"), ("-0.5", "-0.5"), (".5", "0.5"), ("7", "7")]
        {
            assert_eq!(digits(written), digits_of_it);
        }
    }
}
