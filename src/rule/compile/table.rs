//! `table:` read: its columns, and its rows from the rule file or from a CSV file beside it.

use std::ops::Range;
use std::sync::Arc;

use super::action::{FieldVerb, field_verb};
use super::compiler::Compiler;
use super::deliver::in_order;
use crate::diagnostic::{File, did_you_mean};
use crate::rule::action::{Target, VERBS};
use crate::rule::condition::Test;
use crate::rule::expression::Read;
use crate::rule::read::listed;
use crate::rule::source::Role;
use crate::rule::syntax::{Content, Node, Style};
use crate::rule::table::{Hit, Input, Row, Table};
use crate::rule::tenant::Accepts;
use crate::rule::{code, csv, grammar};

/// A column by its head. What cannot be made out is `None`, so that the cells below it are still read.
struct Column<'n> {
    head: &'n str,
    span: &'n Range<usize>,
    kind: Kind<'n>,
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

/// Rows as written, with the file they stand in; the cells in the order of the columns.
struct Written {
    file: Arc<File>,
    is_csv: bool,
    rows: Vec<(Vec<Node>, Range<usize>)>,
}

impl Compiler<'_> {
    /// Reads the table of a rule.
    pub(super) fn table(&mut self, node: &Node) -> Option<Table> {
        self.reader.fields(node, &grammar::TABLE)?;
        let hit = node.get("hit").and_then(|node| self.reader.one_of(node, "`hit`", &Hit::ALL)).unwrap_or(Hit::Unique);
        let columns = self.columns(node.get("inputs")?, node.get("outputs")?);
        let rows = node.get("rows")?;
        let written = match &rows.content {
            Content::List(items) => self.inline_rows(items, &columns),
            _ => self.csv_rows(rows, &columns)?,
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
                Kind::Input(read) => inputs.extend(read.map(|read| Input { read, span: column.span.clone() })),
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
                    let message = format!("column `{head}` stands twice");
                    let finding = self.reader.mistake(&code::COLUMN_TWICE, span, message).label("again here");
                    let finding = finding.related(self.reader.place(first.span), "first here");
                    self.reader.push(finding.help("several tests of one value go into one cell: `{ gt: 2, lt: 8 }`"));
                }
                let kind = match what {
                    "`inputs`" => Kind::Input(self.path_at(head, span)),
                    _ => Kind::Output(self.output(head, span)),
                };
                columns.push(Column { head, span, kind });
            }
        }
        columns
    }

    fn output<'n>(&mut self, head: &'n str, span: &Range<usize>) -> Option<Output<'n>> {
        let (verb, path) = head.split_once(char::is_whitespace).map_or((head, ""), |(verb, path)| (verb, path.trim()));
        if !VERBS.contains(&verb) {
            let finding = self.reader.mistake(&code::BAD_OUTPUT, span, format!("`{verb}` is no verb"));
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
            (Some(_), _) => format!("`{verb}` needs the field it is about"),
            (None, _) => format!("`{verb}` takes no field"),
        };
        let finding = self.reader.mistake(&code::BAD_OUTPUT, span, message);
        self.reader.push(match field_verb(verb) {
            Some(_) => finding.help(format!("write `{verb} user.FIELD` as the column's name")),
            None if verb == "deliver" => finding.help("write `deliver NAME` as the column's name"),
            None => finding.help(format!("write `{verb}`; what stands behind it stands in the cells")),
        });
        None
    }

    fn is_quoted(&self, span: &Range<usize>) -> bool {
        self.reader.file.text.get(span.clone()).is_some_and(|written| written.ends_with(['"', '\'']))
    }

    fn inline_rows(&mut self, items: &[Node], columns: &[Column<'_>]) -> Written {
        let mut rows = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let Some(cells) = self.reader.items(item, "a row") else { continue };
            if cells.len() == columns.len() {
                rows.push((cells.to_vec(), item.span.clone()));
                continue;
            }
            let counted = format!("row {} has {} cells", number + 1, cells.len());
            let message = format!("{counted}, and the table has {} columns", columns.len());
            let finding = self.reader.mistake(&code::ROW_LENGTH, &item.span, message);
            let heads = listed_in_order(columns.iter().map(|column| column.head));
            self.reader.push(finding.help(format!("a row has a cell for each of {heads}; `\"-\"` is anything")));
        }
        Written { file: Arc::clone(&self.reader.file), is_csv: false, rows }
    }

    fn csv_rows(&mut self, node: &Node, columns: &[Column<'_>]) -> Option<Written> {
        let name = self.reader.text(node, "`rows`")?;
        let (role, file) = self.table_file(name, &node.span)?;
        if role != Role::Csv {
            let message = format!("the rows of a decision table stand in a CSV file, and `{name}` is none");
            let finding = self.reader.mistake(&code::BAD_TABLE, &node.span, message);
            self.reader.push(finding.help("name a `.csv` file, or write the rows here as a list"));
            return None;
        }
        let sheet = csv::read(&file, self.reader.report)?;
        let places = self.columns_of(&sheet, &file, columns)?;
        let mut rows = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            let cells = places.iter().filter_map(|place| row.get(*place)).map(|cell| Node {
                content: Content::Scalar { text: cell.text.clone(), style: Style::Quoted },
                span: cell.span.clone(),
            });
            rows.push((cells.collect(), csv::span_of(row)));
        }
        Some(Written { file, is_csv: true, rows })
    }

    /// For each column, which of the sheet's it is. Every column is in the sheet, and every one of the sheet is used.
    fn columns_of(&mut self, sheet: &csv::Sheet, file: &Arc<File>, columns: &[Column<'_>]) -> Option<Vec<usize>> {
        let name = file.short_name();
        let heads = || sheet.columns.iter().map(|column| column.text.as_str());
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let place = heads().position(|head| head == column.head);
            if place.is_none() {
                let message = format!("`{name}` has no column `{}`", column.head);
                let finding = self.reader.mistake(&code::UNKNOWN_COLUMN, column.span, message);
                self.reader.push(match did_you_mean(column.head, heads()) {
                    Some(meant) => finding.help(format!("its first line has `{meant}`: did you mean that?")),
                    None => finding.help(format!("its first line has {}", listed_in_order(heads()))),
                });
            }
            places.push(place);
        }
        let home = std::mem::replace(&mut self.reader.file, Arc::clone(file));
        for cell in sheet.columns.iter().filter(|cell| !cell.text.starts_with('#')) {
            if !columns.iter().any(|column| column.head == cell.text) {
                let message = format!("column `{}` is no input and no output of the table", cell.text);
                let finding = self.reader.mistake(&code::EXTRA_COLUMN, &cell.span, message);
                let help =
                    format!("add it to `inputs` or `outputs`, or call it `#{}` if it only holds notes", cell.text);
                self.reader.push(finding.help(help));
            }
        }
        self.reader.file = home;
        places.into_iter().collect()
    }

    fn row(&mut self, cells: &[Node], span: Range<usize>, columns: &[Column<'_>], is_csv: bool) -> Row {
        let (mut tests, mut actions) = (Vec::new(), Vec::new());
        for (cell, column) in cells.iter().zip(columns) {
            match &column.kind {
                Kind::Input(Some(read)) => {
                    let checks = self.cell_checks(cell, &read.path, is_csv);
                    let subject = read.clone();
                    tests.push(checks.map(|checks| Test { subject, checks: checks.into(), span: cell.span.clone() }));
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

/// "`a`, `b`, `c`": what all must be there, in this order.
fn listed_in_order<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
