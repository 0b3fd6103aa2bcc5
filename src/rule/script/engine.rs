//! The script engine of a rule set: Rhai with limits, our functions, and those of the `*.rhai` files.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::packages::{Package as _, StandardPackage};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, OptimizationLevel, Token};

use super::check::Known;
use super::convert::{from_script, to_script};
use super::limit::{
    SCRIPT_LIMIT_CALL_LEVELS, SCRIPT_LIMIT_ELEMENTS, SCRIPT_LIMIT_EXPRESSION_LEVELS,
    SCRIPT_LIMIT_FUNCTION_EXPRESSION_LEVELS, SCRIPT_LIMIT_FUNCTIONS, SCRIPT_LIMIT_TEXT_BYTES, SCRIPT_LIMIT_VARIABLES,
    ScriptBudget,
};
use super::state::{ALL_ROWS, NOT_ALL_ROWS, Question};
use super::{secret, state, sum, unknown, verb_call};
use crate::diagnostic::{File, Report};
use crate::event::{Shape, Value, fingerprint, mixed};
use crate::rule::function::{FUNCTIONS, Function};

type RhaiResult<T> = Result<T, Box<EvalAltResult>>;

/// Everything scripts of one rule set share. Built once a rule set; runs of any number of threads use it together.
#[derive(Debug)]
pub struct Scripts {
    pub(super) engine: Engine,
    functions: Vec<&'static Function>,
    /// All names a script may call.
    pub(super) names: BTreeSet<String>,
    /// The fingerprint of the files with functions.
    own_functions: u64,
    /// What one run may take.
    pub(super) budget: ScriptBudget,
}

/// Words that Rhai reserves and that are ordinary names of fields here.
const ORDINARY: &[&str] = &[
    "async",
    "await",
    "case",
    "default",
    "go",
    "goto",
    "is",
    "match",
    "module",
    "new",
    "package",
    "protected",
    "public",
    "shared",
    "spawn",
    "static",
    "super",
    "sync",
    "thread",
    "use",
    "var",
    "with",
    "yield",
];

/// What no script may write: other scripts, and ways around what is known of a script before it runs.
const FORBIDDEN: [&str; 7] = ["eval", "curry", "Fn", "this", "is_def_var", "is_def_fn", "is_shared"];

/// Names of ours that Rhai has too, with several values of several kinds; its own change texts and lists in place.
const OF_RHAI_TOO: [&str; 3] = ["pad", "replace", "split"];

/// Functions of Rhai that do not belong into a decision.
const TAKEN_OUT: [&str; 2] = ["sleep", "get_fn_metadata_list"];

impl Scripts {
    /// An engine with the functions of these `*.rhai` files, which every script of the rule set may call.
    ///
    /// What is wrong with the files is reported; functions of a wrong file are left out.
    #[must_use]
    pub fn new(files: &[Arc<File>], report: &mut Report) -> Self {
        Self::within(ScriptBudget::default(), files, report)
    }

    /// The same, with another budget for each run.
    #[must_use]
    pub fn within(budget: ScriptBudget, files: &[Arc<File>], report: &mut Report) -> Self {
        Self::build(budget, &[], files, report)
    }

    /// The same with more functions than the table has. For tests.
    #[doc(hidden)]
    #[must_use]
    pub fn with_functions(more: &'static [Function], files: &[Arc<File>], report: &mut Report) -> Self {
        Self::build(ScriptBudget::default(), more, files, report)
    }

