//! Measures what tests reach of a rule set: rules, table rows, and both outcomes of each condition.

use std::collections::BTreeMap;

use crate::diagnostic::Place;
use crate::engine::trace::{Outcome, RuleTrace};
use crate::rule::{Condition, Mode, Rule, RuleSet, Table};

/// What there is to reach, and how often tests did; in the order of the files.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By the file's name, so that one item can be found without copying its name.
    files: BTreeMap<String, BTreeMap<Spot, Item>>,
}

/// Where an item stands in its file. A guard stands once, whatever rules it guards; a row once for each rule that has it.
type Spot = (usize, usize, Kind, Option<usize>);

/// What can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A rule that is not off: reached when it holds.
    Rule,
    /// One test of `when`, or one script: reached when it holds, and again when it does not.
    Condition,
    /// A row of a decision table: reached when its rule holds by it.
    Row,
}

/// One thing to reach.
#[derive(Debug)]
pub struct Item {
    pub kind: Kind,
    /// The rule's name, the first line of the condition, or `row 4 of ou.csv`.
    pub name: String,
    /// Whom to ask about its rule, where that is said.
    pub ask: Option<String>,
    /// Of a row: its cells, as written.
    pub cells: Vec<String>,
    pub place: Place,
    pub held: u64,
    /// Of a condition: how often it did not hold.
    pub not_held: u64,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub reached: usize,
    pub total: usize,
}

impl Share {
    /// Rounded down, so that only all of them are 100. Nothing to reach is all of it.
    #[must_use]
    pub fn percent(self) -> usize {
        (self.reached * 100).checked_div(self.total).unwrap_or(100)
    }
}

impl Item {
    /// How many outcomes it has, and how many of them came.
    #[must_use]
    pub fn share(&self) -> Share {
        let held = usize::from(self.held > 0);
        match self.kind {
            Kind::Condition => Share { reached: held + usize::from(self.not_held > 0), total: 2 },
            Kind::Rule | Kind::Row => Share { reached: held, total: 1 },
        }
    }
}

impl Coverage {
    /// Takes in what there is to reach in a rule set; what is known already keeps its counts.
    pub fn expect(&mut self, set: &RuleSet) {
        for (number, rule) in set.rules.iter().enumerate().filter(|(_, rule)| rule.mode != Mode::Off) {
            self.put(number, Kind::Rule, rule, rule.place(), || (rule.name.clone(), Vec::new()));
            conditions(&rule.when, &mut |span| {
                let place = rule.place_of(span);
                self.put(number, Kind::Condition, rule, place.clone(), || (first_line(&place), Vec::new()));
            });
            for row in rule.table.iter().flat_map(|table| 0..table.rows.len()) {
                let Some(table) = &rule.table else { continue };
                self.put(number, Kind::Row, rule, table.place(row), || (row_name(rule, table, row), cells(table, row)));
            }
        }
    }

    fn put(
        &mut self,
        number: usize,
        kind: Kind,
        rule: &Rule,
        place: Place,
        named: impl FnOnce() -> (String, Vec<String>),
    ) {
        let file = self.files.entry(place.file.name.clone()).or_default();
        file.entry(spot(number, kind, &place)).or_insert_with(|| {
            let (name, cells) = named();
            let ask = rule.ownership.whom_to_ask();
            Item { kind, name, ask, cells, place, held: 0, not_held: 0 }
        });
    }

    /// Counts what one event on the hook at `hook` reached, by its whole trace.
    pub fn note(&mut self, set: &RuleSet, hook: usize, trace: &[RuleTrace]) {
        let rules = set.rules.iter().enumerate().filter(|(_, rule)| rule.hooks.contains(&hook));
        for ((number, rule), trace) in rules.zip(trace) {
            for (span, held) in &trace.tested {
                self.count(number, Kind::Condition, &rule.place_of(span), *held);
            }
            if matches!(trace.outcome, Outcome::Held) {
                self.count(number, Kind::Rule, &rule.place(), true);
                for row in &trace.rows {
                    let place = rule.table.as_ref().map(|table| table.place(*row));
                    place.iter().for_each(|place| self.count(number, Kind::Row, place, true));
                }
            }
        }
    }

    fn count(&mut self, rule: usize, kind: Kind, place: &Place, held: bool) {
        let file = self.files.get_mut(&place.file.name);
        if let Some(item) = file.and_then(|file| file.get_mut(&spot(rule, kind, place))) {
            *if held { &mut item.held } else { &mut item.not_held } += 1;
        }
    }

    /// The files with what stands in each, from top to bottom.
    pub fn files(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &Item>)> {
        self.files.iter().map(|(name, items)| (name.as_str(), items.values()))
    }

    /// Everything there is to reach.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.files.values().flat_map(BTreeMap::values)
    }

    /// How much of a kind was reached; of conditions, how many outcomes.
    #[must_use]
    pub fn share(&self, kind: Kind) -> Share {
        let add =
            |sum: Share, next: Share| Share { reached: sum.reached + next.reached, total: sum.total + next.total };
        self.items().filter(|item| item.kind == kind).map(Item::share).fold(Share::default(), add)
    }
}

fn spot(rule: usize, kind: Kind, place: &Place) -> Spot {
    (place.span.start, place.span.end, kind, (kind == Kind::Row).then_some(rule))
}

/// Calls `each` with the place of every test and script of a condition.
fn conditions(condition: &Condition, each: &mut impl FnMut(&std::ops::Range<usize>)) {
    match condition {
        Condition::Always => {}
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| conditions(condition, each)),
        Condition::Not(inner) => conditions(inner, each),
        Condition::Test(test) => each(&test.span),
        Condition::Script(script) => each(&script.span),
    }
}

fn first_line(place: &Place) -> String {
    let written = place.file.text.get(place.span.clone()).unwrap_or_default().trim();
    match written.split_once('\n') {
        Some((first, _)) => format!("{} …", first.trim_end()),
        None => written.to_owned(),
    }
}

fn row_name(rule: &Rule, table: &Table, row: usize) -> String {
    let of = if table.is_csv { table.file.short_name() } else { &rule.name };
    format!("row {} of {of}", row + 1)
}

fn cells(table: &Table, row: usize) -> Vec<String> {
    let Some(row) = table.rows.get(row) else { return Vec::new() };
    (0..row.cells.len()).map(|column| table.cell(row, column).to_owned()).collect()
}
