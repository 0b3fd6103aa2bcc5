//! Reads lookups over HTTP: the call, and where its answer has the rows.

use crate::diagnostic::code;
use crate::event::{Path, Segment};
use crate::rule::compile::compiler::Compiler;
use crate::rule::lookup::{Call, Filling, Method, PAGES, Pages};
use crate::rule::script::{Form, Lowered};
use crate::yaml::Node;

/// Headers that belong to the connection, to the HTTP client, or to the trace of the event that asks.
const KEPT_HEADERS: [&str; 9] = [
    "authorization",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "cookie",
    "traceparent",
    "tracestate",
];

/// Statuses by which a service refuses to look: a token has expired, or it is asked too often.
const NEVER_NO_ROWS: [u16; 5] = [401, 403, 407, 408, 429];

impl Compiler<'_> {
    /// The call of a lookup.
    pub fn call(&mut self, node: &Node) -> Option<Call> {
        let (method, path) = match (node.get("get"), node.get("post")) {
            (Some(path), None) => (Method::Get, path),
            (None, Some(path)) => (Method::Post, path),
            _ => {
                let finding =
                    self.reader.mistake(&code::BAD_CALL, &node.span, "a lookup over HTTP has one of `get` and `post`");
                self.reader.push(finding.help("write `get: /users/${key}`, or `post: /users/list` with a `body`"));
                return None;
            }
        };
        if let Some(body) = node.get("body").filter(|_| method == Method::Get) {
            let finding = self.reader.mistake(&code::BAD_CALL, &body.span, "a `get` sends no `body`");
            self.reader.push(finding.help("write `post`, or put it into `query`"));
        }
        let path = self.call_path(path);
        let query = self.fillings(node, "query");
        let headers = self.headers(node);
        let body = node.get("body").map(|body| self.shaped(body));
        let rows = node.get("rows").map(|rows| self.row_places(rows)).unwrap_or_default();
        let matching = self.matching(node);
        let pages = node.get("pages").and_then(|pages| self.pages(pages));
        let statuses = node.get("no_rows_on").and_then(|node| self.reader.items(node, "`no_rows_on`"));
        let mut no_rows_on = Vec::new();
        for status in statuses.unwrap_or_default() {
            let number = self.reader.whole(status, "a status", 400..=499).and_then(|status| u16::try_from(status).ok());
            if number.is_some_and(|number| NEVER_NO_ROWS.contains(&number)) {
                let message = "this status means that the request failed, not that there is no such row";
                let finding = self.reader.mistake(&code::BAD_CALL, &status.span, message);
                self.reader.push(finding.help("write the status that the service answers for an unknown key: [404]"));
            }
            no_rows_on.extend(number);
        }
        Some(Call { method, path: path?, query, headers, body, rows, matching, pages, no_rows_on })
    }

    fn call_path(&mut self, node: &Node) -> Option<Filling> {
        let filling = self.filling(node, "a path")?;
        let text = node.scalar().unwrap_or_default();
        let is_path = text.starts_with('/') && !text.starts_with("//");
        if !is_path || text.contains(['?', '#', '\\']) || text.split('/').any(|part| part == "." || part == "..") {
            let finding = self.reader.mistake(
                &code::BAD_CALL,
                &node.span,
                "a path begins with one `/` and has no `?`, `#` or `..`",
            );
            self.reader.push(finding.help("the host is set in gateway.yaml; parameters go into `query`"));
            return None;
        }
        Some(filling)
    }

    fn fillings(&mut self, node: &Node, key: &str) -> Vec<(String, Filling)> {
        let Some(node) = node.get(key) else { return Vec::new() };
        let entries = self.reader.entries(node, format!("`{key}`")).unwrap_or_default();
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.filling(&entry.value, "a value")?))).collect()
    }

    fn headers(&mut self, node: &Node) -> Vec<(String, Filling)> {
        let headers = self.fillings(node, "headers");
        for (name, _) in &headers {
            let is_kept = KEPT_HEADERS.contains(&name.to_ascii_lowercase().as_str());
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            if is_kept || !is_name {
                let span = node.get("headers").map_or(&node.span, |node| &node.span);
                let finding =
                    self.reader.mistake(&code::BAD_CALL, span, format!("a lookup cannot send the header `{name}`"));
                self.reader.push(
                    finding
                        .help("credentials belong to the connection in gateway.yaml, the trace to the call that asks"),
                );
            }
        }
        headers
    }

    /// `data.elements`, or a list of such places.
    fn row_places(&mut self, node: &Node) -> Vec<Vec<Segment>> {
        let mut places = Vec::new();
        for (text, span) in self.reader.texts(node, "a place of rows") {
            match Path::read(text) {
                Ok(path) => {
                    let first = Segment::Key(path.root.name().into());
                    places.push(std::iter::once(first).chain(path.segments).collect());
                }
                Err(_) => {
                    let finding =
                        self.reader.mistake(&code::BAD_PATH, span, format!("`{text}` is not a place in an answer"));
                    self.reader.push(finding.help("write the names on the way: `data.elements`"));
                }
            }
        }
        places
    }

    /// What a row must be: a field, or functions of fields, beside the value it must have.
    fn matching(&mut self, node: &Node) -> Vec<(Lowered, Filling)> {
        let Some(node) = node.get("where") else { return Vec::new() };
        let mut matching = Vec::new();
        for entry in self.reader.entries(node, "`where`").unwrap_or_default() {
            let field = self.scripts.compile(&entry.key, Form::Expression);
            let field = field.ok().and_then(|script| script.lowered().cloned());
            if field.is_none() {
                let message = format!("`{}` is not a field of a row, nor a function of fields", entry.key);
                let finding = self.reader.mistake(&code::BAD_CALL, &entry.key_span, message);
                self.reader
                    .push(finding.help("write `mobile: \"${key}\"` or `\"last(digits(mobile), 10)\": \"${key}\"`"));
            }
            let wanted = self.filling(&entry.value, "a value");
            matching.extend(field.zip(wanted));
        }
        matching
    }

    fn pages(&mut self, node: &Node) -> Option<Pages> {
        self.reader.fields(node, &PAGES)?;
        let number = self.reader.text(node.get("number")?, "`number`").and_then(|text| Path::read(text).ok());
        let mut whole =
            |key: &str, range| node.get(key).and_then(|node| self.reader.whole(node, format!("`{key}`"), range));
        let (size, first, limit) = (whole("size", 1..=10_000), whole("first", 0..=1), whole("limit", 1..=1_000));
        Some(Pages { number: number?, first: first.unwrap_or(0), size: size?, limit: limit.unwrap_or(10) })
    }
}
