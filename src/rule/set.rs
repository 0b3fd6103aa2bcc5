//! A rule set: everything a decision needs, compiled once and never changed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use super::action::Action;
use super::binding::Binding;
use super::case::Case;
use super::condition::Condition;
use super::expression::Expression;
use super::field::FieldKind;
use super::function::Clock;
use super::index::{Index, is_certain};
use super::lookup::Lookup;
use super::ownership::Ownership;
use super::script::Scripts;
use super::slots::Slots;
use super::table::Table;
use super::tenant::{Accepts, Effort};
use crate::diagnostic::{File, Place};
use crate::event::{Hooks, Value};

/// Everything a rules folder means.
#[derive(Debug)]
pub struct RuleSet {
    pub hooks: Hooks,
    /// In the order in which they are looked at: files in path order, rules from top to bottom.
    pub rules: Vec<Rule>,
    /// For each hook of the table, what runs on it.
    pub programs: Vec<Program>,
    /// Distinct names that rules read of an event; a name is read at most once an event.
    pub slots: Slots,
    pub bindings: Vec<Binding>,
    pub lookups: Vec<Lookup>,
    /// Refusal codes with what they mean.
    pub codes: BTreeMap<String, String>,
    pub cases: Vec<Case>,
    /// What each destination takes.
    pub destinations: BTreeMap<String, Accepts>,
    /// What gateway.yaml says of the user's fields.
    pub fields: BTreeMap<String, FieldKind>,
    /// What gateway.yaml says that rules read as `setting.NAME`.
    pub settings: BTreeMap<String, Value<'static>>,
    pub scripts: Scripts,
    /// What one event may take of them.
    pub effort: Effort,
    /// Hash of the files it was read from.
    pub hash: String,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    pub name: String,
    /// Places of its hooks in the table.
    pub hooks: Vec<usize>,
    pub ownership: Ownership,
    pub mode: Mode,
    /// The last day on which it is in audit mode; from the next on it is enforced.
    pub audit_until: Option<Date>,
    /// Whether it counts as not holding where it fails (`on_failure: skip`). Never so of a rule that answers.
    pub skips: bool,
    /// The file's guard and the rule's own condition.
    pub when: Condition,
    /// Rows of conditions of which one must hold besides.
    pub table: Option<Table>,
    /// What is done where it holds; behind what the table's rows say.
    pub actions: Vec<Action>,
    pub file: Arc<File>,
    /// The rule's name in the file.
    pub span: Range<usize>,
}

/// Whether a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Enforce,
    /// Evaluated and traced; changes nothing.
    Audit,
    Off,
}

impl Mode {
    /// The modes with their words.
    pub const ALL: [(&'static str, Mode); 3] = [("enforce", Mode::Enforce), ("audit", Mode::Audit), ("off", Mode::Off)];
}

/// What runs on one hook.
#[derive(Debug, Default)]
pub struct Program {
    /// Its rules, and each row of their tables, in order; rules that are off are left out.
    pub entries: Vec<Entry>,
    /// Finds the entries that can hold without looking at each.
    pub index: Index,
    /// Whether any of its rules may send something.
    pub sends: bool,
}

/// A rule of a program, or one row of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place of the rule in the set.
    pub rule: usize,
    /// Place of the row in the rule's table; 0 without a table.
    /// One behind the last: no row, only the rule's own condition, which can fail and is therefore not left out with its rows.
    pub row: usize,
}

impl Program {
    /// What runs on the hook at `hook` in the table.
    pub(super) fn new(hook: usize, rules: &[Rule]) -> Self {
        let is_in = |rule: &Rule| rule.mode != Mode::Off && rule.hooks.contains(&hook);
        let mut entries = Vec::new();
        let mut conditions = Vec::new();
        for (place, rule) in rules.iter().enumerate().filter(|(_, rule)| is_in(rule)) {
            let mut enter = |row, tests| {
                entries.push(Entry { rule: place, row });
                conditions.push((&rule.when, tests));
            };
            let Some(table) = &rule.table else {
                enter(0, None);
                continue;
            };
            table.rows.iter().enumerate().for_each(|(n, row)| enter(n, Some(row)));
            if !is_certain(&rule.when) {
                enter(table.rows.len(), None);
            }
        }
        let sends = rules.iter().any(|rule| is_in(rule) && rule.may_enforce() && rule.sends());
        Self { index: Index::new(&conditions), entries, sends }
    }
}

impl Rule {
    /// Where the rule stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place_of(&self.span)
    }

