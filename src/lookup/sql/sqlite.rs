//! SQLite: a file on this machine, opened for reading alone.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _};

use super::database;
use super::database::{Bound, Database};
use super::pool::{Pool, Session};
use super::rows::Collected;
use super::settings::SqlTarget;
use super::trouble::{Stop, trouble};
use crate::event::Value;
use crate::lookup::source::{Fault, Rows, Trouble};
use crate::outside::relay::Watch;
use crate::rule::Statement;

/// Steps of SQLite's machine between two looks at the time.
const STEPS_PER_LOOK: i32 = 1_000;
/// How long a file that is being written is waited for, in milliseconds.
const BUSY_LIMIT_MS: u64 = 500;
/// How long a probe may take, in milliseconds.
const PROBE_LIMIT_MS: u64 = 1_000;

/// A file.
#[derive(Debug)]
pub struct Sqlite {
    file: String,
    opened: Mutex<Option<Opened>>,
}

/// The file as it was when it was first asked.
#[derive(Debug)]
struct Opened {
    identity: (u64, u64),
    pool: Arc<Pool<SqliteConnection>>,
}

impl Sqlite {
    /// Makes the file ready to be asked; it need not be there yet.
    pub fn open(target: &SqlTarget) -> Self {
        let file = target.address.trim_start_matches("sqlite:").trim_start_matches("//").to_owned();
        Self { file, opened: Mutex::default() }
    }

    /// Connections to the file that is there now: one that an export has put in its place is another file under the same name.
    fn pool(&self) -> Result<Arc<Pool<SqliteConnection>>, Trouble> {
        let found = std::fs::metadata(&self.file).ok().filter(Metadata::is_file).ok_or_else(|| {
            let trouble = Trouble::new(Fault::Source, format!("there is no file `{}`", self.file));
            trouble.help("the path is relative to the folder in which hookgate is started")
        })?;
        let identity = (found.dev(), found.ino());
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        match &*opened {
            Some(known) if known.identity == identity => Ok(Arc::clone(&known.pool)),
            _ => {
                let options = self.options();
                let pool = Arc::new(Pool::new(&self.file, move || Ok((options.clone(), None))));
                *opened = Some(Opened { identity, pool: Arc::clone(&pool) });
                Ok(pool)
            }
        }
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.file)
            .read_only(true)
            .create_if_missing(false)
            .pragma("query_only", "on")
            .busy_timeout(Duration::from_millis(BUSY_LIMIT_MS))
            .disable_statement_logging()
    }
}

impl Session for SqliteConnection {
    type Way = SqliteConnectOptions;

    async fn dial(way: SqliteConnectOptions) -> Result<(Self, Option<Arc<Watch>>), Trouble> {
        Ok((way.connect().await.map_err(|error| trouble(&error))?, None))
    }

    async fn start(&mut self, time: Duration) -> Result<(), sqlx::Error> {
        let end = Instant::now() + time;
        self.lock_handle().await?.set_progress_handler(STEPS_PER_LOOK, move || Instant::now() < end);
        Ok(())
    }

    /// The file is opened for reading alone: there is nothing to undo.
    async fn undo(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

async fn fetch(connection: &mut SqliteConnection, text: String, values: Vec<Bound>) -> Result<Rows, Stop> {
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
    let (mut found, mut rows) = (query.fetch(connection), Collected::default());
    while let Some(row) = found.try_next().await? {
        rows.push(columns(&row)?)?;
    }
    Ok(rows.into_rows())
}

fn columns(row: &SqliteRow) -> Result<Vec<(String, Value<'static>)>, Trouble> {
    let named = |column: &sqlx::sqlite::SqliteColumn| {
        Ok((column.name().to_owned(), value(row, column.ordinal(), column.name())?))
    };
    row.columns().iter().map(named).collect()
}

/// A value by the kind it has in this row: columns of SQLite hold any.
fn value(row: &SqliteRow, at: usize, name: &str) -> Result<Value<'static>, Trouble> {
    let wrong = |error: sqlx::Error| trouble(&error);
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

impl Database for Sqlite {
    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = database::bound(statement, key, |number| format!("?{number}"))?;
        let pool = self.pool()?;
        pool.with(timeout, async |connection: &mut SqliteConnection| fetch(connection, text, values).await).await
    }

    async fn found(&self) -> Result<String, Trouble> {
        let limit = Duration::from_millis(PROBE_LIMIT_MS);
        let pool = self.pool()?;
        let version = pool.with(limit, async |connection: &mut SqliteConnection| {
            // Reads the file's head, so that one that is no database is told.
            let query = "select sqlite_version() || ' with ' || (select count(*) from sqlite_schema) || ' tables, views and indexes'";
            Ok(sqlx::query_scalar::<_, String>(query).fetch_one(connection).await?)
        });
        Ok(format!("SQLite {}, opened for reading alone", version.await?))
    }

    fn is_refused(&self) -> bool {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().is_some_and(|opened| opened.pool.is_refused())
    }
}
