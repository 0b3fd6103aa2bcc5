//! The errors of a SQLite file in words: never the question, and of the answer only its code.
//!
//! Its messages quote the query.

use rusqlite::Error;

use super::rows::unreadable;
use crate::lookup::source::{Fault, Trouble};

/// Primary result codes (<https://www.sqlite.org/rescode.html>): whose fault it is, in words, what to do.
const CODES: [(&[i32], Fault, &str, &str); 7] = [
    (
        &[1],
        Fault::Answer,
        "the query cannot be understood, or names what is not there",
        "try it with the `sqlite3` command",
    ),
    (&[3, 23], Fault::Access, "the file may not be read", "let the user that hookgate runs as read it and its folder"),
    (
        &[5, 6],
        Fault::Source,
        "the file is being written by another program",
        "let that program use WAL, or write less at a time",
    ),
    (&[8], Fault::Answer, "the query would change something", "a lookup reads only"),
    (&[9], Fault::Source, "the query took too long and was ended", "see that it uses an index"),
    (&[11, 26], Fault::Source, "the file is damaged, or no database", "see what wrote it"),
    (
        &[14],
        Fault::Access,
        "the file cannot be opened",
        "let the user that hookgate runs as read it; one that is written with WAL must be in a folder it may write, or be \
         closed by who wrote it",
    ),
];

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::SqliteFailure(error, _) | Error::SqlInputError { error, .. } => of_code(error.extended_code),
            _ => unreadable(),
        }
    }
}

/// Extended codes have the primary one in their last eight bits.
fn of_code(code: i32) -> Trouble {
    let primary = code & 0xff;
    let known = CODES.iter().find(|(codes, ..)| codes.contains(&primary));
    let other = (Fault::Source, "the file cannot be read", "see the disk, and what wrote the file");
    let (fault, what, help) = known.map_or(other, |(_, fault, what, help)| (*fault, *what, *help));
    Trouble::new(fault, format!("{what} (code {code})")).help(help)
}
