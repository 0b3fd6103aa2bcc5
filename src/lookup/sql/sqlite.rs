//! The client for SQLite files, opened read-only.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, ToSql};

use super::database::{self, Bound, Database};
use super::rows::{Collected, unreadable};
use super::settings::SqlTarget;
use super::sqlite_pool::Pool;
use crate::event::Value;
use crate::lookup::source::{Fault, Rows, Trouble};
use crate::rule::Statement;

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
    pool: Arc<Pool>,
}

impl Sqlite {
    /// Makes the file ready to be asked; it need not be there yet.
    pub fn open(target: &SqlTarget) -> Self {
        let file = target.address.trim_start_matches("sqlite:").trim_start_matches("//").to_owned();
        Self { file, opened: Mutex::default() }
    }

    /// Connections to the file that is there now: one that an export has put in its place is another file under the same name.
    fn pool(&self) -> Result<Arc<Pool>, Trouble> {
        let found = std::fs::metadata(&self.file).ok().filter(Metadata::is_file).ok_or_else(|| {
            let trouble = Trouble::new(Fault::Source, format!("there is no file `{}`", self.file));
            trouble.help("the path is relative to the folder in which hookgate is started")
        })?;
        let identity = (found.dev(), found.ino());
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        match &*opened {
            Some(known) if known.identity == identity => Ok(Arc::clone(&known.pool)),
            _ => {
                let pool = Arc::new(Pool::new(&self.file));
                *opened = Some(Opened { identity, pool: Arc::clone(&pool) });
                Ok(pool)
            }
        }
    }
}

impl ToSql for Bound {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Bound::Null => Null.to_sql(),
            Bound::Bool(value) => value.to_sql(),
            Bound::Integer(value) => value.to_sql(),
            Bound::Float(value) => value.to_sql(),
            Bound::Text(value) => value.to_sql(),
        }
    }
}

fn fetch(connection: &Connection, text: &str, values: &[Bound]) -> Result<Rows, Trouble> {
    let mut statement = connection.prepare_cached(text)?;
    for (number, value) in (1_usize..).zip(values) {
        statement.raw_bind_parameter(number, value)?;
    }
    let (mut found, mut rows) = (statement.raw_query(), Collected::default());
    while let Some(row) = found.next()? {
        rows.push(columns(row)?)?;
    }
    Ok(rows.into_rows())
}

fn columns(row: &Row<'_>) -> Result<Vec<(String, Value<'static>)>, Trouble> {
    let statement = row.as_ref();
    let column = |at| {
        let name = statement.column_name(at)?;
        Ok((name.to_owned(), value(row.get_ref(at)?, name)?))
    };
    (0..statement.column_count()).map(column).collect()
}

/// A value by the kind it has in this row: columns of SQLite hold any.
fn value(found: ValueRef<'_>, name: &str) -> Result<Value<'static>, Trouble> {
    Ok(match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::integer(value),
        ValueRef::Real(value) => Value::float(value),
        ValueRef::Text(text) => Value::text(str::from_utf8(text).map_err(|_| unreadable())?.to_owned()),
        ValueRef::Blob(_) => {
            let message = format!("column `{name}` holds bytes that are not text");
            return Err(
                Trouble::new(Fault::Answer, message).help("cast it in the query: `cast(photo as text)`, `hex(photo)`")
            );
        }
    })
}

impl Database for Sqlite {
    async fn rows(&self, statement: &Statement, key: &Value<'static>, timeout: Duration) -> Result<Rows, Trouble> {
        let (text, values) = database::bound(statement, key, |number| format!("?{number}"))?;
        self.pool()?.with(timeout, move |connection| fetch(connection, &text, &values)).await
    }

    async fn found(&self) -> Result<String, Trouble> {
        let pool = self.pool()?;
        let version = pool.with(Duration::from_millis(PROBE_LIMIT_MS), |connection| {
            // Reads the file's head, so that one that is no database is told.
            let query = "select sqlite_version() || ' with ' || (select count(*) from sqlite_schema) || ' tables, views and indexes'";
            Ok(connection.query_row(query, [], |row| row.get::<_, String>(0))?)
        });
        Ok(format!("SQLite {}, opened for reading alone", version.await?))
    }

    /// A file has no login.
    fn is_refused(&self) -> bool {
        false
    }
}
