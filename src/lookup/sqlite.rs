//! SQLite: a file on this machine, opened for reading alone.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::settings::SqlTarget;
use super::source::{Fault, Rows, Source, Trouble};
use super::sql::{self, Bound};
use crate::event::Value;
use crate::rule::{Ask, Remote, Statement};

/// Steps of SQLite's machine between two looks at the time.
const STEPS_PER_LOOK: i32 = 1_000;
/// How long a file that is being written is waited for, in milliseconds.
const BUSY_LIMIT_MS: u64 = 500;

/// A file.
#[derive(Debug)]
pub(super) struct Sqlite {
    pool: SqlitePool,
    file: String,
}

impl Sqlite {
    /// Makes the file ready to be asked; it need not be there yet.
    pub(super) fn open(target: &SqlTarget) -> Result<Self, Trouble> {
        let file = target.address.trim_start_matches("sqlite:").trim_start_matches("//").to_owned();
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .read_only(true)
            .create_if_missing(false)
            .pragma("query_only", "on")
            .busy_timeout(Duration::from_millis(BUSY_LIMIT_MS));
        Ok(Self { pool: sql::pool(target).connect_lazy_with(options), file })
    }

    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        self.is_there()?;
        let (text, values) = sql::bound(statement, key, |number| format!("?{number}"))?;
        let rows = sql::with_connection(&self.pool, timeout, async |connection: &mut SqliteConnection| {
            let end = Instant::now() + timeout;
            connection.lock_handle().await?.set_progress_handler(STEPS_PER_LOOK, move || Instant::now() < end);
            let rows = fetch(connection, text, values).await;
            connection.lock_handle().await?.remove_progress_handler();
            rows
        });
        let rows = rows.await.map_err(|trouble| self.explained(trouble))?;
        let rows: Result<Rows, Trouble> = rows.iter().map(row).collect();
        sql::within_limit(rows?)
    }

    fn is_there(&self) -> Result<(), Trouble> {
        if std::path::Path::new(&self.file).is_file() {
            return Ok(());
        }
        let trouble = Trouble::new(Fault::Source, format!("there is no file `{}`", self.file));
        Err(trouble.help("the path is relative to the folder in which hookgate is started"))
    }

    /// The errors of SQLite have numbers of their own.
    fn explained(&self, trouble: Trouble) -> Trouble {
        let code =
            trouble.message.rsplit_once("(code ").and_then(|(_, code)| code.trim_end_matches(')').parse::<i32>().ok());
        let (fault, what, help) = match code.map(|code| code & 0xff) {
            Some(9) => (Fault::Source, "the query took too long and was ended", "see that it uses an index"),
            Some(5 | 6) => {
                (Fault::Source, "the file is being written by another program", "let that program write less at a time")
            }
            Some(11 | 26) => (Fault::Source, "the file is damaged, or no database", "see what wrote it"),
            Some(8) => (Fault::Answer, "the query would change something", "a lookup reads only"),
            Some(1) => (
                Fault::Answer,
                "the query cannot be understood, or names what is not there",
                "try it with the `sqlite3` command",
            ),
            _ => return trouble,
        };
        Trouble::new(fault, format!("{what} (`{}`)", self.file)).help(help)
    }
}

async fn fetch(
    connection: &mut SqliteConnection,
    text: String,
    values: Vec<Bound>,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
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
        rows.push(row);
        if rows.len() > sql::ROW_LIMIT {
            break;
        }
    }
    Ok(rows)
}

fn row(row: &SqliteRow) -> Result<Value<'static>, Trouble> {
    let mut columns = Vec::with_capacity(row.columns().len());
    for column in row.columns() {
        columns.push((column.name().to_owned(), value(row, column.ordinal(), column.name())?));
    }
    sql::row(columns)
}

/// A value by the kind it has in this row: columns of SQLite hold any.
fn value(row: &SqliteRow, at: usize, name: &str) -> Result<Value<'static>, Trouble> {
    let wrong = |error: sqlx::Error| sql::trouble(&error);
    let raw = row.try_get_raw(at).map_err(wrong)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => Value::integer(row.try_get_unchecked(at).map_err(wrong)?),
        "REAL" => Value::float(row.try_get_unchecked(at).map_err(wrong)?),
        "BLOB" => {
            let message = format!("column `{name}` holds bytes that are no text");
            return Err(
                Trouble::new(Fault::Answer, message).help("cast it in the query: `cast(photo as text)`, `hex(photo)`")
            );
        }
        _ => Value::text(row.try_get_unchecked::<String, _>(at).map_err(wrong)?),
    })
}

impl Source for Sqlite {
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
            self.is_there()?;
            let version = sql::with_connection(
                &self.pool,
                Duration::from_secs(1),
                async |connection: &mut SqliteConnection| {
                    // Reads the file's head, so that one that is no database is told.
                    let query = "select sqlite_version() || ' with ' || (select count(*) from sqlite_schema) || ' tables, views and indexes'";
                    sqlx::query_scalar::<_, String>(query).fetch_one(connection).await
                },
            );
            let version = version.await.map_err(|trouble| self.explained(trouble))?;
            Ok(format!("SQLite {version}, opened for reading alone"))
        })
    }

    fn can_be_dropped(&self) -> bool {
        false
    }
}
