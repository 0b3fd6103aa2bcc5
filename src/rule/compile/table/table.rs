//! Reads `table:`: its columns, and what each cell of a row says about them.

use std::ops::Range;
use std::sync::Arc;

use super::cell::is_yaml;
use crate::diagnostic::{code, did_you_mean};
use crate::rule::action::VERBS;
use crate::rule::compile::action::{FieldVerb, field_verb};
use crate::rule::compile::compiler::Compiler;
use crate::rule::compile::deliver::in_order;
use crate::rule::condition::{Checks, Test};
use crate::rule::expression::Read;
use crate::rule::grammar;
use crate::rule::table::{Hit, Input, Row, Table};
use crate::rule::target::Target;
use crate::rule::tenant::Accepts;
use crate::yaml::{Content, Node, listed};

/// A column by its head. What cannot be made out is `None`, so that the cells below it are still read.
pub struct Column<'n> {
    pub head: &'n str,
    pub span: &'n Range<usize>,
    kind: Kind<'n>,
    /// Whether its cells tell `A` from `a` all the same.
    ignore_case: bool,
}

enum Kind<'n> {
    Input(Option<Read>),
    Output(Option<Output<'n>>),
}

/// What a cell of an output column does.
enum Output<'n> {
    /// A delivery to the destination of this name.
    Deliver(&'n str, Accepts),
    Verb(&'n str),
    Field(FieldVerb, Target),
}

impl Compiler<'_> {
    /// Reads the table of a rule.
    pub fn table(&mut self, node: &Node) -> Option<Table> {
        self.reader.fields(node, &grammar::TABLE)?;
        let hit = node.get("hit").and_then(|node| self.reader.one_of(node, "`hit`", &Hit::ALL)).unwrap_or(Hit::Unique);
        let mut columns = self.columns(node.get("inputs")?, node.get("outputs")?);
        if let Some(node) = node.get("ignore_case") {
            self.ignore_case(node, &mut columns);
        }
        let rows = node.get("rows")?;
        let written = match &rows.content {
            Content::List(items) => self.inline_rows(node, items, &columns),
            _ => self.sheet_rows(node, rows, &columns)?,
        };
        if written.rows.is_empty() && !self.reader.report.has_errors() {
            let finding = self.reader.mistake(&code::TABLE_WITHOUT_ROWS, &rows.span, "this decision table has no rows");
            self.reader.push(finding.help("write at least one row, or remove the rule"));
        }
        let home = std::mem::replace(&mut self.reader.file, Arc::clone(&written.file));
        let is_csv = written.is_csv;
        let rows = written.rows.into_iter().map(|(cells, span)| self.row(&cells, span, &columns, is_csv)).collect();
        self.reader.file = home;
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for column in columns {
            match column.kind {
                Kind::Input(read) => {
                    let (span, ignore_case) = (column.span.clone(), column.ignore_case);
                    inputs.extend(read.map(|read| Input { read, span, ignore_case }));
                }
                Kind::Output(_) => outputs.push(column.head.to_owned()),
            }
        }
        Some(Table { hit, inputs, outputs, rows, file: written.file, is_csv })
    }

    fn columns<'n>(&mut self, inputs: &'n Node, outputs: &'n Node) -> Vec<Column<'n>> {
        let mut columns: Vec<Column<'n>> = Vec::new();
        for (node, what) in [(inputs, "`inputs`"), (outputs, "`outputs`")] {
            let heads = self.reader.texts(node, what);
            if heads.is_empty() {
                let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, format!("{what} names no column"));
                self.reader.push(finding.help("a decision table has at least one input and one output"));
            }
            for (head, span) in heads {
                if let Some(first) = columns.iter().find(|column| column.head == head) {
                    let message = format!("column `{head}` appears twice");
                    let finding = self.reader.mistake(&code::COLUMN_TWICE, span, message).label("again here");
                    let finding = finding.related(self.reader.place(first.span), "first here");
                    self.reader.push(finding.help("several tests of one value go into one cell: `{ gt: 2, lt: 8 }`"));
                }
                let kind = match what {
                    "`inputs`" => Kind::Input(self.path_at(head, span)),
                    _ => Kind::Output(self.output(head, span)),
                };
                columns.push(Column { head, span, kind, ignore_case: false });
            }
        }
        columns
    }

    /// `true`, or the inputs that are meant.
    fn ignore_case(&mut self, node: &Node, columns: &mut [Column<'_>]) {
        if matches!(node.scalar(), Some("true" | "TRUE" | "false" | "FALSE")) {
            let is_all = self.reader.boolean(node, "`ignore_case`").unwrap_or_default();
            columns.iter_mut().for_each(|column| column.ignore_case = is_all);
            return;
        }
        for (head, span) in self.reader.texts(node, "`ignore_case`") {
            let mut inputs = columns.iter_mut().filter(|column| matches!(column.kind, Kind::Input(_)));
            if let Some(column) = inputs.find(|column| column.head == head) {
                column.ignore_case = true;
                continue;
            }
            let finding =
                self.reader.mistake(&code::UNKNOWN_COLUMN, span, format!("`{head}` is not an input of this table"));
            let inputs = columns.iter().filter(|column| matches!(column.kind, Kind::Input(_)));
            self.reader.push(finding.help(format!("its inputs are {}", listed(inputs.map(|column| column.head)))));
        }
    }

    fn output<'n>(&mut self, head: &'n str, span: &Range<usize>) -> Option<Output<'n>> {
        let (verb, path) = head.split_once(char::is_whitespace).map_or((head, ""), |(verb, path)| (verb, path.trim()));
        if !VERBS.contains(&verb) {
            let finding = self.reader.mistake(&code::BAD_OUTPUT, span, format!("`{verb}` is not a verb"));
            self.reader.push(match did_you_mean(verb, VERBS) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None if head.contains('.') => finding.help(format!("write `set {head}` to give it the cell's value")),
                None => finding.help(format!("an output is one of {}", listed(VERBS))),
            });
            return None;
        }
        if verb == "deliver" && !path.is_empty() {
            return self.destination(path, span).map(|accepts| Output::Deliver(path, accepts));
        }
        self.check_verb(verb, span);
        let message = match (field_verb(verb), path) {
            (Some(verb), path) if !path.is_empty() => {
                let at = span.end.saturating_sub(path.len() + usize::from(self.is_quoted(span)));
                return self.target(path, &(at..at + path.len())).map(|target| Output::Field(verb, target));
            }
            (None, "") if verb == "deliver" => "`deliver` needs the destination".to_owned(),
            (None, "") => return Some(Output::Verb(verb)),
            (Some(_), _) => format!("`{verb}` needs the name of a field"),
            (None, _) => format!("`{verb}` takes no field"),
        };
        let finding = self.reader.mistake(&code::BAD_OUTPUT, span, message);
        self.reader.push(match field_verb(verb) {
            Some(_) => finding.help(format!("write `{verb} user.FIELD` as the column's name")),
            None if verb == "deliver" => finding.help("write `deliver NAME` as the column's name"),
            None => finding.help(format!("write only `{verb}`; the cells hold the rest")),
        });
        None
    }

    /// A line break in a cell of a spreadsheet is hardly meant, but in a script.
    fn refuse_lines(&mut self, cell: &Node, column: &Column<'_>, is_csv: bool) {
        let is_script = matches!(column.kind, Kind::Output(Some(Output::Verb("script"))));
        let has_lines = is_csv && cell.scalar().is_some_and(|text| text.trim().contains('\n'));
        if !has_lines || is_script || is_yaml(cell, is_csv) {
            return;
        }
        let message = format!("this cell of column `{}` has a line break in it", column.head);
        let finding = self.reader.mistake(&code::LINE_BREAK_IN_CELL, &cell.span, message);
        let cause = match self.reader.file.sheet {
            Some(_) => "write it in one line: Alt and Enter make a line break",
            None => "see whether a quote is missing",
        };
        let meant = "where the break is meant, write the text in quotes of its own, with `\\n`: `\"first\\nsecond\"`";
        self.reader.push(finding.help(cause).help(meant));
    }

    fn is_quoted(&self, span: &Range<usize>) -> bool {
        self.reader.file.text.get(span.clone()).is_some_and(|written| written.ends_with(['"', '\'']))
    }

    fn row(&mut self, cells: &[Node], span: Range<usize>, columns: &[Column<'_>], is_csv: bool) -> Row {
        let (mut tests, mut actions) = (Vec::new(), Vec::new());
        for (cell, column) in cells.iter().zip(columns) {
            self.refuse_lines(cell, column, is_csv);
            match &column.kind {
                Kind::Input(Some(read)) => {
                    self.ignores_case = column.ignore_case;
                    let checks = self.cell_checks(cell, &read.path, is_csv);
                    self.ignores_case = false;
                    let (subject, span) = (read.clone(), cell.span.clone());
                    let of_checks = |checks: Checks| {
                        let is_on_secret = self.may_be_on_secret(&read.path, &checks);
                        Test { subject, checks: checks.into(), span, is_on_secret }
                    };
                    tests.push(checks.map(of_checks));
                }
                Kind::Output(Some(output)) => {
                    let Some(value) = self.cell_value(cell, is_csv) else { continue };
                    match output {
                        Output::Deliver(to, accepts) => actions.push(self.delivery_of(to, *accepts, &value, None)),
                        Output::Verb(verb) => self.verb(verb, &value, &mut actions),
                        Output::Field(verb, target) => actions.push(self.change(*verb, target.clone(), &value)),
                    }
                }
                Kind::Input(None) | Kind::Output(None) => {}
            }
        }
        in_order(&mut actions);
        let cells = cells.iter().map(|cell| cell.span.clone()).collect();
        Row { tests, actions, cells, span }
    }
}
