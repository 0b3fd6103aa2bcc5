//! Parses YAML into a tree. The reader decides what a scalar means.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use super::budget::{ENTRY_BYTES, NODE_BYTES, hold};
use super::open_quote::open_quote;
use super::{help as yaml_help, written_key};
use crate::diagnostic::{Diagnostic, File, Place, Report, code};

pub use super::tree::{Content, Entry, Node, Style};

/// Most values a file may have.
const NODE_LIMIT: usize = 1_000_000;
/// Most values a file may repeat through aliases: a few lines can stand for billions.
const ALIAS_LIMIT: usize = 50_000;
/// Deepest nesting of a file.
const DEPTH_LIMIT: usize = 64;

/// Reads a file as one YAML document.
///
/// Refuses, each with its own words: several documents, an empty one (a half-written file often is),
/// duplicate keys, merge keys, tags, keys that are no text, and files that grow through aliases.
///
/// # Errors
/// Reports why the file is no tree; `None` is returned then.
pub fn parse(file: &Arc<File>, report: &mut Report) -> Option<Node> {
    let mut options = granit_parser::Options::default();
    options.flow_nesting_limit = DEPTH_LIMIT;
    options.block_nesting_limit = DEPTH_LIMIT;
    options.disallow_directives = true;
    options.set_emit_comments(false);
    let mut builder = Builder {
        file,
        report,
        parser: Parser::new_from_str_with_options(&file.text, options),
        anchors: HashMap::new(),
        nodes: 0,
        repeated: 0,
        held: 0,
    };
    match builder.document() {
        Ok(node) => Some(node),
        Err(stop) => {
            report.findings.extend(stop.map(|finding| *finding));
            None
        }
    }
}

/// Reads a text that stands within a file. Places in what comes out are those in the text.
///
/// # Errors
/// Says in words what is wrong.
pub fn parse_text(text: &str) -> Result<Node, String> {
    let mut report = Report::default();
    let node = parse(&Arc::new(File::new("", text)), &mut report);
    match report.findings.into_iter().next() {
        Some(finding) => Err(finding.message),
        None => node.ok_or_else(|| "it is empty".to_owned()),
    }
}

struct Builder<'f, 'r> {
    file: &'f Arc<File>,
    report: &'r mut Report,
    parser: Parser<'f, granit_parser::StrInput<'f>>,
    anchors: HashMap<usize, Anchor>,
    nodes: usize,
    repeated: usize,
    /// What the values read so far hold in memory, in bytes.
    held: usize,
}

/// A value that aliases repeat.
struct Anchor {
    node: Node,
    /// How many values it is made of, and what they hold in memory, in bytes.
    nodes: usize,
    bytes: usize,
}

/// Why reading ends; nothing where it has been told already.
type Stop = Option<Box<Diagnostic>>;

