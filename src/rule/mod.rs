//! The language: what administrators write, read with every mistake told, and compiled into what the engine decides by.

pub mod code;
mod function;
pub mod keys;
mod read;
mod script;
pub mod source;
pub mod syntax;

pub use function::{
    BadPattern, Clock, FUNCTIONS, Function, PATTERN_LIMIT_BYTES, find as find_function, pattern,
    to_markdown as functions_to_markdown,
};
pub use read::{Reader, listed};
pub use script::{
    Answers, Failure, Form, Inputs, Lowered, Mistake, Outcome, Question, Run, SCRIPT_LIMIT_BYTES,
    SCRIPT_LIMIT_MILLISECONDS, SCRIPT_LIMIT_OPERATIONS, Script, Scripts, VERB_FUNCTIONS, Verb,
};
pub use source::{Role, Sources};
