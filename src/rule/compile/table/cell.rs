//! Reads the cells of decision tables: what an input must be, and what an output says.
//!
//! `-` and an empty cell match anything. In a rule file a cell is YAML. In CSV it is text, except what stands in
//! brackets, braces or double quotes, which is YAML there too.

use std::sync::Arc;

use crate::diagnostic::code;
use crate::event::Path;
use crate::rule::compile::compiler::Compiler;
use crate::rule::compile::condition::field_of;
use crate::rule::compile::ends::Use;
use crate::rule::condition::{Check, Checks, Comparator, Comparison, Operator, Relation};
use crate::rule::foreign::text as foreign;
use crate::yaml::{Content, Node, Purpose, Style, is_plain_number, locate, syntax};

/// Signs a cell may begin with, longer ones first.
const SIGNS: [(&str, Comparison); 4] = [
    (">=", Comparison::GreaterOrEqual),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    ("<", Comparison::Less),
];

impl Compiler<'_> {
    /// What a cell of an input column asks of the value at `path`; `None` for anything.
    pub fn cell_checks(&mut self, cell: &Node, path: &Path, is_csv: bool) -> Option<Checks> {
        if is_blank(cell) {
            return None;
        }
        let field = field_of(path);
        let purpose = Purpose::Field(&field);
        let operator = match (wrapped(cell, is_csv), cell.scalar()) {
            (Some(part), _) => match self.part(cell, part)? {
                Node { content: Content::List(items), .. } if is_csv => self.one_of_cells(&items, cell),
                value => return Some(self.checks(&value, purpose)),
            },
            (None, Some(text)) => self.short_test(cell, text.trim(), purpose, is_csv)?,
            (None, None) => return Some(self.checks(cell, purpose)),
        };
        Some(Checks { checks: vec![Check { operator, span: cell.span.clone() }], ignore_case: self.ignores_case })
    }

    /// The value in a cell of an output column; `None` where the verb is not done.
    pub fn cell_value(&mut self, cell: &Node, is_csv: bool) -> Option<Node> {
        match wrapped(cell, is_csv) {
            _ if is_blank(cell) => None,
            Some(part) => self.part(cell, part),
            None => Some(cell.clone()),
        }
    }

    /// A cell without brackets: `> 7`, `!= x`, `~ regex`, `in [a, b]`, `4..7`, or a value.
    fn short_test(&mut self, cell: &Node, text: &str, purpose: Purpose<'_>, is_csv: bool) -> Option<Operator> {
        let after = |sign: &str| text.strip_prefix(sign).map(str::trim_start);
        if let Some((sign, comparison)) = SIGNS.into_iter().find(|(sign, _)| text.starts_with(sign)) {
            return self.number_cell(cell, sign, after(sign)?, comparison);
        }
        if let Some(pattern) = after("~") {
            let node = self.scalar_part(cell, pattern, Style::Quoted);
            return self
                .pattern(&node, "`matches`", self.ignores_case)
                .map(|pattern| Comparator::Pattern(pattern).plain());
        }
        if let Some(list) = after("in ").filter(|rest| rest.starts_with('[')) {
            return self.list_cell(cell, list, purpose, is_csv);
        }
        if let Some(list) = after("not in ").filter(|rest| rest.starts_with('[')) {
            return self.list_cell(cell, list, purpose, is_csv).map(Operator::negated);
        }
        let negated = after("not in ").or_else(|| after("!="));
        if let Some(bounds) =
            self.range_of(negated.or_else(|| after("in ")).unwrap_or(text), &cell.span, &code::BAD_CELL)
        {
            let operator = Comparator::Range(bounds).plain();
            return Some(if negated.is_some() { operator.negated() } else { operator });
        }
        if let Some(value) = after("!=") {
            let value = match wrapped(&self.scalar_part(cell, value, Style::Plain), is_csv) {
                Some(part) => self.part(cell, part)?,
                None => self.scalar_part(cell, value, if is_csv { Style::Quoted } else { Style::Plain }),
            };
            return self.value_cell(&value, purpose, is_csv).map(Operator::negated);
        }
        self.value_cell(cell, purpose, is_csv)
    }

    fn number_cell(&mut self, cell: &Node, sign: &str, rest: &str, comparison: Comparison) -> Option<Operator> {
        if is_plain_number(rest) || rest.starts_with("${") {
            let number = self.scalar_part(cell, rest, Style::Plain);
            let number = self.number_to_compare(&number, sign)?;
            return Some(Comparator::Value(Relation::Order(comparison), number).plain());
        }
        let message = format!("`{sign}` in a cell takes a number, not `{rest}`");
        let mut finding = self.reader.mistake(&code::BAD_CELL, &cell.span, message);
        if let Some(meant) = cell.scalar().and_then(foreign::in_place_of) {
            finding = finding.help(format!("write {meant}"));
        }
        self.reader.push(
            finding
                .help("dates are compared with `{ before: … }` and `{ after: … }`")
                .help("put a text that begins like this in double quotes within the cell"),
        );
        None
    }

    fn list_cell(&mut self, cell: &Node, list: &str, purpose: Purpose<'_>, is_csv: bool) -> Option<Operator> {
        let list = self.part(cell, list)?;
        match &list.content {
            Content::List(items) if is_csv => Some(self.one_of_cells(items, &list)),
            _ => {
                let list = self.list_to_compare(&list, "`in`", purpose)?;
                Some(Comparator::Value(Relation::Member, list).plain())
            }
        }
    }

    fn value_cell(&mut self, value: &Node, purpose: Purpose<'_>, is_csv: bool) -> Option<Operator> {
        match value.scalar() {
            Some(text) if is_csv && is_other_than_text(text) => {
                Some(self.one_of_cells(std::slice::from_ref(value), value))
            }
            _ => {
                let value = self.compared_with(value, purpose, Use::Equal)?;
                Some(Comparator::Value(Relation::Equal, value).plain())
            }
        }
    }

    /// CSV knows only text: what reads as a number, true or false there is meant as either. `TRUE` is what spreadsheets
    /// make of `true`.
    fn one_of_cells(&mut self, items: &[Node], place: &Node) -> Operator {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            self.warn_of_ends(item, Use::Equal);
            let style = |style| match &item.content {
                Content::Scalar { text, .. } => {
                    let text = if is_boolean(text) { text.to_ascii_lowercase() } else { text.clone() };
                    Node { content: Content::Scalar { text, style }, span: item.span.clone() }
                }
                _ => item.clone(),
            };
            values.push(style(Style::Quoted));
            if item.scalar().is_some_and(is_other_than_text) {
                values.push(style(Style::Plain));
            }
        }
        let list = Node { content: Content::List(values), span: place.span.clone() };
        Comparator::Value(Relation::Member, self.expression(&list, Purpose::Body)).plain()
    }

    /// A part of a cell's text as YAML.
    fn part(&mut self, cell: &Node, part: &str) -> Option<Node> {
        let file = Arc::clone(&self.reader.file);
        let at = start_of(part, cell);
        match syntax::parse_text(part) {
            Ok(node) => Some(node.moved(&|span| locate::within(&file.text, cell, at + span.start..at + span.end))),
            Err(why) => {
                let finding =
                    self.reader.mistake(&code::BAD_CELL, &cell.span, format!("this cell cannot be read: {why}"));
                self.reader.push(finding.help("lists are written `[a, b]`, operators `{ gt: 7 }`"));
                None
            }
        }
    }

    /// A part of a cell's text as it is.
    fn scalar_part(&self, cell: &Node, part: &str, style: Style) -> Node {
        let at = start_of(part, cell);
        let span = locate::within(&self.reader.file.text, cell, at..at + part.len());
        Node { content: Content::Scalar { text: part.to_owned(), style }, span }
    }
}

