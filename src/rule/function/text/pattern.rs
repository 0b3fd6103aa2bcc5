//! Regular expressions of functions: limited in size, compiled once a thread, linear in the text.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::event::{Shape, Value, nfc};
use crate::rule::function::value::{at, wrong};

/// Longest pattern, in bytes.
pub const PATTERN_LIMIT_BYTES: usize = 4096;
/// Largest compiled program of a pattern, and largest cache of its automaton, each in bytes.
pub const PATTERN_PROGRAM_LIMIT_BYTES: usize = 1 << 20;
/// Deepest nesting of groups in a pattern.
const NEST_LIMIT_LEVELS: u32 = 64;
/// Sizes that programs are tried with, in bytes: the library does not tell how large one is.
const PROGRAM_BYTES: [usize; 5] = [4 << 10, 16 << 10, 64 << 10, 256 << 10, PATTERN_PROGRAM_LIMIT_BYTES];
/// Least cache of an automaton, in bytes.
const DFA_LEAST_BYTES: usize = 64 << 10;
/// Most compiled patterns that a thread keeps, and most bytes of their programs.
const KEPT_PATTERNS: usize = 64;
const KEPT_BYTES: usize = 2 << 20;

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// The patterns that a thread keeps.
#[derive(Default)]
struct Kept {
    patterns: HashMap<Box<str>, Result<Regex, BadPattern>>,
    bytes: usize,
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
        if let Some(known) = kept.patterns.get(written) {
            return known.clone();
        }
        let (compiled, bytes) = compile(written);
        if kept.patterns.len() >= KEPT_PATTERNS || kept.bytes + bytes > KEPT_BYTES {
            *kept = Kept::default();
        }
        // Longer ones are refused before any work is done: not worth their memory.
        if written.len() <= PATTERN_LIMIT_BYTES {
            kept.patterns.insert(written.into(), compiled.clone());
            kept.bytes += bytes;
        }
        compiled
    })
}

/// The pattern that a function was given as its second value.
///
/// # Errors
/// When it is none, or beyond the limits.
pub fn regex(name: &str, values: &[Value<'_>]) -> Result<Regex, String> {
    let Shape::Text(written) = at(values, 1).shape() else {
        return Err(wrong(name, "a pattern as its second value", at(values, 1)));
    };
    pattern(&written).map_err(|bad| format!("`{name}` was given a pattern that cannot be used: {bad}"))
}

/// The pattern, and the size below which its program is, in bytes.
fn compile(written: &str) -> (Result<Regex, BadPattern>, usize) {
    if written.len() > PATTERN_LIMIT_BYTES {
        return (Err(BadPattern(format!("it is longer than {PATTERN_LIMIT_BYTES} bytes"))), 0);
    }
    let mut builder = RegexBuilder::new(&nfc(written));
    builder.nest_limit(NEST_LIMIT_LEVELS);
    let mut last = (Err(BadPattern(String::new())), 0);
    for bytes in PROGRAM_BYTES {
        builder.size_limit(bytes).dfa_size_limit(bytes.max(DFA_LEAST_BYTES));
        match builder.build() {
            Ok(regex) => return (Ok(regex), bytes),
            Err(error @ regex::Error::CompiledTooBig(_)) => last = (Err(BadPattern(reason(&error))), 0),
            Err(error) => return (Err(BadPattern(reason(&error))), 0),
        }
    }
    last
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
