//! Compiles a script, or reports mistakes with their places in the text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rhai::{AST, LexError, ParseErrorType, Position};

use super::check::{Fate, Findings, Mistake, analyse, cure, escape};
use super::engine::Scripts;
use super::limit::{SCRIPT_LIMIT_BYTES, STACK_BYTES};
use super::lowered::{Lowered, lower};
use super::reads::Reads;
use crate::diagnostic::code;
use crate::event::{Path, nfc};
use crate::yaml::locate;

/// What a script stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A value: in templates and conditions. Calls no verbs.
    Expression,
    /// A rule's `script`: calls verbs.
    Block,
}

impl Form {
    /// What becomes of the script's last value.
    fn last(self) -> Fate {
        match self {
            Form::Expression => Fate::Used,
            Form::Block => Fate::Last,
        }
    }
}

/// A compiled script: read once, run often.
#[derive(Debug)]
pub struct Script {
    text: Box<str>,
    pub(super) ast: AST,
    pub(super) reads: Reads,
    lookups: Vec<String>,
    asks_any: bool,
    destinations: Vec<String>,
    refusals: Vec<String>,
    verbs: Vec<&'static str>,
    writes: Vec<Path>,
    lowered: Option<Lowered>,
    pub(super) throws: Vec<String>,
    pub(super) own_times: Vec<String>,
    doubts: Vec<Mistake>,
}

impl Script {
    /// The script as it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it reads of the event and of `let`; a run takes values in this order.
    #[must_use]
    pub fn reads(&self) -> &[Path] {
        &self.reads.paths
    }

    /// The lookups it names literally, each as often as it stands there.
    #[must_use]
    pub fn lookups(&self) -> &[String] {
        &self.lookups
    }

    /// Whether it asks a lookup by a name that is only known when it runs.
    #[must_use]
    pub fn asks_any(&self) -> bool {
        self.asks_any
    }

    /// The destinations it names literally.
    #[must_use]
    pub fn destinations(&self) -> &[String] {
        &self.destinations
    }

    /// The refusal codes it names literally.
    #[must_use]
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// The verbs it calls, as a rule names them.
    #[must_use]
    pub fn verbs(&self) -> &[&'static str] {
        &self.verbs
    }

    /// The paths it hands to verbs literally.
    #[must_use]
    pub fn writes(&self) -> &[Path] {
        &self.writes
    }

    /// What is seldom meant in it, with places inside its text.
    #[must_use]
    pub fn doubts(&self) -> &[Mistake] {
        &self.doubts
    }

    /// The same without the script engine, where the script is as simple as that.
    #[must_use]
    pub fn lowered(&self) -> Option<&Lowered> {
        self.lowered.as_ref()
    }
}

impl Scripts {
    /// Compiles a script.
    ///
    /// # Errors
    /// All that is wrong with it, with places inside `text`.
    pub fn compile(&self, text: &str, form: Form) -> Result<Script, Vec<Mistake>> {
        let parsed = guarded(|| {
            let ast = self.parse(text)?;
            let findings = analyse(&ast, &self.known(), form.last());
            let is_deep = findings.mistakes.iter().any(|mistake| mistake.code == &code::SCRIPT_TOO_LARGE);
            // A tree too deep to be dropped elsewhere is dropped here, on the large stack.
            Ok(if is_deep { (AST::empty(), findings) } else { (ast, findings) })
        });
        let (ast, mut findings) = parsed.map_err(|mistake| vec![mistake])?;
        if let (Form::Expression, Some(verb)) = (form, findings.verbs.first()) {
            let message = format!("`{verb}` can only be called by a rule's `script`");
            findings.mistakes.push(Mistake::new(&code::BAD_SCRIPT, Position::NONE, message));
        }
        if !findings.mistakes.is_empty() {
            return Err(findings.mistakes);
        }
        let Findings {
            reads,
            lookups,
            asks_any,
            destinations,
            refusals,
            mut verbs,
            writes,
            throws,
            own_times,
            doubts,
            ..
        } = findings;
        verbs.sort_unstable();
        verbs.dedup();
        let lowered = lower(&ast, &reads, self.functions());
        Ok(Script {
            text: text.into(),
            ast,
            reads,
            lookups,
            asks_any,
            destinations,
            refusals,
            verbs,
            writes,
            lowered,
            throws,
            own_times,
            doubts,
        })
    }

    /// Parses within the limits. Runs on the large stack.
    pub(super) fn parse(&self, text: &str) -> Result<AST, Mistake> {
        if text.len() > SCRIPT_LIMIT_BYTES {
            let message = format!("a script has at most {} KiB of text", SCRIPT_LIMIT_BYTES >> 10);
            return Err(Mistake::new(&code::SCRIPT_TOO_LARGE, Position::NONE, message));
        }
        self.engine.compile(nfc(text)).map_err(|error| {
            let kind = match error.err_type() {
                ParseErrorType::ExprTooDeep
                | ParseErrorType::TooManyFunctions
                | ParseErrorType::LiteralTooLarge(..) => &code::SCRIPT_TOO_LARGE,
                _ => &code::BAD_SCRIPT,
            };
            let mistake = Mistake::new(kind, error.position(), sentence(&error.err_type().to_string()));
            let at = mistake.at.map(|(line, column)| locate::offset_of(text, line, column));
            if let ParseErrorType::BadInput(LexError::MalformedEscapeSequence(sequence)) = error.err_type() {
                return mistake.help(escape(sequence));
            }
            match at.filter(|_| kind == &code::BAD_SCRIPT).and_then(|at| cure(text, at)) {
                Some((message, help)) => Mistake { message, ..mistake }.help(help),
                None if matches!(error.err_type(), ParseErrorType::MissingToken(token, _) if token == ";") => {
                    let message = "something is missing before this, or too much here".to_owned();
                    let help = "between two values stands an operator, such as `+`, `==` or `&&`; two statements have a `;` between them";
                    Mistake { message, ..mistake }.help(help)
                }
                None => mistake,
            }
        })
    }
}

/// Does the work on the large stack; a panic on the way is a mistake of its own.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Mistake>) -> Result<T, Mistake> {
    let done = catch_unwind(AssertUnwindSafe(|| stacker::grow(STACK_BYTES, work)));
    done.unwrap_or_else(|_| {
        Err(Mistake::new(&code::BAD_SCRIPT, Position::NONE, "the script cannot be read (a fault in the reader itself)"))
    })
}

/// A message of the parser in the manner of ours: lower case, no full stop, the person's words in backticks.
fn sentence(message: &str) -> String {
    let message = message.trim_end_matches('.').replace('\'', "`");
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