    fn build(budget: ScriptBudget, more: &'static [Function], files: &[Arc<File>], report: &mut Report) -> Self {
        let functions: Vec<_> = FUNCTIONS.iter().copied().chain(more).collect();
        let mut engine = walled(budget);
        for function in &functions {
            register(&mut engine, function);
        }
        verb_call::register(&mut engine);
        secret::register(&mut engine);
        sum::register(&mut engine);
        unknown::register(&mut engine);
        engine.register_fn("attr", attribute);
        engine.register_fn("lookup", |name: &str, key: Dynamic| lookup(name, &key, false));
        engine.register_fn("lookup", |name: &str, key: Dynamic, all: &str| match all {
            ALL_ROWS => lookup(name, &key, true),
            _ => Err(state::tell(NOT_ALL_ROWS.to_owned())),
        });
        let mut names = callable(&engine);
        for name in TAKEN_OUT {
            names.remove(name);
        }
        names.extend(["call", "type_of"].map(str::to_owned));
        let own_functions = files.iter().fold(0, |all, file| mixed(all, fingerprint(file.text.as_bytes())));
        let mut scripts = Self { engine, functions, names, own_functions, budget };
        scripts.add_files(files, report);
        scripts
    }

    /// What tells the functions of `*.rhai` files from others.
    #[must_use]
    pub fn own_functions(&self) -> u64 {
        self.own_functions
    }

    pub(super) fn functions(&self) -> &[&'static Function] {
        &self.functions
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known { functions: &self.functions, names: &self.names }
    }
}

/// An engine that has Rhai's functions and our limits, and none of ours.
fn walled(budget: ScriptBudget) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(budget.operations)
        .set_max_string_size(SCRIPT_LIMIT_TEXT_BYTES)
        .set_max_array_size(SCRIPT_LIMIT_ELEMENTS)
        .set_max_map_size(SCRIPT_LIMIT_ELEMENTS)
        .set_max_call_levels(SCRIPT_LIMIT_CALL_LEVELS)
        .set_max_expr_depths(SCRIPT_LIMIT_EXPRESSION_LEVELS, SCRIPT_LIMIT_FUNCTION_EXPRESSION_LEVELS)
        .set_max_variables(SCRIPT_LIMIT_VARIABLES)
        .set_max_functions(SCRIPT_LIMIT_FUNCTIONS)
        // Asked at every operation: some take milliseconds, and the question costs nanoseconds.
        .on_progress(move |operations| state::is_late(operations, budget).then_some(Dynamic::UNIT));
    for word in FORBIDDEN {
        engine.disable_symbol(word);
    }
    // A variable that a closure uses is shared, and cannot be read by the closure while a method of it runs, as in
    // `user.roles.some(|r| r == user.main)`. Nothing may change such a variable, so that every reader can have a copy.
    #[expect(deprecated, reason = "the library marks it as volatile, not as deprecated; its version is pinned")]
    engine.on_var(|name, _, context| {
        let shared = context.scope().get(name).filter(|value| value.is_shared());
        Ok(shared.map(|value| value.clone().flatten()))
    });
    #[expect(deprecated, reason = "the library marks it as volatile, not as deprecated; its version is pinned")]
    engine.on_parse_token(|token, _, _| match token {
        Token::Reserved(word) if ORDINARY.contains(&word.as_str()) => Token::Identifier(word),
        Token::Reserved(word) if matches!(word.as_str(), "null" | "nil") => Token::Unit,
        token => token,
    });
    // What is absent has no parts: `user.manager.name` is absent where `user.manager` is.
    engine.register_indexer_get(|(): &mut (), _: &str| ());
    engine.register_indexer_get(|(): &mut (), _: i64| ());
    engine.register_fn("sleep", |_: i64| refuse("sleep"));
    engine.register_fn("sleep", |_: f64| refuse("sleep"));
    // The library's own has no end for an object that holds a closure that holds the object.
    engine.register_fn("to_json", |map: rhai::Map| to_json(&map.into()));
    engine.register_fn("to_json", |list: rhai::Array| to_json(&list.into()));
    engine
}

fn refuse(name: &str) -> RhaiResult<()> {
    Err(state::tell(format!("scripts cannot call `{name}`")))
}

fn to_json(value: &Dynamic) -> RhaiResult<String> {
    Ok(from_script(value).map_err(state::tell)?.to_json())
}

