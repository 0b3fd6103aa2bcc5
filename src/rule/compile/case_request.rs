//! Reads the request of a test, and tells of what a caller would not send so.

use std::ops::Range;

use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::event::date::is_unreadable;
use crate::event::{Path, Root, Segment, Value, sample};
use crate::rule::field::{holds_days, user_field};
use crate::yaml::{Content, Entry, Node, Purpose};

impl Compiler<'_> {
    pub(super) fn case_body(&mut self, node: &Node, hook: usize, name_span: &Range<usize>) -> Option<String> {
        let mut request = match (node.get("request"), node.get("sample")) {
            (Some(request), None) => {
                self.check_request(request, hook);
                self.reader.literal(request, Purpose::Body)
            }
            (Some(request), Some(_)) => {
                let message = "a test has either `request` or `sample`, not both";
                self.reader.push(self.reader.mistake(&code::BAD_CASE_REQUEST, &request.span, message));
                return None;
            }
            (None, sample) => self.sample_request(hook, sample.map_or(name_span, |sample| &sample.span))?,
        };
        if let Some(with) = node.get("with") {
            for entry in self.reader.entries(with, "`with`").unwrap_or_default() {
                self.change_request(&mut request, entry);
            }
        }
        Some(format!("{{\"request\":{}}}", request.written()))
    }

    fn sample_request(&mut self, hook: usize, span: &Range<usize>) -> Option<Value<'static>> {
        let name = self.hooks.rows.get(hook).map_or("", |hook| &hook.name);
        let Some(body) = sample::named(name) else {
            let finding =
                self.reader.mistake(&code::BAD_CASE_REQUEST, span, format!("there is no sample for `{name}`"));
            self.reader.push(finding.help("write the request out behind `request:`"));
            return None;
        };
        let mut json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        Some(Value::from(json.get_mut("request").map(serde_json::Value::take).unwrap_or_default()))
    }

    fn change_request(&mut self, request: &mut Value<'static>, entry: &Entry) {
        let steps = match Path::read(&entry.key) {
            Ok(path @ Path { root: Root::User, .. }) => {
                self.check_case_field(&path, &entry.key_span, &entry.value);
                let segments = path.segments;
                let user = Segment::Key("user".into());
                std::iter::once(user).chain(segments).collect()
            }
            Ok(Path { root: Root::Request, segments }) => segments,
            _ => {
                let message = format!("`{}` is not a path into the request", entry.key);
                let finding = self.reader.mistake(&code::BAD_PATH, &entry.key_span, message);
                self.reader.push(finding.help("write `user.FIELD` or `request.FIELD`"));
                return;
            }
        };
        let value = self.reader.literal(&entry.value, Purpose::Body);
        if request.set(&steps, value).is_err() {
            let message = format!("`{}` leads through something that has no fields", entry.key);
            self.reader.push(self.reader.mistake(&code::BAD_CASE_REQUEST, &entry.key_span, message));
        }
    }

    /// What stands in a request and means nothing there: fields of the user beside the user, a user that is a text.
    fn check_request(&mut self, request: &Node, hook: usize) {
        let Content::Map(entries) = &request.content else { return };
        let has_user = entries.iter().any(|entry| entry.key == "user");
        for entry in entries {
            let is_own = self.hooks.rows.get(hook).is_none_or(|hook| hook.has_field(&entry.key));
            match (&entry.value.content, entry.key.as_str()) {
                (Content::Map(fields), "user") => self.check_user(fields),
                (Content::Scalar { text, .. }, "user") if !entry.value.is_null() => {
                    let message = format!("`user` is a mapping of the user's fields, not `{text}`");
                    let finding = self.reader.mistake(&code::BAD_CASE_REQUEST, &entry.value.span, message);
                    self.reader.push(finding.help("write `user: { login: asha.rao, userType: Vendor }`"));
                }
                (_, key) if !has_user && !is_own && user_field(key).is_some() => {
                    let message = format!("`{key}` is a field of the user, and stands beside the user here");
                    let finding = self.reader.mistake(&code::BAD_CASE_REQUEST, &entry.key_span, message);
                    self.reader.push(finding.help(format!("write `request: {{ user: {{ {key}: … }} }}`")));
                }
                _ => {}
            }
        }
    }

    fn check_user(&mut self, fields: &[Entry]) {
        for field in fields {
            let path = Path { root: Root::User, segments: vec![Segment::Key(field.key.as_str().into())] };
            self.check_case_field(&path, &field.key_span, &field.value);
        }
    }

    /// A field that is almost a known one, or holds a day that the calendar does not have.
    fn check_case_field(&mut self, path: &Path, span: &Range<usize>, value: &Node) {
        if let Some(finding) = self.misspelt_field(path, span) {
            self.reader.push(finding.warning());
        }
        let is_of_days = path.segments.len() == 1 && path.keys().next().is_some_and(holds_days);
        let Some(text) = value.scalar().filter(|_| is_of_days) else { return };
        // What is written in no form of the platform is written on purpose, to see what a rule does with it.
        if is_of_the_platform(text) && is_unreadable(text) {
            let message = format!("`{text}` is no date that the calendar has");
            let finding = self.reader.mistake(&code::BAD_CASE_REQUEST, &value.span, message);
            self.reader.push(finding.warning().help("write a date as `2026-01-31`"));
        }
    }
}

/// Whether a text has the form of the platform's days, `2026-13-45`.
fn is_of_the_platform(text: &str) -> bool {
    let parts: Vec<&str> = text.get(..10).unwrap_or_default().split('-').collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), [year, _, _] if year.len() == 4) && parts.iter().all(is_number)
}
