//! Describes decision tables, and what their hit policy means.

use super::condition;
use super::page::{Line, Table};
use super::proof::{Came, Proof};
use crate::rule::{Hit, Row, RuleSet, Table as Decisions};

/// What the table does, as a paragraph.
pub fn policy(table: &Decisions) -> Line {
    let hit = match table.hit {
        Hit::Unique => "At most one row may hold; where two do, the rule fails.",
        Hit::First => "The first row that holds decides, and later rows are not looked at.",
        Hit::Collect => "Every row that holds does what it says, from top to bottom.",
    };
    let line = Line::of(format!(
        "A row holds when all its tests do; a dash is anything. {hit} Where no row holds, neither does the rule."
    ));
    let line = match table.inputs.iter().filter(|input| input.ignore_case).collect::<Vec<_>>().as_slice() {
        [] => line,
        some if some.len() == table.inputs.len() => line.text(" Upper and lower case are one."),
        some => some
            .iter()
            .enumerate()
            .fold(line.text(" Upper and lower case are one in "), |line, (n, input)| {
                let line = if n == 0 { line } else { line.text(", ") };
                line.code(input.read.path.to_string())
            })
            .text("."),
    };
    let line =
        if table.is_csv { line.text(" The rows stand in ").code(table.file.name.as_str()) } else { return line };
    match &table.file.sheet {
        Some(sheet) => line.text(", sheet ").code(sheet.as_str()).text("."),
        None => line.text("."),
    }
}

/// The rows as they are written, each with the tests that pass and hit it.
pub fn table(set: &RuleSet, table: &Decisions, rule: usize, proofs: &[Proof<'_>]) -> Table {
    let heads = table.inputs.iter().map(|input| input.read.path.to_string()).chain(table.outputs.iter().cloned());
    let mut head = vec![Line::of("row")];
    head.extend(heads.map(|head| Line::default().code(head)));
    head.push(Line::of("tests"));
    let row = |(number, row): (usize, &Row)| {
        let mut cells = vec![Line::of((number + 1).to_string())];
        cells.extend((0..row.cells.len()).map(|column| cell(set, table, row, column)));
        let hits = proofs.iter().filter(|proof| proof.came == Came::Passed && proof.hits(rule, number)).count();
        cells.push(Line::of(if hits == 0 { "none".to_owned() } else { hits.to_string() }));
        cells
    };
    Table { head, rows: table.rows.iter().enumerate().map(row).collect() }
}

/// A cell: a value as it is written, a test in words.
fn cell(set: &RuleSet, table: &Decisions, row: &Row, column: usize) -> Line {
    let written = Line::of(table.cell(row, column));
    match row.tests.get(column) {
        Some(Some(test)) => condition::cell(set, test).unwrap_or(written),
        Some(None) | None => written,
    }
}
