//! Searches an event that passes the required tests and escapes every one of a list of conditions.
//!
//! Most findings are answers to this question. The search visits the variables one after the other; kinds of values
//! that leave the same conditions open are handled together.

use std::collections::{BTreeMap, HashMap};

use super::clause::{Clause, Literal, Tested};
use super::domain::{Domain, Kind, ODD, Stands};
use crate::event::Value;
use crate::rule::scalar;

/// The values of an example, by the numbers of the variables; `None` for absent.
pub type Witness = Vec<(usize, Option<Value<'static>>)>;

/// The answer.
#[derive(Debug)]
pub enum Found {
    /// These events do, as far as fields of the event alone decide it.
    Examples(Vec<Witness>),
    /// No event does. Certain.
    Never,
    /// Neither an example nor certainty.
    Unknown,
}

/// What examples are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Any value will do.
    Any,
    /// Only values that somebody might send: enough for a hint, never for a proof.
    Natural,
}

/// How many tests may still be looked at; when they are spent, no more is claimed.
#[derive(Debug)]
pub struct Budget {
    pub left: usize,
}

/// Tests that one search may look at.
const TESTS_OF_A_SEARCH: usize = 1_000_000;
/// Examples that are looked for: some may fail for reasons that the search does not see.
const EXAMPLES: usize = 4;

/// Searches for events that pass `required` and escape each of `avoid`.
pub fn search<'r>(required: &Clause<'r>, avoid: &[&Clause<'r>], wish: Wish, budget: &mut Budget) -> Found {
    // A condition that tests nothing is never escaped.
    if avoid.iter().any(|clause| clause.is_empty()) {
        return Found::Never;
    }
    if budget.left == 0 {
        return Found::Unknown;
    }
    // To sort the tests costs as much as to look at each once.
    let sorted: usize = avoid.iter().map(|clause| clause.len()).sum();
    budget.left = budget.left.saturating_sub(sorted + required.len());
    let granted = budget.left.min(TESTS_OF_A_SEARCH);
    let mut search = Search::new(required, avoid, wish, granted);
    search.start();
    budget.left -= granted - search.left;
    if !search.examples.is_empty() {
        return Found::Examples(search.examples);
    }
    if search.is_certain && wish == Wish::Any { Found::Never } else { Found::Unknown }
}

/// The same for a condition with several alternatives.
pub fn search_any<'r>(required: &[Clause<'r>], avoid: &[&Clause<'r>], wish: Wish, budget: &mut Budget) -> Found {
    let mut examples = Vec::new();
    let mut is_certain = true;
    for clause in required {
        match search(clause, avoid, wish, budget) {
            Found::Examples(more) => examples.extend(more),
            Found::Never => {}
            Found::Unknown => is_certain = false,
        }
        if examples.len() >= EXAMPLES {
            break;
        }
    }
    match (examples.is_empty(), is_certain) {
        (false, _) => Found::Examples(examples),
        (true, true) => Found::Never,
        (true, false) => Found::Unknown,
    }
}

struct Search<'s, 'r> {
    columns: Vec<Column<'s, 'r>>,
    /// For each condition to escape, the last column that it tests.
    last: Vec<usize>,
    examples: Vec<Witness>,
    /// Whether nothing was left out so far, so that finding nothing is certain.
    is_certain: bool,
    left: usize,
}

/// What is asked of one variable.
struct Column<'s, 'r> {
    variable: usize,
    domain: Domain<'r>,
    /// The kinds that pass what is required, by their places in the domain.
    passing: Vec<usize>,
    is_required: bool,
    /// The tests of conditions to escape.
    tests: HashMap<usize, Vec<&'s Literal<'r>>>,
    /// Conditions that only these values pass, by their hashes.
    by_value: HashMap<u64, Vec<usize>>,
    /// All other conditions that test it.
    others: Vec<usize>,
}

impl<'s, 'r> Search<'s, 'r> {
    fn new(required: &'s Clause<'r>, avoid: &[&'s Clause<'r>], wish: Wish, left: usize) -> Self {
        let mut asked: BTreeMap<usize, Asked<'s, 'r>> = BTreeMap::new();
        for literal in required {
            asked.entry(literal.variable).or_default().required.push(literal);
        }
        for (condition, clause) in avoid.iter().enumerate() {
            for literal in *clause {
                asked.entry(literal.variable).or_default().tests.entry(condition).or_default().push(literal);
            }
        }
        let mut columns: Vec<Column<'s, 'r>> =
            asked.into_iter().map(|(variable, asked)| asked.column(variable, wish)).collect();
        columns.sort_by_key(|column| {
            (!column.is_required, std::cmp::Reverse(column.by_value.len()), column.passing.len())
        });
        let mut last = vec![0; avoid.len()];
        for (depth, column) in columns.iter().enumerate() {
            for condition in column.tests.keys() {
                if let Some(place) = last.get_mut(*condition) {
                    *place = depth;
                }
            }
        }
        let is_certain = columns.iter().all(|column| column.domain.is_complete);
        // Finding out what kinds there are costs about as much as testing them.
        let cost: usize = columns.iter().map(|column| column.domain.cost()).sum();
        let left = left.saturating_sub(cost);
        Self { columns, last, examples: Vec::new(), is_certain, left }
    }

    fn start(&mut self) {
        if self.columns.iter().any(|column| column.passing.is_empty()) {
            return;
        }
        let alive: Vec<usize> = (0..self.last.len()).collect();
        self.descend(0, &alive, &mut Vec::new());
    }

    /// Whether to go on: enough examples, or a spent budget, end the walk.
    fn goes_on(&self) -> bool {
        self.examples.len() < EXAMPLES && self.left > 0
    }

