//! Reads tests: a request, what is given, what is expected.

use super::compiler::Compiler;
use crate::diagnostic::{File, Report, code, did_you_mean};
use crate::event::{Document, Kind, Path, Root, Segment, Value};
use crate::rule::case::{Case, Expect, Given, GivenAnswer, GivenLookup};
use crate::rule::condition::address;
use crate::rule::grammar;
use crate::rule::lookup::Lookup;
use crate::yaml::{Content, Entry, Node, Purpose, Reader, listed, syntax};
use jiff::Timestamp;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Deepest nesting of a reply that is expected as a JSON text.
const REPLY_DEPTH_LIMIT: usize = 128;

impl Compiler<'_> {
    /// Reads the cases of a file; `default_hook` is the file's own, if it names exactly one.
    pub(super) fn cases(&mut self, node: &Node, default_hook: Option<usize>) {
        for item in self.reader.items(node, "`tests`").unwrap_or_default() {
            let case = self.case(item, default_hook);
            self.cases.extend(case);
        }
    }

    fn case(&mut self, node: &Node, default_hook: Option<usize>) -> Option<Case> {
        self.reader.fields(node, &grammar::CASE)?;
        let name_node = node.get("name")?;
        let name = self.reader.text(name_node, "a test's `name`")?.to_owned();
        let hook = match (node.get("hook"), node.get("sample")) {
            (Some(written), _) | (None, Some(written)) => self.hook_named(written)?,
            (None, None) => match default_hook {
                Some(hook) => hook,
                None => {
                    let finding = self.reader.mistake(&code::NO_HOOK, &name_node.span, "this test names no hook");
                    self.reader.push(finding.help("write `hook: validateUser`"));
                    return None;
                }
            },
        };
        let body = self.case_body(node, hook, &name_node.span)?;
        let given = node.get("given").map(|given| self.given(given)).unwrap_or_default();
        let expect = node.get("expect").map(|expect| self.expect(expect, hook))?;
        Some(Case {
            name,
            hook,
            body,
            given,
            expect,
            file: Arc::clone(&self.reader.file),
            span: name_node.span.clone(),
        })
    }

    fn given(&mut self, node: &Node) -> Given {
        let mut given = Given::default();
        for entry in self.reader.fields(node, &grammar::GIVEN).unwrap_or_default() {
            let value = &entry.value;
            match entry.key.as_str() {
                "now" => given.now = self.moment_given(value),
                "token" => given.token = Some(self.reader.literal(value, Purpose::Body)),
                "caller" => given.caller = Some(self.caller_given(value)),
                "settings" => given.settings = self.given_settings(value),
                "app" => given.app = self.reader.text(value, "`app`").map(str::to_owned),
                "lookups" => {
                    for entry in self.reader.entries(value, "`lookups`").unwrap_or_default() {
                        if let Some(lookup) = self.lookup_named(&entry.key, &entry.key_span) {
                            self.note_given_columns(lookup, &entry.value);
                            given.lookups.extend(given_lookup(&mut self.reader, entry));
                        }
                    }
                }
                _ => {}
            }
        }
        given
    }

    /// The columns that rows of a lookup are given, for the check against those that it has.
    fn note_given_columns(&mut self, lookup: usize, answers: &Node) {
        let Content::Map(answers) = &answers.content else { return };
        for answer in answers {
            let rows = match &answer.value.content {
                Content::List(rows) => rows.as_slice(),
                Content::Map(_) | Content::Scalar { .. } => std::slice::from_ref(&answer.value),
            };
            for row in rows {
                let Content::Map(columns) = &row.content else { continue };
                let is_error = columns.len() == 1 && columns.iter().all(|column| column.key == "error");
                for column in columns.iter().filter(|_| !is_error) {
                    self.note_column(lookup, &column.key, &column.key_span);
                }
            }
        }
    }

    fn caller_given(&mut self, node: &Node) -> Value<'static> {
        if let Some(text) = node.scalar().filter(|_| !node.is_null()) {
            let finding =
                self.reader.mistake(&code::WRONG_SHAPE, &node.span, "`caller` is a mapping, not a single value");
            self.reader.push(finding.help(match address(text) {
                Some(_) => format!("write `caller: {{ address: \"{text}\" }}`"),
                None => "write `caller: { address: 10.20.1.2 }`".to_owned(),
            }));
            return Value::Map(Vec::new());
        }
        let mut caller = Vec::new();
        for entry in self.reader.fields(node, &grammar::CALLER).unwrap_or_default() {
            let (key, value) = (entry.key.as_str(), &entry.value);
            if key == "accepted_by" {
                let methods = self.reader.texts(value, "a method").into_iter().map(|(method, _)| Value::text(method));
                caller.push((Cow::Owned(key.to_owned()), Value::List(methods.collect())));
                continue;
            }
            let Some(text) = self.reader.text(value, format!("`{key}`")) else { continue };
            if key == "address" && address(text).is_none() {
                let finding =
                    self.reader.mistake(&code::BAD_CASE_REQUEST, &value.span, format!("`{text}` is not an address"));
                self.reader.push(finding.help("write it as `10.20.1.2` or `2001:db8::1`"));
            }
            caller.push((Cow::Owned(key.to_owned()), Value::text(text)));
        }
        Value::Map(caller)
    }

    fn moment_given(&mut self, node: &Node) -> Option<Timestamp> {
        let text = self.reader.text(node, "`now`")?;
        let moment = crate::event::date::instant(text, &crate::event::Calendar::utc());
        if moment.is_none() {
            let finding = self.reader.mistake(&code::BAD_DATE, &node.span, format!("`{text}` is not a date"));
            self.reader.push(finding.help("write it as 2026-01-31T12:00:00Z"));
        }
        moment
    }

    fn expect(&mut self, node: &Node, hook: usize) -> Expect {
        let mut expect = Expect::default();
        let entries = self.reader.fields(node, &grammar::EXPECT).unwrap_or_default();
        if entries.is_empty() {
            self.reader.push(self.reader.mistake(
                &code::CASE_WITHOUT_EXPECTATION,
                &node.span,
                "this test expects nothing",
            ));
        }
        for entry in entries {
            let value = &entry.value;
            self.check_expectation(entry, hook);
            match entry.key.as_str() {
                "reject" => self.expect_codes(value, hook, &mut expect),
                "accept" => expect.accept = self.reader.boolean(value, "`accept`"),
                "user" => self.expect_user(value, &[], &mut expect.user),
                "reply" => expect.reply = Some(self.expect_reply(value)),
                "mappedValue" => expect.mapped_value = value.scalar().map(str::to_owned),
                "deprovision" => expect.deprovision = self.reader.boolean(value, "`deprovision`"),
                "by" => expect.by = self.reader.text(value, "`by`").map(|name| self.expected_rule(name, &value.span)),
                "skipped" => {
                    let names = self.reader.texts(value, "`skipped`");
                    expect.skipped =
                        Some(names.into_iter().map(|(name, span)| self.expected_rule(name, span)).collect());
                }
                "failed" => expect.failed = self.reader.boolean(value, "`failed`"),
                "deliveries" => expect.deliveries = self.expected_deliveries(value),
                _ => {}
            }
        }
        expect
    }

    /// One code, the one on the wire; or a list, the codes of all rules that refuse.
    fn expect_codes(&mut self, node: &Node, hook: usize, expect: &mut Expect) {
        if self.is_truth_for_a_code(node, "write `accept: true`") {
            return;
        }
        if !matches!(node.content, Content::List(_)) {
            expect.reject = self.reader.text(node, "`reject`").map(str::to_owned);
            return;
        }
        let codes: Vec<String> =
            self.reader.texts(node, "a code").into_iter().map(|(code, _)| code.to_owned()).collect();
        let collects = self.hooks.rows.get(hook).is_some_and(|hook| hook.collects_refusals);
        if codes.len() != 1 && !collects {
            let name = self.hooks.rows.get(hook).map_or("", |hook| &hook.name);
            let message = format!("`{name}` refuses with one code: the first rule that refuses ends the event");
            let finding = self.reader.mistake(&code::EXPECTATION_NOT_FOR_HOOK, &node.span, message);
            self.reader.push(finding.help(format!(
                "write the first code alone, or let gateway.yaml have all of them collected: `hooks: {{ {name}: {{ \
                 collect_refusals: true }} }}`"
            )));
        }
        expect.refusals = Some(codes);
    }

    fn check_expectation(&mut self, entry: &Entry, hook: usize) {
        let Some(hook) = self.hooks.rows.get(hook) else { return };
        let fits = match entry.key.as_str() {
            "reject" | "accept" => hook.refusable,
            "user" => hook.kind.changes_user(),
            "mappedValue" => hook.kind == Kind::Map,
            "deprovision" => hook.kind == Kind::Decide,
            _ => true,
        };
        if !fits {
            let message = format!("`{}` never answers `{}`: its kind is `{}`", hook.name, entry.key, hook.kind);
            self.reader.push(self.reader.mistake(&code::EXPECTATION_NOT_FOR_HOOK, &entry.key_span, message));
        }
    }

    /// `user: { a: 1, b: { c: 2 } }` expects `user.a` and `user.b.c`; other fields may be whatever they are.
    fn expect_user(&mut self, node: &Node, above: &[Segment], user: &mut Vec<(Path, Value<'static>)>) {
        for entry in self.reader.entries(node, "`user`").unwrap_or_default() {
            let segments = [above, &[Segment::Key(entry.key.as_str().into())]].concat();
            match &entry.value.content {
                Content::Map(inner) if !inner.is_empty() => self.expect_user(&entry.value, &segments, user),
                _ => {
                    let value = self.reader.literal(&entry.value, Purpose::Body);
                    user.push((Path { root: Root::User, segments }, value));
                }
            }
        }
    }

    /// The whole answer, as YAML or as JSON in a text.
    fn expect_reply(&mut self, node: &Node) -> Value<'static> {
        let json = node.scalar().and_then(|text| Document::read(text.as_bytes().to_vec(), REPLY_DEPTH_LIMIT).ok());
        match json {
            Some(json) => Value::Source(json.root()).into_static(),
            None => self.reader.literal(node, Purpose::Body),
        }
    }

    /// The name of a rule; an unknown one is a mistake.
    fn expected_rule(&mut self, name: &str, span: &Range<usize>) -> String {
        if !self.rule_names.contains_key(name) {
            let names: Vec<&str> = self.rule_names.keys().map(String::as_str).collect();
            let finding = self.reader.mistake(&code::UNKNOWN_RULE, span, format!("there is no rule `{name}`"));
            self.reader.push(match did_you_mean(name, names.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None if names.len() <= 12 => finding.help(format!("the rules are {}", listed(names.iter().copied()))),
                None => finding,
            });
        }
        name.to_owned()
    }
}

