//! Removes deleted contents from an outbox's file by writing the file anew.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::outbox::store::Trouble;

/// How long a gateway that writes the file is waited for.
const BUSY: Duration = Duration::from_secs(30);

/// Writes the file anew, beside a gateway that uses it. Deliveries that wait stay.
///
/// # Errors
/// When the file cannot be written, or a gateway never lets go of it for long enough.
pub fn scrub(file: &Path) -> Result<(), Trouble> {
    let scrubbed = || -> rusqlite::Result<bool> {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch("vacuum")?;
        let busy: i64 = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        Ok(busy == 0)
    };
    let help =
        "run the command again; what was dropped is not sent, and may still be read in the file by whoever has it";
    let trouble = |why: String| Trouble {
        message: format!("the outbox `{}` cannot be written anew: {why}", file.display()),
        help: help.to_owned(),
    };
    match scrubbed() {
        Ok(true) => Ok(()),
        Ok(false) => Err(trouble("a gateway uses it all the time".to_owned())),
        Err(error) => Err(trouble(error.to_string())),
    }
}