    /// The mode in which it is at this time of the event.
    #[must_use]
    pub fn mode_at(&self, clock: &Clock) -> Mode {
        match self.audit_until {
            Some(last) if clock.calendar.day(clock.now) > last => Mode::Enforce,
            _ => self.mode,
        }
    }

    /// Whether it is enforced, or will be once its audit is over.
    #[must_use]
    pub fn may_enforce(&self) -> bool {
        self.mode == Mode::Enforce || self.audit_until.is_some()
    }

    /// Whether it may refuse somebody.
    #[must_use]
    pub fn may_refuse(&self) -> bool {
        self.answers().any(|verb| verb == "reject")
    }

    /// The codes by which it refuses, as far as they are written out.
    pub fn refusal_codes(&self) -> impl Iterator<Item = &str> {
        self.all_actions().filter_map(|action| match action {
            Action::Reject { code, .. } => Some(code.as_str()),
            Action::Set(..)
            | Action::Default(..)
            | Action::Remove(_)
            | Action::Add(..)
            | Action::Take(..)
            | Action::MappedValue(_)
            | Action::Deprovision(_)
            | Action::Deliver(_)
            | Action::Script(_)
            | Action::Stop => None,
        })
    }

    /// The verbs in it that answer the event: `reject`, `mappedValue`, `deprovision`.
    pub fn answers(&self) -> impl Iterator<Item = &'static str> {
        self.all_actions().flat_map(answers)
    }

    /// Whether it may send something.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.all_actions().any(|action| match action {
            Action::Deliver(_) => true,
            Action::Script(Expression::Script(used)) => used.script.verbs().contains(&"deliver"),
            Action::Reject { .. }
            | Action::Set(..)
            | Action::Default(..)
            | Action::Remove(_)
            | Action::Add(..)
            | Action::Take(..)
            | Action::MappedValue(_)
            | Action::Deprovision(_)
            | Action::Script(_)
            | Action::Stop => false,
        })
    }

    /// Its own, and those of its table's rows.
    fn all_actions(&self) -> impl Iterator<Item = &Action> {
        let of_rows = self.table.iter().flat_map(|table| &table.rows).flat_map(|row| &row.actions);
        self.actions.iter().chain(of_rows)
    }

    /// A place in the rule's file.
    #[must_use]
    pub fn place_of(&self, span: &Range<usize>) -> Place {
        Place { file: Arc::clone(&self.file), span: span.clone() }
    }
}

/// What an action answers the event with, if it does.
fn answers(action: &Action) -> Vec<&'static str> {
    match action {
        Action::Reject { .. } => vec!["reject"],
        Action::MappedValue(_) => vec!["mappedValue"],
        Action::Deprovision(_) => vec!["deprovision"],
        Action::Script(Expression::Script(used)) => {
            let verbs = used.script.verbs().iter().copied();
            verbs.filter(|verb| ["reject", "mappedValue", "deprovision"].contains(verb)).collect()
        }
        Action::Set(..)
        | Action::Default(..)
        | Action::Remove(_)
        | Action::Add(..)
        | Action::Take(..)
        | Action::Deliver(_)
        | Action::Script(_)
        | Action::Stop => Vec::new(),
    }
}

/// The beginning of a set's hash, 12 letters: how people are told which rules they have.
#[must_use]
pub fn short_hash(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

impl RuleSet {
    /// The program of the hook at `hook` in the table.
    #[must_use]
    pub fn program(&self, hook: usize) -> Option<&Program> {
        self.programs.get(hook)
    }
}
