//! Evaluates decision tables: which rows hold, by the table's hit policy, and what they do.

use crate::rule::{Hit, Table};

use super::act::Flow;
use super::decision::Failure;
use super::interrupted::{Evaluation, Interrupted, Together};
use super::rule_run::RuleRun;
use super::trace::Why;

impl<'e> RuleRun<'_, 'e> {
    /// The rows that fire, of those in `rows` (from 0, ascending): all others are known not to hold.
    pub fn hits(&mut self, table: &'e Table, rows: impl Iterator<Item = usize>) -> Evaluation<Vec<usize>> {
        self.file = &table.file;
        let mut hits = Vec::new();
        for number in rows {
            if !self.row_holds(table, number).map_err(|interrupted| self.in_row(interrupted, table, number))? {
                continue;
            }
            hits.push(number);
            match (table.hit, hits.as_slice()) {
                (Hit::First, _) => break,
                (Hit::Unique, [first, second]) => return Err(self.both_hold(table, *first, *second)),
                _ => {}
            }
        }
        if hits.is_empty() && self.draft.is_tracing {
            self.noted.why = Some(self.no_row(table));
        }
        Ok(hits)
    }

    fn row_holds(&mut self, table: &'e Table, number: usize) -> Evaluation<bool> {
        let Some(row) = table.rows.get(number) else { return Ok(false) };
        let mut together = Together::default();
        for test in row.tests.iter().flatten() {
            let held = self.test(test);
            if together.take(held)? == Some(false) {
                return together.settled(false);
            }
        }
        together.end(true)
    }

    /// Does what rows say, one after the other until one decides.
    pub fn act_on_rows(&mut self, table: &'e Table, rows: &[usize]) -> Evaluation<Flow> {
        let mut flow = Flow::Continue;
        for number in rows {
            let Some(row) = table.rows.get(*number) else { continue };
            match self.act_on(&row.actions).map_err(|interrupted| self.in_row(interrupted.failed(), table, *number))? {
                Flow::Continue => {}
                Flow::Stop => flow = Flow::Stop,
                decided @ Flow::Decided(_) => return Ok(decided),
            }
        }
        Ok(flow)
    }

    /// A failure that knows no better place than its rule has the row's.
    fn in_row(&self, interrupted: Interrupted, table: &Table, number: usize) -> Interrupted {
        interrupted.map(|failure| {
            if failure.place == self.rule.place() { Failure { place: table.place(number), ..failure } } else { failure }
        })
    }

    fn both_hold(&self, table: &Table, first: usize, second: usize) -> Interrupted {
        let lines = [first, second].map(|row| table.place(row).file_line());
        let message =
            format!("rows {} and {} of its table both hold ({} and {})", first + 1, second + 1, lines[0], lines[1]);
        let mut failure = self.failure(message);
        failure.help = Some("tell the two rows apart, or write `hit: first` for the first of them".to_owned());
        failure.place = table.place(second);
        failure.into()
    }

    /// Each input with the value it had.
    fn no_row(&mut self, table: &'e Table) -> Why {
        let mut saw = Vec::with_capacity(table.inputs.len());
        for input in &table.inputs {
            let value = self.read(&input.read).ok().flatten();
            saw.push(Self::shown_name(&input.read, value.as_ref()));
        }
        let at = table.rows.first().map_or_else(String::new, |_| table.place(0).file_line());
        Why { condition: "no row of the table holds".to_owned(), saw: saw.join(", "), at }
    }
}