impl<'f> Builder<'f, '_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place { file: Arc::clone(self.file), span }
    }

    fn next(&mut self) -> Result<(Event<'f>, Range<usize>), Stop> {
        match self.parser.next() {
            Some(Ok((event, span))) => Ok((event, bytes(&span))),
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                let place = self.place(at..at + 1);
                let finding = Diagnostic::error(&code::NOT_YAML, place, format!("this is not YAML: {}", error.info()));
                let finding =
                    yaml_help::cures(&self.file.text, at, &error.info()).into_iter().fold(finding, Diagnostic::help);
                Err(Some(Box::new(self.with_open_quote(finding, at))))
            }
            None => Ok((Event::StreamEnd, self.file.text.len()..self.file.text.len())),
        }
    }

    /// A quote that was not closed is told where it was opened: the mistake shows many lines further down.
    fn with_open_quote(&self, finding: Diagnostic, at: usize) -> Diagnostic {
        let Some((open, close)) = open_quote(&self.file.text, at) else { return finding };
        let line = self.place(open..open + 1).line();
        let help = format!(
            "was a quote forgotten in line {line}? The one that is opened there {}",
            match close {
                Some(close) => format!("goes on to line {}", self.place(close..close + 1).line()),
                None => "is never closed".to_owned(),
            }
        );
        finding.related(self.place(open..open + 1), "opened here").help(help)
    }

    fn document(&mut self) -> Result<Node, Stop> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd, span) => {
                    return self.stop(
                        &code::EMPTY_FILE,
                        span,
                        "the file is empty",
                        "delete the file, or write into it: settings into gateway.yaml, rules into others",
                    );
                }
                (event, span) => {
                    let node = self.node(event, span)?;
                    if node.is_null() {
                        return self.stop(
                            &code::EMPTY_FILE,
                            0..0,
                            "the file is empty",
                            "delete the file, or write into it: settings into gateway.yaml, rules into others",
                        );
                    }
                    return self.end_of_document(node);
                }
            }
        }
    }

    fn end_of_document(&mut self, node: Node) -> Result<Node, Stop> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(node),
                (Event::DocumentStart(..), span) => {
                    let help = "put the part after `---` into a file of its own";
                    return self.stop(&code::SEVERAL_DOCUMENTS, span, "a second YAML document begins here", help);
                }
                _ => {}
            }
        }
    }

    fn stop<T>(
        &self,
        code: &'static crate::diagnostic::Code,
        span: Range<usize>,
        message: &str,
        help: &str,
    ) -> Result<T, Stop> {
        Err(Some(Box::new(Diagnostic::error(code, self.place(span), message).help(help))))
    }

    fn node(&mut self, event: Event<'f>, span: Range<usize>) -> Result<Node, Stop> {
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            let message = format!("the file has more than {NODE_LIMIT} values");
            return self.stop(&code::FILE_TOO_LARGE, span, &message, "split it into several files");
        }
        let (before, bytes) = (self.nodes + self.repeated, self.held);
        self.hold(NODE_BYTES, &span)?;
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.hold(text.len(), &span)?;
                self.refuse_tag(tag.is_some(), &span);
                (anchor, Node { content: Content::Scalar { text: text.into_owned(), style: style_of(style) }, span })
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), &span);
                (anchor, self.list(span)?)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), &span);
                (anchor, self.map(span)?)
            }
            Event::Alias(anchor) => return self.alias(anchor, span),
            _ => {
                return self.stop(
                    &code::NOT_YAML,
                    span,
                    "a value was expected here",
                    "write a value, or remove the key",
                );
            }
        };
        if anchor > 0 {
            let (nodes, bytes) = (self.nodes + self.repeated - before + 1, self.held - bytes);
            self.hold(bytes, &node.span)?;
            self.anchors.insert(anchor, Anchor { node: node.clone(), nodes, bytes });
        }
        Ok(node)
    }

    /// Counts what the next value holds.
    fn hold(&mut self, bytes: usize, span: &Range<usize>) -> Result<(), Stop> {
        self.held += bytes;
        hold(self.file, bytes, span, self.report).ok_or(None)
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<Node, Stop> {
        let Some(Anchor { nodes, bytes, .. }) = self.anchors.get(&anchor) else {
            return self.stop(
                &code::NOT_YAML,
                span,
                "this alias refers to the value it stands in",
                "write the value out",
            );
        };
        let bytes = *bytes;
        self.repeated += nodes;
        if self.repeated > ALIAS_LIMIT {
            let message = format!("through its aliases the file repeats more than {ALIAS_LIMIT} values");
            return self.stop(&code::FILE_TOO_LARGE, span, &message, "repeat less through aliases (`*name`)");
        }
        // Counted before it is copied: a few letters may stand for megabytes.
        self.hold(bytes, &span)?;
        self.anchors.get(&anchor).map(|known| known.node.clone()).ok_or(None)
    }

    fn refuse_tag(&mut self, tagged: bool, span: &Range<usize>) {
        if tagged {
            let message = "tags (`!…`) mean nothing in a rule file";
            let finding = Diagnostic::error(&code::YAML_TAG, self.place(span.clone()), message);
            self.report.push(finding.help("remove the tag; write a text that looks like a number in quotes"));
        }
    }

    fn list(&mut self, start: Range<usize>) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    let span = whole(&start, items.last().map(|item: &Node| item.span.end), &end);
                    return Ok(Node { content: Content::List(items), span });
                }
                (event, span) => {
                    let item = self.node(event, span)?;
                    items.push(item);
                }
            }
        }
    }

    fn map(&mut self, start: Range<usize>) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Range<usize>> = HashMap::new();
        loop {
            let (event, key_span) = match self.next()? {
                (Event::MappingEnd, end) => {
                    let span = whole(&start, entries.last().map(|entry| entry.value.span.end), &end);
                    return Ok(Node { content: Content::Map(entries), span });
                }
                other => other,
            };
            let Event::Scalar(key, style, anchor, _) = event else {
                let (message, help) =
                    written_key::no_text(&self.file.text, matches!(event, Event::Alias(_)), &key_span);
                return self.stop(&code::KEY_NOT_TEXT, key_span, message, help);
            };
            if anchor > 0 {
                let help = "put the anchor behind the colon: `key: &name value`";
                return self.stop(
                    &code::KEY_NOT_TEXT,
                    key_span,
                    "this anchor (`&…`) names the key, and not what it stands for",
                    help,
                );
            }
            self.hold(ENTRY_BYTES + 2 * key.len(), &key_span)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            let key = key.into_owned();
            let is_bare = style == ScalarStyle::Plain && value.is_null();
            for (code, message, help) in written_key::mistakes(&self.file.text, &key, &key_span, is_bare) {
                self.report.push(Diagnostic::error(code, self.place(key_span.clone()), message).help(help));
            }
            self.check_key(&key, &key_span, seen.get(&key));
            seen.insert(key.clone(), key_span.clone());
            entries.push(Entry { key, key_span, value });
        }
    }

    fn check_key(&mut self, key: &str, span: &Range<usize>, earlier: Option<&Range<usize>>) {
        if let Some(earlier) = earlier {
            let message = format!("key `{key}` appears twice in this mapping");
            let finding =
                Diagnostic::error(&code::DUPLICATE_KEY, self.place(span.clone()), message).label("again here");
            let finding = finding.related(self.place(earlier.clone()), "first here");
            self.report.push(
                finding.help("keep one of the two; in a condition several operators on one value go into one mapping").help(
                    "to test one thing twice, write a list under `all:` or `any:`, such as `all: [{ PATH: { matches: a \
                     } }, { PATH: { matches: b } }]`",
                ),
            );
        }
        if key == "<<" {
            let finding =
                Diagnostic::error(&code::MERGE_KEY, self.place(span.clone()), "merge keys (`<<`) are not read");
            self.report.push(finding.help("write the keys out"));
        }
    }
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}

/// From the first byte of a collection to the last that belongs to it: a block ends with its last value.
fn whole(start: &Range<usize>, last: Option<usize>, end: &Range<usize>) -> Range<usize> {
    let is_flow = end.end > end.start;
    let end = if is_flow { end.end } else { last.unwrap_or(end.end) };
    start.start..end.max(start.start)
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}