/// Whether a cell's text is YAML within a text.
pub fn is_yaml(cell: &Node, is_csv: bool) -> bool {
    wrapped(cell, is_csv).is_some()
}

fn is_blank(cell: &Node) -> bool {
    cell.is_null() || cell.scalar().is_some_and(|text| matches!(text.trim(), "" | "-"))
}

/// The text of a cell that is YAML within a text: in double quotes, or in CSV in brackets or braces. Brackets that are
/// never closed count, so that reading them tells: nobody means the text `[India, Nepal`.
fn wrapped(cell: &Node, is_csv: bool) -> Option<&str> {
    let text = cell.scalar()?.trim();
    let between = |open: char, close: char| text.len() > 1 && text.starts_with(open) && text.ends_with(close);
    let within = |open: char, close: char| between(open, close) || (text.starts_with(open) && !text.contains(close));
    (between('"', '"') || (is_csv && (within('[', ']') || within('{', '}')))).then_some(text)
}

/// Where the end of a cell's text that reads so begins.
fn start_of(part: &str, cell: &Node) -> usize {
    cell.scalar().and_then(|text| text.rfind(part)).unwrap_or_default()
}

fn is_other_than_text(text: &str) -> bool {
    is_plain_number(text) || is_boolean(text)
}

fn is_boolean(text: &str) -> bool {
    matches!(text, "true" | "false" | "TRUE" | "FALSE")
}
