//! The messages of failed scripts, which never have the script's values.

use rhai::{EvalAltResult, Position};

use super::check::line_column;
use super::compile::Script;
use super::limit::{
    SCRIPT_LIMIT_CALL_LEVELS, SCRIPT_LIMIT_ELEMENTS, SCRIPT_LIMIT_TEXT_BYTES, SCRIPT_LIMIT_VARIABLES, ScriptBudget,
};
use super::state::State;

/// Why a run failed. Never quotes values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    /// Line and column inside the script, counted from 1.
    pub line_column: Option<(usize, usize)>,
}

/// The failure behind an error.
pub(super) fn failure(error: &EvalAltResult, script: &Script, state: &State, budget: ScriptBudget) -> Failure {
    let (cause, position) = innermost(error);
    Failure { message: message(cause, script, state, budget), line_column: line_column(position) }
}

/// The error at the bottom of calls, and the place nearest to it that has one.
fn innermost(error: &EvalAltResult) -> (&EvalAltResult, Position) {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, position) => {
            let (cause, nearer) = innermost(inner);
            (cause, if nearer.is_none() { *position } else { nearer })
        }
        error => (error, error.position()),
    }
}

fn message(error: &EvalAltResult, script: &Script, state: &State, budget: ScriptBudget) -> String {
    use EvalAltResult as E;
    match error {
        E::ErrorRuntime(thrown, _) => match thrown.as_immutable_string_ref() {
            Ok(text) if state.has_told(&text) => text.to_string(),
            Ok(text) if script.throws.iter().any(|known| *known == **text) => format!("the script threw `{}`", *text),
            _ => "the script threw an error".to_owned(),
        },
        E::ErrorTooManyOperations(_) => format!("the script takes more than {} operations", budget.operations),
        E::ErrorTerminated(..) => format!("the script takes too long (more than {} ms)", budget.milliseconds),
        E::ErrorStackOverflow(_) => format!("functions call each other deeper than {SCRIPT_LIMIT_CALL_LEVELS} levels"),
        E::ErrorTooManyVariables(_) => format!("the script has more than {SCRIPT_LIMIT_VARIABLES} variables"),
        E::ErrorDataTooLarge(..) => format!(
            "a value has more than {SCRIPT_LIMIT_ELEMENTS} elements or {} KiB of text",
            SCRIPT_LIMIT_TEXT_BYTES >> 10
        ),
        E::ErrorVariableNotFound(name, _) => format!("there is no variable `{name}`"),
        E::ErrorFunctionNotFound(signature, _) => no_such_function(signature),
        E::ErrorMismatchDataType(wanted, found, _) => format!("{} was expected, not {}", kind(wanted), kind(found)),
        E::ErrorIndexingType(..) | E::ErrorDotExpr(..) | E::ErrorPropertyNotFound(..) => {
            "a part was asked of a value that has no such part".to_owned()
        }
        E::ErrorArrayBounds(0, place, _) => {
            format!(
                "the list is empty, and `[{place}]` is asked of it; write `.get({place}) ?? …` for what stands in then"
            )
        }
        E::ErrorArrayBounds(length, place, _) => {
            format!("the list has only {length} elements, and `[{place}]` is asked of it; write `.get({place}) ?? …`")
        }
        E::ErrorStringBounds(length, ..) => format!("the text has only {length} characters"),
        E::ErrorBitFieldBounds(..) | E::ErrorIndexNotFound(..) => {
            "there is nothing at this place of the value".to_owned()
        }
        E::ErrorArithmetic(..) => {
            "a calculation is impossible (division by zero, or a result that is too large)".to_owned()
        }
        E::ErrorFor(_) => "`for` runs over lists, objects' keys and ranges, and this is none".to_owned(),
        E::ErrorAssignmentToConstant(..) | E::ErrorNonPureMethodCallOnConstant(..) => {
            "what the event brought cannot be changed in place; call `set` to change the user".to_owned()
        }
        E::ErrorDataRace(..) => "a variable is used by a closure while it is being changed".to_owned(),
        _ => "the script failed".to_owned(),
    }
}

/// `digits ((), i64)` as a sentence.
fn no_such_function(signature: &str) -> String {
    let (name, values) = signature.split_once(" (").unwrap_or((signature, ""));
    let kinds: Vec<_> = values.trim_end_matches(')').split(", ").filter(|kind| !kind.is_empty()).map(kind).collect();
    let absent = if kinds.contains(&ABSENT) { "; write `?? …` behind what may be absent" } else { "" };
    match kinds.as_slice() {
        [] => format!("`{name}` needs values"),
        kinds => format!("`{name}` does not take {}{absent}", kinds.join(" with ")),
    }
}

const ABSENT: &str = "an absent value";

/// A kind of value in a person's words.
fn kind(name: &str) -> &'static str {
    match name.trim() {
        "()" | "(" | "" => ABSENT,
        "i64" => "a whole number",
        "f64" => "a number with a fraction",
        "bool" => "true/false",
        "array" => "a list",
        "map" => "an object",
        "char" => "a character",
        "Fn" => "a closure",
        "secret" => "a secret",
        text if text.contains("str") || text.contains("String") => "text",
        _ => "this kind of value",
    }
}