/// Answers of lookups that stand in a file of their own, for a dry run: `NAME: { KEY: … }`, also below `lookups:`.
pub fn given_lookups(file: &Arc<File>, lookups: &[Lookup], report: &mut Report) -> Vec<GivenLookup> {
    let Some(root) = syntax::parse(file, report) else { return Vec::new() };
    let mut reader = Reader { file: Arc::clone(file), report };
    let node = root.get("lookups").unwrap_or(&root);
    let mut given = Vec::new();
    for entry in reader.entries(node, "given answers").unwrap_or_default() {
        if lookups.iter().any(|lookup| lookup.name == entry.key) {
            given.extend(given_lookup(&mut reader, entry));
            continue;
        }
        let message = format!("there is no lookup `{}`", entry.key);
        let finding = reader.mistake(&code::UNKNOWN_LOOKUP, &entry.key_span, message);
        let names = || lookups.iter().map(|lookup| lookup.name.as_str());
        reader.push(match did_you_mean(&entry.key, names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("the lookups are {}", listed(names()))),
        });
    }
    given
}

fn given_lookup(reader: &mut Reader<'_>, entry: &Entry) -> Option<GivenLookup> {
    let answers = reader.entries(&entry.value, "answers by key")?.iter();
    let answers = answers.map(|answer| (answer.key.clone(), given_answer(reader, &answer.value))).collect();
    Some(GivenLookup { lookup: entry.key.clone(), answers })
}

fn given_answer(reader: &mut Reader<'_>, node: &Node) -> GivenAnswer {
    if let (Content::Map(entries), Some(error)) = (&node.content, node.get("error"))
        && entries.len() == 1
    {
        return GivenAnswer::Error(error.scalar().unwrap_or("error").to_owned());
    }
    let rows = match &node.content {
        Content::List(rows) => rows.as_slice(),
        Content::Map(_) | Content::Scalar { .. } => std::slice::from_ref(node),
    };
    if let Some(text) = rows.iter().filter(|row| !row.is_null()).find_map(|row| Some((row, row.scalar()?))) {
        let (row, text) = text;
        let message = format!("a row is a mapping of its columns, not `{text}`");
        let help = "write `{ COLUMN: value }`, a list of such rows, or `null` for none";
        reader.push(reader.mistake(&code::BAD_CASE_REQUEST, &row.span, message).help(help));
    }
    match reader.literal(node, Purpose::Body) {
        Value::Null => GivenAnswer::Rows(Vec::new()),
        Value::List(rows) => GivenAnswer::Rows(rows),
        row => GivenAnswer::Rows(vec![row]),
    }
}