/// Registers a function of the table for each number of values it takes.
fn register(engine: &mut Engine, function: &'static Function) {
    let any = TypeId::of::<Dynamic>();
    for count in function.least..=function.most {
        engine.register_raw_fn(function.name, vec![any; count], move |_, values| call(function, values));
        if !OF_RHAI_TOO.contains(&function.name) {
            // Rhai prefers functions for the exact kind of value, and has some of our names for text (`trim`).
            let types: Vec<_> =
                std::iter::once(TypeId::of::<ImmutableString>()).chain(vec![any; count]).take(count).collect();
            engine.register_raw_fn(function.name, types, move |_, values| call(function, values));
            continue;
        }
        for first in [TypeId::of::<ImmutableString>(), TypeId::of::<rhai::Array>()] {
            for others in kinds(count.saturating_sub(1)) {
                let types: Vec<_> = std::iter::once(first).chain(others).collect();
                engine.register_raw_fn(function.name, types, move |_, values| call(function, values));
            }
        }
    }
}

/// All kinds that so many values may have, of those that Rhai's functions for text take; of more than two values, any.
fn kinds(count: usize) -> Vec<Vec<TypeId>> {
    let any = TypeId::of::<Dynamic>();
    let known = [any, TypeId::of::<ImmutableString>(), TypeId::of::<char>(), TypeId::of::<rhai::INT>()];
    match count {
        0 => vec![Vec::new()],
        1 => known.map(|kind| vec![kind]).to_vec(),
        2 => known.iter().flat_map(|first| known.map(|second| vec![*first, second])).collect(),
        _ => vec![vec![any; count]],
    }
}

fn call(function: &'static Function, values: &mut [&mut Dynamic]) -> RhaiResult<Dynamic> {
    let values: std::result::Result<Vec<_>, _> = values.iter().map(|value| from_script(value)).collect();
    let mut values = values.map_err(state::tell)?;
    let answer = state::with(|state| {
        for (place, value) in values.iter_mut().enumerate() {
            if matches!(value.view().shape(), Shape::Text(text) if state.own_times.iter().any(|known| **known == *text))
            {
                *value = function.written(place, std::mem::replace(value, Value::Null), &state.clock);
            }
        }
        if let Some((_, unreadable)) = function.unreadable(&values, &state.clock) {
            let why =
                || format!("`{}` was given what is not a date that can be read: it is {unreadable}", function.name);
            state.unreadable.get_or_insert_with(why);
        }
        function.call(&values, &state.clock)
    })?;
    to_script(answer.map_err(state::tell)?.view()).map_err(state::tell)
}

fn attribute(name: &str) -> RhaiResult<Dynamic> {
    let value = state::with(|state| {
        let named = state.attributes.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone());
        match (named, state.all_attributes.view().field(name)) {
            (Some(value), _) => Ok(value),
            (None, Some(value)) => to_script(value),
            (None, None) => Ok(Dynamic::UNIT),
        }
    })?;
    value.map_err(state::tell)
}

/// The answer to a lookup; where it is not known yet the question is noted and the script ends, past its own `catch`.
fn lookup(name: &str, key: &Dynamic, all: bool) -> RhaiResult<Dynamic> {
    let key = from_script(key).map_err(state::tell)?;
    if key.view().holds_secret() {
        return Err(state::tell(format!("`{name}` cannot be asked with a secret by a script")));
    }
    let known = state::with(|state| {
        let answer = state.answers.get(&(name.to_owned(), key.to_json(), all)).map(|answer| to_script(answer.view()));
        if answer.is_none() {
            state.questions.push(Question { lookup: name.to_owned(), key, all });
        }
        answer
    })?;
    match known {
        Some(answer) => {
            answer.map_err(|why| state::tell(format!("the answer of `{name}` is too large for a script: {why}")))
        }
        None => Err(Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, rhai::Position::NONE))),
    }
}

/// The names of all functions that an engine has.
fn callable(engine: &Engine) -> BTreeSet<String> {
    let signatures = engine.gen_fn_signatures(true);
    let names = signatures.iter().filter_map(|signature| signature.split_once('(')).map(|(name, _)| name.trim());
    names.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')).map(str::to_owned).collect()
}
