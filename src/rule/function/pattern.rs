//! Regular expressions of `matches`: limited in size, compiled once a thread, and linear in the text they are tried on.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::event::nfc;

/// Longest pattern, in bytes.
pub const PATTERN_LIMIT_BYTES: usize = 4096;
/// Largest compiled program of a pattern, and largest cache of its automaton, each in bytes.
pub const PATTERN_PROGRAM_LIMIT_BYTES: usize = 1 << 20;
/// Deepest nesting of groups in a pattern.
const NEST_LIMIT_LEVELS: u32 = 64;
/// Most compiled patterns that a thread keeps.
const KEPT_PATTERNS: usize = 64;

thread_local! {
    static KEPT: RefCell<HashMap<Box<str>, Result<Regex, BadPattern>>> = RefCell::default();
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern(String);

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The compiled pattern.
///
/// # Errors
/// When it is no pattern, or beyond the limits.
pub fn pattern(written: &str) -> Result<Regex, BadPattern> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(written) {
            return known.clone();
        }
        let compiled = compile(written);
        if kept.len() >= KEPT_PATTERNS {
            kept.clear();
        }
        // Longer ones are refused before any work is done: not worth their memory.
        if written.len() <= PATTERN_LIMIT_BYTES {
            kept.insert(written.into(), compiled.clone());
        }
        compiled
    })
}

fn compile(written: &str) -> Result<Regex, BadPattern> {
    if written.len() > PATTERN_LIMIT_BYTES {
        return Err(BadPattern(format!("it is longer than {PATTERN_LIMIT_BYTES} bytes")));
    }
    let mut builder = RegexBuilder::new(&nfc(written));
    builder.size_limit(PATTERN_PROGRAM_LIMIT_BYTES).dfa_size_limit(PATTERN_PROGRAM_LIMIT_BYTES);
    builder.nest_limit(NEST_LIMIT_LEVELS).build().map_err(|error| BadPattern(reason(&error)))
}

/// The last line of the library's several: the one that says what is wrong.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it repeats too much (its program would be larger than 1 MiB)".to_owned(),
        other => {
            let text = other.to_string();
            let line = text.lines().last().unwrap_or_default().trim();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    }
}
