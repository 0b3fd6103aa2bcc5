//! Conditions as meant: what must hold of an event for a rule to apply.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

use super::expression::{Expression, Read, ScriptUse};
use crate::event::date::{Offset, Start, Written};
use crate::event::nfc;

/// Largest compiled pattern, in bytes: `((a{100}){100}){100}` would take gigabytes.
pub const PATTERN_LIMIT_BYTES: usize = 1 << 20;
/// Sizes that programs of patterns are tried with, in bytes: most fit the first.
const PROGRAM_BYTES: [usize; 5] = [4 << 10, 16 << 10, 64 << 10, 256 << 10, PATTERN_LIMIT_BYTES];
/// Least cache of the automaton that is built while a text is matched, in bytes; larger programs have one of their size.
const DFA_LEAST_BYTES: usize = 64 << 10;

/// The operators, with a sentence each for the schema and the documentation.
pub const OPERATORS: [(&str, &str); 22] = [
    ("is", "equal to the value"),
    ("is_not", "different from the value"),
    ("in", "one of the list"),
    ("not_in", "none of the list"),
    ("matches", "the regular expression is found in the text; write ^…$ for the whole of it"),
    ("starts_with", "the text begins so"),
    ("ends_with", "the text ends so"),
    ("contains", "the text holds this text, or the list this element"),
    ("gt", "a number greater than"),
    ("gte", "a number of at least"),
    ("lt", "a number less than"),
    ("lte", "a number of at most"),
    ("before", "a moment before this date, path, `now` or `today`, or so far from it: `today-7d`, `user.endDate+1mo`"),
    ("after", "a moment after this date, path, `now` or `today`, or so far from it: `today-7d`, `user.endDate+1mo`"),
    ("over", "true: the day has ended, or the moment has passed; false: not yet"),
    ("is_date", "true: a date that can be read; false: something that is there and none"),
    ("length", "so many characters or elements; a number, or a mapping of is, gt, gte, lt, lte"),
    ("present", "true: there and not null, be it a blank text; false: absent or null"),
    ("empty", "true: absent, null, blank text, or without elements"),
    ("any", "at least one element of the list holds"),
    ("every", "every element of the list holds"),
    ("not", "the operators in it do not all hold"),
];
/// Operators that are written like the others but ask a lookup or change the others.
pub const OTHER_OPERATORS: [(&str, &str); 2] = [
    ("found_in", "the lookup of this name has a row under the value"),
    ("ignore_case", "true: the operators beside it do not tell A from a"),
];

/// What must hold.
#[derive(Debug)]
pub enum Condition {
    Always,
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
    Script(ScriptCondition),
}

/// One name and what must hold of its value.
#[derive(Debug)]
pub struct Test {
    pub subject: Read,
    /// Shared with the index.
    pub checks: Arc<Checks>,
    /// The key and its value in the file.
    pub span: Range<usize>,
    /// Whether its subject may be a secret. Then no index leaves it out unseen: what comes of it is noted.
    pub is_on_secret: bool,
}

/// A script that answers true or false.
#[derive(Debug)]
pub struct ScriptCondition {
    pub value: Expression,
    pub span: Range<usize>,
}

/// Operators on one value, all of which must hold.
#[derive(Debug)]
pub struct Checks {
    pub checks: Vec<Check>,
    pub ignore_case: bool,
}

/// One operator.
#[derive(Debug)]
pub struct Check {
    pub operator: Operator,
    pub span: Range<usize>,
}

/// An operator with what it compares with.
#[derive(Debug)]
pub enum Operator {
    Is(Expression),
    IsNot(Expression),
    In(Expression),
    NotIn(Expression),
    Matches(Pattern),
    StartsWith(Expression),
    EndsWith(Expression),
    Contains(Expression),
    Compare(Comparison, Expression),
    Before(Moment),
    After(Moment),
    /// Whether the day has ended, or the moment has passed.
    Over(bool),
    /// Whether it is a date that can be read.
    IsDate(bool),
    Length(Vec<(Comparison, u64)>),
    Present(bool),
    Empty(bool),
    AnyElement(Checks),
    EveryElement(Checks),
    Not(Checks),
    /// Whether the lookup (by its place) has a row under the value.
    FoundIn(usize),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// A moment to compare with.
#[derive(Debug)]
pub struct Moment {
    pub base: Base,
    pub offset: Option<Offset>,
}

/// What a moment is counted from.
#[derive(Debug)]
pub enum Base {
    /// The event's own time.
    Start(Start),
    /// A date, and how it is written.
    Written(Written, String),
    Value(Expression),
}

/// A regular expression, compiled once; rules with equal ones share it.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Arc<Regex>,
    bytes: usize,
    /// Texts in which it is found, once somebody has looked for some.
    samples: Arc<OnceLock<Vec<String>>>,
}

impl Moment {
    /// The value it is counted from, where that is computed.
    #[must_use]
    pub fn value(&self) -> Option<&Expression> {
        match &self.base {
            Base::Value(expression) => Some(expression),
            Base::Start(_) | Base::Written(..) => None,
        }
    }
}

impl Comparison {
    /// The comparisons by the operators' names.
    pub const NAMED: [(&'static str, Comparison); 5] = [
        ("is", Comparison::Equal),
        ("gt", Comparison::Greater),
        ("gte", Comparison::GreaterOrEqual),
        ("lt", Comparison::Less),
        ("lte", Comparison::LessOrEqual),
    ];

    /// Whether it holds of two things in this order.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
        }
    }

    /// In words: `greater than`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Comparison::Equal => "equal to",
            Comparison::Greater => "greater than",
            Comparison::GreaterOrEqual => "at least",
            Comparison::Less => "less than",
            Comparison::LessOrEqual => "at most",
        }
    }
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
        regex::Error::CompiledTooBig(limit) => format!("compiled it is larger than {} KiB", limit >> 10),
        // The library's text draws the pattern and a caret; its last line says what is wrong.
        other => {
            let text = other.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    }
}

impl Condition {
    /// Both conditions, this one first.
    #[must_use]
    pub fn and(self, other: Condition) -> Condition {
        match (self, other) {
            (Condition::Always, other) => other,
            (this, Condition::Always) => this,
            (Condition::All(mut all), Condition::All(more)) => {
                all.extend(more);
                Condition::All(all)
            }
            (Condition::All(mut all), other) => {
                all.push(other);
                Condition::All(all)
            }
            (this, Condition::All(more)) => Condition::All(std::iter::once(this).chain(more).collect()),
            (this, other) => Condition::All(vec![this, other]),
        }
    }
}

impl ScriptCondition {
    /// The script behind the condition, when it was not simple enough to do without.
    #[must_use]
    pub fn script(&self) -> Option<&ScriptUse> {
        match &self.value {
            Expression::Script(script) => Some(script),
            _ => None,
        }
    }
}
