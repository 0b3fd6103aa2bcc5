//! Regular expressions, compiled once and bounded in size.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

use crate::event::nfc;

/// Largest compiled pattern, in bytes: `((a{100}){100}){100}` would take gigabytes.
pub const PATTERN_LIMIT_BYTES: usize = 1 << 20;
/// Sizes that programs of patterns are tried with, in bytes: most fit the first.
const PROGRAM_BYTES: [usize; 5] = [4 << 10, 16 << 10, 64 << 10, 256 << 10, PATTERN_LIMIT_BYTES];
/// Least cache of the automaton that is built while a text is matched, in bytes; larger programs have one of their size.
const DFA_LEAST_BYTES: usize = 64 << 10;

/// A regular expression, compiled once; rules with equal ones share it.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Arc<Regex>,
    bytes: usize,
    /// Texts in which it is found, once somebody has looked for some.
    samples: Arc<OnceLock<Vec<String>>>,
}

impl Pattern {
    /// Compiles a pattern of at most 1 MiB when compiled; matching takes time linear in the text, and memory in proportion to
    /// the program.
    ///
    /// # Errors
    /// Says why the pattern cannot be used.
    pub fn new(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        let pattern = nfc(pattern);
        // The library does not tell how large a program is, but keeps it below a limit: the first that is kept says it.
        let mut too_big = String::new();
        for bytes in PROGRAM_BYTES {
            let mut builder = RegexBuilder::new(&pattern);
            builder.case_insensitive(ignore_case).size_limit(bytes).dfa_size_limit(bytes.max(DFA_LEAST_BYTES));
            match builder.build() {
                Ok(regex) => return Ok(Self { regex: Arc::new(regex), bytes, samples: Arc::default() }),
                Err(error @ regex::Error::CompiledTooBig(_)) => too_big = describe(&error),
                Err(error) => return Err(describe(&error)),
            }
        }
        Err(too_big)
    }

    /// Texts in which it is found, looked for once: to find some costs as much as to compile it.
    pub fn samples(&self, look: impl FnOnce(&Self) -> Vec<String>) -> &[String] {
        self.samples.get_or_init(|| look(self))
    }

    /// The size below which its program is, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The pattern as it is written, in NFC.
    #[must_use]
    pub fn text(&self) -> &str {
        self.regex.as_str()
    }

    /// Whether the pattern is found in the text, which is in NFC.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

fn describe(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("its compiled form is larger than {} KiB", limit >> 10),
        // The library's text draws the pattern and a caret; its last line says what is wrong.
        other => {
            let text = other.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    }
}
