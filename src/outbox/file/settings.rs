//! A row of `destinations` for a file of JSON lines.

use std::path::PathBuf;

use crate::outbox::destination::{ACCEPTS, ESCAPE, ON_THE_WAY, PER_SECOND, RETRIES, TIMEOUT};
use crate::outside::Mode;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional, required};

/// Size at which a file is set aside, and how many are kept, unless a row says otherwise.
const ROTATE_BYTES: u64 = 100 << 20;
const KEEP_FILES: u64 = 10;

/// A file of JSON lines.
#[derive(Clone, Debug)]
pub struct FileTarget {
    pub file: PathBuf,
    /// Beyond this size the file is set aside under a name with its time, in bytes.
    pub rotate_bytes: u64,
    /// How many files that were set aside are kept.
    pub keep_files: usize,
    /// Who may read it.
    pub mode: Mode,
}

/// A file of JSON lines.
pub static KEYS: Keys = Keys {
    what: "a file destination",
    keys: &[
        required("file", Shape::Text, "the file, one line of JSON a delivery"),
        optional("rotate_bytes", Shape::Whole, "size at which the file is set aside, in bytes; left out: 104857600"),
        optional("keep_files", Shape::Whole, "files set aside that are kept; left out: 10"),
        optional("mode", Shape::Text, "who may read it: \"600\", left out, its user alone, \"640\" its group too"),
        ACCEPTS,
        ESCAPE,
        ON_THE_WAY,
        PER_SECOND,
        TIMEOUT,
        RETRIES,
    ],
};

impl FileTarget {
    /// Reads a row of `destinations`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let file = PathBuf::from(rows.reader.text(node.get("file")?, "`file`")?);
        let mut whole = |key: &str, range, usual| {
            node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), range)).unwrap_or(usual)
        };
        let rotate_bytes = whole("rotate_bytes", 1_024..=1 << 40, ROTATE_BYTES);
        let keep_files = whole("keep_files", 0..=10_000, KEEP_FILES);
        let mode = node.get("mode").map_or(Some(Mode::OWN), |node| mode(rows, node))?;
        Some(Self { file, rotate_bytes, keep_files: usize::try_from(keep_files).unwrap_or(0), mode })
    }
}

/// Who may read the file.
fn mode(rows: &mut Rows<'_>, node: &Node) -> Option<Mode> {
    let text = rows.reader.text(node, "`mode`")?;
    let mode = Mode::read(text);
    if mode.is_none() {
        rows.refuse(
            &node.span,
            format!("`{text}` is not a mode of a file that hookgate can read and write"),
            Mode::HELP,
        );
    }
    mode
}
