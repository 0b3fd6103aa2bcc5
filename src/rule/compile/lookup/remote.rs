//! Reads lookups over connections: the question, its timeout, and what replaces a failed answer.

use std::ops::Range;
use std::time::Duration;

use crate::diagnostic::{code, did_you_mean};
use crate::event::Value;
use crate::rule::compile::compiler::Compiler;
use crate::rule::lookup::{
    Ask, ConnectionKind, KEEP, Keep, OnError, Part, Remote, STAND_IN, Source, Statement, statement,
};
use crate::yaml::{Content, Node, Purpose, listed, locate};

/// How long an answer is waited for where the lookup does not say.
const TIMEOUT: Duration = Duration::from_secs(1);
const TIMEOUT_RANGE: std::ops::RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_mins(1);
/// How long an answer may be kept.
const KEEP_RANGE: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_hours(24);
/// How long answers without rows are kept where `cache` is one time: at most this.
const MISSES: Duration = Duration::from_secs(5);
/// Questions on their way at once where the lookup does not say.
const AT_ONCE: u64 = 16;

impl Compiler<'_> {
    /// Reads a lookup over a connection of this kind.
    pub fn remote(&mut self, node: &Node, kind: ConnectionKind) -> Option<Source> {
        self.reader.fields(node, kind.keys())?;
        let connection = self.connection(node.get(kind.word())?, kind);
        let ask = match kind {
            ConnectionKind::Http => self.call(node).map(Ask::Http),
            ConnectionKind::Sql => self.query(node.get("query")?, connection.as_deref()).map(Ask::Sql),
            ConnectionKind::Ldap => self.search(node).map(Ask::Ldap),
        };
        let timeout = node.get("timeout").and_then(|node| self.reader.duration(node, "`timeout`", TIMEOUT_RANGE));
        let cache = node.get("cache").and_then(|node| self.keep(node));
        let on_error = node.get("on_error").and_then(|node| self.on_error(node));
        let at_once = node.get("at_once").and_then(|node| self.reader.whole(node, "`at_once`", 1..=1_000));
        let ask = ask?;
        let parameters = self.parameters(&ask.parts(), &node.span)?;
        Some(Source::Remote(Box::new(Remote {
            connection: connection?,
            ask,
            parameters,
            timeout: timeout.unwrap_or(TIMEOUT),
            cache,
            on_error: on_error?,
            at_once: usize::try_from(at_once.unwrap_or(AT_ONCE)).unwrap_or(1),
        })))
    }

    /// The connection's name; one that gateway.yaml does not have is a mistake.
    fn connection(&mut self, node: &Node, kind: ConnectionKind) -> Option<String> {
        let name = self.reader.text(node, format!("`{}`", kind.word()))?;
        let connections = &self.tenant.connections;
        if connections.get(name) == Some(&kind) {
            return Some(name.to_owned());
        }
        let mut fitting = connections.iter().filter(|(_, known)| **known == kind).map(|(name, _)| name.as_str());
        let (message, help) = match connections.get(name) {
            Some(other) => (
                format!("connection `{name}` is one for `{}`, not for `{}`", other.word(), kind.word()),
                format!("write `{}: {name}`, or the name of another connection", other.word()),
            ),
            None => {
                let help = match did_you_mean(name, fitting.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if fitting.next().is_none() => {
                        format!("declare it in gateway.yaml: `connections: {{ {name}: {{ {}: … }} }}`", kind.word())
                    }
                    None => {
                        let names = connections.iter().filter(|(_, known)| **known == kind);
                        format!("gateway.yaml has {}", listed(names.map(|(name, _)| name.as_str())))
                    }
                };
                (format!("gateway.yaml has no connection `{name}`"), help)
            }
        };
        let finding = self.reader.mistake(&code::UNKNOWN_CONNECTION, &node.span, message);
        self.reader.push(finding.help(help));
        None
    }

    /// The query, read as the connection's database does.
    fn query(&mut self, node: &Node, connection: Option<&str>) -> Option<Statement> {
        let text = self.reader.text(node, "`query`")?;
        // Of no database that is known, nothing can be said of its query: that it is not known is a mistake already.
        let dialect = *self.tenant.dialects.get(connection?)?;
        match statement(text, dialect) {
            Ok(statement) => Some(statement),
            Err(why) => {
                let span = locate::within(&self.reader.file.text, node, why.at);
                let code = if why.writes { &code::QUERY_WRITES } else { &code::BAD_QUERY };
                let finding = self.reader.mistake(code, &span, why.message);
                self.reader.push(finding.help(why.help));
                None
            }
        }
    }

    fn keep(&mut self, node: &Node) -> Option<Keep> {
        if !matches!(node.content, Content::Map(_)) {
            let hits = self.reader.duration(node, "`cache`", KEEP_RANGE)?;
            return Some(Keep { hits, misses: hits.min(MISSES) });
        }
        self.reader.fields(node, &KEEP)?;
        let hits = node.get("hits").and_then(|node| self.reader.duration(node, "`hits`", KEEP_RANGE));
        let misses = node.get("misses").and_then(|node| self.reader.duration(node, "`misses`", KEEP_RANGE));
        Some(Keep { hits: hits?, misses: misses? })
    }

    fn on_error(&mut self, node: &Node) -> Option<OnError> {
        if !matches!(node.content, Content::Map(_)) {
            let is_absent = self.reader.one_of(node, "`on_error`", &[("fail", false), ("absent", true)])?;
            return Some(if is_absent { OnError::Absent } else { OnError::Fail });
        }
        let entries = self.reader.fields(node, &STAND_IN)?;
        match (entries, node.get("use"), node.get("stale")) {
            ([_], Some(rows), _) => Some(OnError::Use(match self.reader.literal(rows, Purpose::Body) {
                Value::Null => Vec::new(),
                Value::List(rows) => rows,
                row => vec![row],
            })),
            ([_], _, Some(stale)) => self.reader.duration(stale, "`stale`", KEEP_RANGE).map(OnError::Stale),
            _ => {
                let message = "`on_error` is one of `fail`, `absent`, `{ use: ROW }`, `{ stale: 10m }`";
                self.reader.push(self.reader.mistake(&code::WRONG_SHAPE, &node.span, message));
                None
            }
        }
    }

    /// The values a key must have by what is filled in; a whole key beside its parts is a mistake.
    fn parameters(&mut self, parts: &[&Part], span: &Range<usize>) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for part in parts {
            if let Part::Named(name) = part
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
        let message = match (names.is_empty(), parts.contains(&&Part::Key)) {
            (true, true) | (false, false) => return Some(names),
            (true, false) => "this lookup does not use its key, so the answer is always the same",
            (false, true) => "this lookup uses both the whole key and parts of it",
        };
        let written = self.reader.file.text.get(span.clone()).unwrap_or_default();
        let is_name = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_quoted = written.contains("sql:") && written.split("':").skip(1).any(is_name);
        let finding = self.reader.mistake(&code::BAD_FILLING, span, message);
        if is_quoted {
            let help = "write `:key` without quotes, `where email = :key`: hookgate binds the value, and \
                        quotes would make `:key` plain text";
            self.reader.push(finding.help(help));
            return None;
        }
        let help =
            "write `${key}` (`:key` in SQL) for a key of one value, or `${key.NAME}` (`:NAME`) for each of several";
        self.reader.push(finding.help(help));
        None
    }

    /// A key must have the values that its lookup asks with.
    pub fn check_key(&mut self, lookup: usize, key: &Node) {
        let Some(lookup) = self.lookups.get(lookup) else { return };
        let wanted = lookup.parameters();
        let example = match wanted.as_slice() {
            [] => "`key: \"${user.mobile}\"`".to_owned(),
            names => {
                let fields: Vec<String> = names.iter().map(|name| format!("{name}: …")).collect();
                format!("`key: {{ {} }}`", fields.join(", "))
            }
        };
        let message = match &key.content {
            Content::Map(_) if wanted.is_empty() => format!("lookup `{}` has one key, not several", lookup.name),
            Content::Map(entries) => {
                let unknown = entries.iter().find(|entry| !wanted.contains(&entry.key.as_str()));
                let missing = wanted.iter().find(|name| !entries.iter().any(|entry| entry.key == **name));
                match (unknown, missing) {
                    (None, None) => return,
                    (Some(unknown), _) => format!("lookup `{}` does not ask with `{}`", lookup.name, unknown.key),
                    (None, Some(missing)) => {
                        format!("lookup `{}` asks with `{missing}`, which is not here", lookup.name)
                    }
                }
            }
            _ if wanted.is_empty() => return,
            _ => format!("lookup `{}` asks with several values", lookup.name),
        };
        let finding = self.reader.mistake(&code::BAD_KEY, &key.span, message);
        self.reader.push(finding.help(format!("write {example}")));
    }
}
