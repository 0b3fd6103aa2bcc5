//! The rule language: rule files are read, every mistake is reported, and they become what the engine decides by.
//!
//! "As written" is a tree of `yaml`; "as meant" are the types of this room. `compile/` leads from one to the other, with
//! a file for each part: `compile/condition/when.rs` reads what the conditions mean, `compile/action.rs` what `action.rs`
//! means.
//!
//! - What is read of a rules folder? `source.rs`: folders that are ignored and links that are not followed, too.
//! - Which keys may stand where? `grammar.rs`: for the reader, for "did you mean", and for the JSON Schema
//!   (`schema.rs`).
//! - How do files become a rule set? `compile/folder.rs`; the rule set: `set.rs`.
//! - How do table files become cells? `sheet/`; bytes become text: `encoding.rs`; what a spreadsheet has spoilt:
//!   `sheet/spoilt.rs`.
//! - Decision tables? `table.rs`, read in `compile/table/`. Lookups? `lookup/`, read in `compile/lookup/`.
//! - Which files hold tables, whose rows may be about people? `compile/tables.rs`.
//! - Which functions are there, and how do scripts run? `function/`, `script/`.
//! - Which fields are known, and which are misspelt? `field.rs`, `compile/field.rs`; when that is a mistake:
//!   `occasion.rs`.
//! - Who answers for a rule? `ownership.rs`.
//! - What do texts of other tools mean? `foreign/`.
//! - How are 10 000 rules not evaluated one by one? `index/`; names of a body in one pass: `slots.rs`.
//! - May a rule give a secret away? `taint.rs`, `compile/deliver.rs`.

mod action;
mod binding;
mod case;
mod compile;
mod condition;
mod encoding;
mod expression;
pub mod field;
pub mod foreign;
mod function;
pub mod grammar;
mod index;
mod lookup;
mod occasion;
mod ownership;
pub mod reads;
mod schema;
mod script;
mod set;
pub mod sheet;
mod slots;
pub mod source;
mod table;
mod taint;
mod target;
mod template;
mod tenant;

pub use action::{Action, Deliver, Taken};
pub use binding::{Binding, Bound, Free, Numbers};
pub use case::{Case, Expect, ExpectedDelivery, Given, GivenAnswer, GivenLookup};
pub use compile::{compile, given_lookups, is_table, meant_field, people_in, tables_told};
pub use condition::{
    At, Base, Bounds, Check, Checks, Comparator, Comparison, Condition, DateOperand, Declared, Networks, Operand,
    Operator, Pattern, Property, Quantifier, Relation, ScriptCondition, Side, Takes, Test, address, fits, there,
};
pub use encoding::{Encoding, file_of as decoded_file, why_no_text};
pub use expression::{Expression, Read, ReadFrom, ScriptUse};
pub use field::{FieldKind, USER_FIELDS};
pub use function::{
    Answering, BadPattern, Clock, FUNCTIONS, Function, Markup, Never, PATTERN_LIMIT_BYTES, find as find_function,
    is_own_time, own_time, pattern, to_markdown as functions_to_markdown,
};
pub use grammar::is_refusal_code;
pub use index::{Candidates, Values, scalar};
pub use lookup::{
    Ask, Asked, Attribute, Call, ConnectionKind, Days, Dialect, Filling, Keep, KeyPart, Lookup, Method, OnError, Pages,
    Part, Remote, Scope, Search, Shaped, Shrink, Source, Statement, TableSize, TableSource, Validity,
};
pub use occasion::Occasion;
pub use ownership::Ownership;
pub use schema::schema;
pub use script::{
    Answers, Failure, Form, Inputs, Lowered, Mistake, Outcome, Question, Run, SCRIPT_LIMIT_BYTES,
    SCRIPT_LIMIT_MILLISECONDS, SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS, Script, ScriptBudget, Scripts,
    VERB_FUNCTIONS, Verb,
};
pub use set::{Entry, Mode, Program, Rule, RuleSet, short_hash};
pub use slots::Slots;
pub use source::{Role, Sources, below, is_folder_for_rules};
pub use table::{Hit, Input, Row, Table};
pub use taint::{WrittenSecret, is_asked_for_a_secret, secret_in, written_secrets};
pub use target::{Element, Target};
pub use tenant::{Accepts, Effort, Tenant};