    fn descend(&mut self, depth: usize, alive: &[usize], chosen: &mut Vec<(usize, usize)>) {
        if self.left == 0 {
            self.is_certain = false;
            return;
        }
        let is_tested = |column: &Column<'_, '_>| {
            column.is_required || alive.iter().any(|condition| column.tests.contains_key(condition))
        };
        let Some(column) = self.columns.get(depth) else { return self.note(chosen) };
        if !is_tested(column) {
            return self.descend(depth + 1, alive, chosen);
        }
        let (groups, spent) = column.groups(alive);
        self.left = self.left.saturating_sub(spent);
        let mut groups: Vec<(Vec<usize>, usize)> = groups.into_iter().collect();
        groups.sort_by_key(|(alive, kind)| (column.rank(*kind), alive.len(), *kind));
        for (alive, kind) in groups {
            let is_caught = alive.iter().any(|condition| self.last.get(*condition).is_some_and(|last| *last <= depth));
            if is_caught {
                continue;
            }
            chosen.push((depth, kind));
            self.descend(depth + 1, &alive, chosen);
            chosen.pop();
            if !self.goes_on() {
                self.is_certain &= self.left > 0;
                return;
            }
        }
    }

    /// An event was found; it is an example where every value in it is known.
    fn note(&mut self, chosen: &[(usize, usize)]) {
        let mut witness = Vec::with_capacity(chosen.len());
        for (depth, kind) in chosen {
            let column = self.columns.get(*depth);
            let Some((column, kind)) = column.and_then(|column| Some((column, column.domain.kinds.get(*kind)?))) else {
                return;
            };
            match &kind.stands_for {
                Stands::Absent => witness.push((column.variable, None)),
                Stands::Value(value) => witness.push((column.variable, Some(value.clone()))),
                // Whether a script gives true is for the proof to find out.
                Stands::Unknown => self.is_certain = false,
                Stands::Text { .. } | Stands::List | Stands::Map => {
                    self.is_certain = false;
                    return;
                }
            }
        }
        self.examples.push(witness);
    }
}

#[derive(Default)]
struct Asked<'s, 'r> {
    required: Vec<&'s Literal<'r>>,
    tests: HashMap<usize, Vec<&'s Literal<'r>>>,
}

impl<'s, 'r> Asked<'s, 'r> {
    fn column(self, variable: usize, wish: Wish) -> Column<'s, 'r> {
        let Self { required, tests } = self;
        let mut checks = Vec::new();
        let mut is_script = false;
        for literal in required.iter().chain(tests.values().flatten()) {
            match literal.tested {
                Tested::Checks(tested) => checks.push(tested),
                Tested::Script => is_script = true,
            }
        }
        let domain = if is_script { Domain::of_script() } else { Domain::new(&checks) };
        let passes = |kind: &Kind| required.iter().all(|literal| holds(&domain, literal, kind));
        let is_wanted = |kind: &Kind| wish == Wish::Any || is_script || kind.rank < ODD;
        let wanted = domain.kinds.iter().enumerate().filter(|(_, kind)| is_wanted(kind) && passes(kind));
        let passing = wanted.map(|(place, _)| place).collect();
        let mut by_value: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (condition, literals) in &tests {
            match literals.iter().find_map(|literal| literal.values()) {
                Some(hashes) => hashes.iter().for_each(|hash| by_value.entry(*hash).or_default().push(*condition)),
                None => others.push(*condition),
            }
        }
        Column { variable, domain, passing, is_required: !required.is_empty(), tests, by_value, others }
    }
}

impl Column<'_, '_> {
    /// The conditions that are still alive with each kind of value, and the best kind for each; and how many tests that
    /// took.
    fn groups(&self, alive: &[usize]) -> (HashMap<Vec<usize>, usize>, usize) {
        let untouched: Vec<usize> =
            alive.iter().copied().filter(|condition| !self.tests.contains_key(condition)).collect();
        let mut groups: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut spent = 1;
        for place in &self.passing {
            let Some(kind) = self.domain.kinds.get(*place) else { continue };
            let hash = match &kind.stands_for {
                Stands::Value(value) => scalar(value.view(), false),
                _ => None,
            };
            let named = hash.and_then(|hash| self.by_value.get(&hash)).map_or(&[][..], Vec::as_slice);
            let candidates = self.others.iter().chain(named);
            let mut still: Vec<usize> = candidates
                .copied()
                .filter(|condition| alive.binary_search(condition).is_ok())
                .inspect(|_| spent += 1)
                .filter(|condition| self.passes(*condition, kind))
                .collect();
            still.extend(&untouched);
            still.sort_unstable();
            still.dedup();
            let best = groups.entry(still).or_insert(*place);
            if self.rank(*place) < self.rank(*best) {
                *best = *place;
            }
        }
        (groups, spent)
    }

    fn passes(&self, condition: usize, kind: &Kind) -> bool {
        let tests = self.tests.get(&condition);
        tests.is_some_and(|tests| tests.iter().all(|literal| holds(&self.domain, literal, kind)))
    }

    /// Kinds with a value before those without.
    fn rank(&self, kind: usize) -> (bool, u8) {
        let kind = self.domain.kinds.get(kind);
        let is_known =
            kind.is_some_and(|kind| matches!(kind.stands_for, Stands::Absent | Stands::Value(_) | Stands::Unknown));
        (!is_known, kind.map_or(u8::MAX, |kind| kind.rank))
    }
}

fn holds(domain: &Domain<'_>, literal: &Literal<'_>, kind: &Kind) -> bool {
    let held = match literal.tested {
        Tested::Checks(checks) => domain.holds(checks, kind),
        Tested::Script => Domain::is_true(kind),
    };
    held == literal.wanted
}
