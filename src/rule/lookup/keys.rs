//! The keys of a lookup in a table, and those that every lookup over a connection may have.

use super::validity::VALIDITY;
use crate::yaml::keys::{Key, Keys, Shape, TEXT_OR_TEXTS, optional, required};

pub const TIMEOUT: Key = optional("timeout", Shape::Text, "how long an answer is waited for: 500ms, 1s (left out: 1s)");
const KEPT: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&KEEP)]);
const INSTEAD: Shape = Shape::Either(&[Shape::OneOf(&["fail", "absent"]), Shape::Mapping(&STAND_IN)]);
pub const CACHE: Key =
    optional("cache", KEPT, "how long answers are kept: 60s, or `{ hits: 60s, misses: 5s }`; left out: not at all");
pub const ON_ERROR: Key = required(
    "on_error",
    INSTEAD,
    "what to answer when the source cannot be asked: fail, absent, `{ use: ROW }`, `{ stale: 10m }`",
);
pub const AT_ONCE: Key = optional("at_once", Shape::Whole, "questions on their way at once (left out: 16)");

/// `cache` in full.
pub static KEEP: Keys = Keys {
    what: "`cache`",
    keys: &[
        required("hits", Shape::Text, "how long an answer with rows is kept"),
        required("misses", Shape::Text, "how long an answer without rows is kept"),
    ],
};

/// `on_error` in full.
pub static STAND_IN: Keys = Keys {
    what: "`on_error`",
    keys: &[
        optional("use", Shape::Any, "a row, or a list of rows"),
        optional("stale", Shape::Text, "the last answer, if it is no older than this: 10m"),
    ],
};

pub const SHEET: Key =
    optional("sheet", Shape::Text, "which sheet of a workbook; left out: the only one that is not empty");
pub const ENCODING: Key = optional("encoding", Shape::Text, "of a CSV file that is not in UTF-8: windows-1252");

/// A lookup in a table beside the rules.
pub static TABLE_LOOKUP: Keys = Keys {
    what: "a lookup in a table",
    keys: &[
        required("table", Shape::Text, "a CSV, Excel (.xlsx), YAML or JSON file beside this one"),
        required("key", TEXT_OR_TEXTS, "the column that is searched, functions of columns, or a list of them"),
        optional("ignore_case", Shape::Boolean, "true: keys are found in any case"),
        optional("valid", Shape::Mapping(&VALIDITY), "which columns say from which day to which a row is valid"),
        optional("at_least", Shape::Whole, "so many rows: fewer are a mistake"),
        optional(
            "shrink",
            Shape::Text,
            "how many of its rows the table may lose at once, `50%`, or `any`; left out: `reload.shrink` of gateway.yaml",
        ),
        SHEET,
        ENCODING,
    ],
};
