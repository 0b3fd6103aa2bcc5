//! The language: what administrators write, read with every mistake told, and compiled into what the engine decides by.

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
pub mod reads;
mod schema;
mod script;
mod set;
pub mod sheet;
mod slots;
pub mod source;
mod table;
mod taint;
mod template;
mod tenant;

pub use action::{Action, Deliver, Target};
pub use binding::{Binding, Bound};
pub use case::{Case, Expect, ExpectedDelivery, Given, GivenAnswer, GivenLookup};
pub use compile::{compile, given_lookups};
pub use condition::{
    At, Base, Check, Checks, Comparator, Comparison, Condition, Declared, Moment, Operand, Operator, Pattern, Property,
    Quantifier, Relation, ScriptCondition, Side, Takes, Test,
};
pub use encoding::Encoding;
pub use expression::{Expression, Read, ReadFrom, ScriptUse};
pub use field::{FieldKind, USER_FIELDS};
pub use function::{
    BadPattern, Clock, FUNCTIONS, Function, Markup, PATTERN_LIMIT_BYTES, find as find_function, is_own_time, pattern,
    to_markdown as functions_to_markdown,
};
pub use grammar::is_refusal_code;
pub use index::{Candidates, Values, scalar};
pub use lookup::{
    Ask, Asked, Attribute, Call, ConnectionKind, Dialect, Filling, Keep, KeyPart, Lookup, Method, OnError, Pages, Part,
    Remote, Scope, Search, Shaped, Shrink, Source, Statement, TableSize, TableSource,
};
pub use occasion::Occasion;
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
pub use taint::secret_in;
pub use tenant::{Accepts, Tenant};
