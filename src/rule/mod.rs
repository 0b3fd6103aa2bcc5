//! The language: what administrators write, read with every mistake told, and compiled into what the engine decides by.

mod action;
mod binding;
mod budget;
mod case;
pub mod code;
mod comparison;
mod compile;
mod condition;
mod encoding;
mod expression;
mod field;
mod foreign;
mod function;
mod grammar;
mod index;
pub mod keys;
pub mod lint;
mod literal;
mod locate;
mod lookup;
mod occasion;
mod odd_letter;
mod open_quote;
pub mod other_file;
mod other_template;
mod read;
pub mod reads;
mod schema;
mod script;
mod set;
pub mod sheet;
mod slots;
pub mod source;
pub mod syntax;
mod table;
mod taint;
mod template;
mod tenant;
mod tree;
mod written_key;
mod wrong_word;
mod yaml_help;

pub use action::{Action, Deliver, Target, is_refusal_code};
pub use binding::{Binding, Bound};
pub use budget::{CELL_BYTES, MEMORY_BYTES, ROW_BYTES, TEXT_BYTES, hold};
pub use case::{Case, Expect, ExpectedDelivery, Given, GivenAnswer, GivenLookup};
pub use compile::{compile, given_lookups};
pub use condition::{Base, Check, Checks, Comparison, Condition, Moment, Operator, ScriptCondition, Test};
pub use encoding::Encoding;
pub use expression::{Expression, From, Read, ScriptUse};
pub use field::{FieldKind, USER_FIELDS};
pub use function::{
    BadPattern, Clock, FUNCTIONS, Function, Markup, PATTERN_LIMIT_BYTES, find as find_function, pattern,
    to_markdown as functions_to_markdown,
};
pub use index::{Candidates, Values};
pub use lookup::{
    Ask, Asked, Attribute, Call, ConnectionKind, Dialect, Filling, Keep, KeyPart, Lookup, Method, OnError, Pages, Part,
    Remote, Scope, Search, Shaped, Shrink, Source, Statement, TableSize, TableSource,
};
pub use occasion::Occasion;
pub use read::{Reader, listed, shown_duration};
pub use schema::schema;
pub use script::{
    Answers, Failure, Form, Inputs, Lowered, Mistake, Outcome, Question, Run, SCRIPT_LIMIT_BYTES,
    SCRIPT_LIMIT_MILLISECONDS, SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS, Script, ScriptBudget, Scripts,
    VERB_FUNCTIONS, Verb,
};
pub use set::{Entry, Mode, Program, Rule, RuleSet};
pub use slots::Slots;
pub use source::{Role, Sources, below, is_folder_for_rules};
pub use table::{Hit, Input, Row, Table};
pub use tenant::{Accepts, Tenant};
