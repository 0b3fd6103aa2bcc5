//! Reads `let`: each name is in scope for the names below it.

use super::compiler::Compiler;
use super::ends::Use;
use crate::diagnostic::code;
use crate::event::{Path, Root, Segment};
use crate::rule::binding::{Binding, Bound, Free, Numbers};
use crate::rule::expression::Expression;
use crate::rule::grammar;
use crate::rule::lookup::OnError;
use crate::rule::script::{Form, Script};
use crate::yaml::{Content, Node, Purpose};
use std::ops::Range;

/// Most forms of a name.
const FORM_LIMIT: usize = 16;

impl Compiler<'_> {
    /// Reads a `let`; its names are in scope from then on, each for those below it.
    pub(super) fn bind_all(&mut self, node: &Node) {
        let entries = self.reader.entries(node, "`let`").unwrap_or_default();
        self.scope.later = entries.iter().map(|entry| entry.key.clone()).collect();
        for entry in entries {
            if !self.is_bindable(&entry.key, &entry.key_span) {
                continue;
            }
            let value = self.bound_value(&entry.value, &entry.key_span);
            self.scope.later.retain(|later| *later != entry.key);
            let name = entry.key.clone();
            self.scope.names.push((name.clone(), self.bindings.len()));
            let place = self.reader.place(&entry.key_span);
            self.bindings.push(Binding { name, value, place });
        }
    }

    fn is_bindable(&mut self, name: &str, span: &Range<usize>) -> bool {
        let is_name = matches!(Path::read(name), Ok(path) if path.segments.is_empty());
        if !is_name {
            let finding = self.reader.mistake(&code::BAD_NAME, span, format!("`{name}` cannot be a name"));
            self.reader.push(finding.help("a name consists of letters, digits and `_`"));
        } else if Root::BUILT_IN.contains(&name) {
            let finding = self.reader.mistake(
                &code::LET_SHADOWS,
                span,
                format!("`{name}` already means something in every rule"),
            );
            self.reader.push(finding.help("choose another name"));
        } else {
            return true;
        }
        false
    }

    fn bound_value(&mut self, node: &Node, name_span: &Range<usize>) -> Bound {
        let has = |key| node.get(key).is_some();
        if has("lookup") {
            return self.bound_rows(node);
        }
        if has("free_in") {
            return self.free_name(node).unwrap_or(Bound::Value(Expression::Constant(crate::event::Value::Null)));
        }
        if has("script") && matches!(node.content, Content::Map(_)) {
            self.reader.fields(node, &grammar::LET_SCRIPT);
            if let Some(script) = node.get("script") {
                let text = self.reader.text(script, "`script`").unwrap_or_default();
                return Bound::Value(self.script(script, text, 0, Form::Expression));
            }
        }
        if node.is_null() {
            let finding = self.reader.mistake(&code::MISSING_KEY, name_span, "this name is bound to nothing");
            self.reader.push(finding.help("write a value, `{ lookup: NAME, key: … }` or `{ script: … }`"));
        }
        self.warn_of_ends(node, Use::Named);
        Bound::Value(self.expression(node, Purpose::Body))
    }

    fn bound_rows(&mut self, node: &Node) -> Bound {
        let nothing = Bound::Value(Expression::Constant(crate::event::Value::Null));
        if self.reader.fields(node, &grammar::LET_LOOKUP).is_none() {
            return nothing;
        }
        let (Some(lookup), Some(key)) = (node.get("lookup"), node.get("key")) else { return nothing };
        let all = node.get("all").and_then(|all| self.reader.boolean(all, "`all`")).unwrap_or_default();
        let name = self.reader.text(lookup, "`lookup`");
        let lookup = name.and_then(|name| self.lookup_named(name, &lookup.span));
        if let Some(lookup) = lookup {
            self.check_key(lookup, key);
        }
        let span = &key.span;
        self.warn_of_ends(key, Use::Given);
        let key = self.expression(key, Purpose::Field("id"));
        if let Some(lookup) = lookup {
            self.note_asked(lookup, &key, span);
        }
        if let Some(asked) = lookup.and_then(|place| self.lookups.get(place)).filter(|lookup| lookup.remote().is_some())
        {
            let goal = format!("the key of lookup `{}`, which leaves hookgate", asked.name);
            self.keep_secrets(&key, span, &goal);
        }
        let on = self.asked_on(node, lookup);
        lookup.map_or(nothing, |lookup| Bound::Rows { lookup, key, all, on })
    }

    /// `{ free_in: taken, of: [ … ], number: 2..99, longest: 20 }`.
    fn free_name(&mut self, node: &Node) -> Option<Bound> {
        self.reader.fields(node, &grammar::LET_FREE)?;
        let (free_in, of) = (node.get("free_in")?, node.get("of")?);
        let name = self.reader.text(free_in, "`free_in`")?;
        let lookup = self.lookup_named(name, &free_in.span);
        if let Some(lookup) = lookup {
            self.check_free(lookup, &free_in.span);
        }
        let nodes = match &of.content {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(of),
        };
        if nodes.is_empty() || nodes.len() > FORM_LIMIT {
            let message = format!("`of` has 1 to {FORM_LIMIT} forms of the name, not {}", nodes.len());
            self.reader.push(self.reader.mistake(&code::WRONG_SHAPE, &of.span, message));
        }
        let mut forms = Vec::with_capacity(nodes.len());
        for form in nodes {
            self.warn_of_ends(form, Use::Given);
            let value = self.expression(form, Purpose::Field("login"));
            if let Some(lookup) = lookup {
                self.note_asked(lookup, &value, &form.span);
            }
            self.keep_secrets(&value, &form.span, "a name that is told to others");
            forms.push(value);
        }
        let numbers = node.get("number").and_then(|number| {
            if let Content::List(ends) = &number.content {
                let message = "`number` is the first and the last number, not a list";
                let finding = self.reader.mistake(&code::WRONG_SHAPE, &number.span, message);
                let end = |end: Option<&Node>, other: &str| end.and_then(Node::scalar).unwrap_or(other).to_owned();
                let help = format!("write `{}..{}`", end(ends.first(), "2"), end(ends.last(), "99"));
                self.reader.push(finding.help(help));
                return None;
            }
            let text = self.reader.text(number, "`number`")?;
            let numbers = Numbers::read(text);
            if numbers.is_none() {
                let message = format!("`number` is the first and the last number, not `{text}`");
                let finding = self.reader.mistake(&code::WRONG_SHAPE, &number.span, message);
                let limit = Numbers::LIMIT;
                self.reader.push(
                    finding.help(format!("write `2..99`, or `001..999` for three digits; at most {limit} numbers")),
                );
            }
            numbers
        });
        let longest = node.get("longest").and_then(|node| self.reader.whole(node, "`longest`", 1..=1_000));
        let longest = longest.and_then(|longest| usize::try_from(longest).ok());
        Some(Bound::Free(Free { lookup: lookup?, forms, numbers, longest }))
    }

    /// A lookup that answers although its source does not would call a name free that is taken; one with several parameters
    /// has no name to be asked by.
    fn check_free(&mut self, lookup: usize, span: &Range<usize>) {
        let Some(asked) = self.lookups.get(lookup) else { return };
        let name = &asked.name;
        let stands_in = asked.remote().is_some_and(|remote| !matches!(remote.on_error, OnError::Fail));
        let (message, help) = if stands_in {
            let message = format!(
                "when lookup `{name}` cannot be asked, it answers something else, and a taken name would look free"
            );
            (message, "write `on_error: fail` at the lookup")
        } else if !asked.parameters().is_empty() {
            let message = format!("lookup `{name}` is asked by several values, and a name is one");
            (message, "name a lookup with one key, such as the login")
        } else {
            return;
        };
        self.reader.push(self.reader.mistake(&code::NOT_SURELY_FREE, span, message).help(help));
    }

    /// A column that is read of a lookup's row is noted, to be found in the table.
    pub(super) fn check_column(&mut self, binding: usize, path: &Path, span: &Range<usize>) {
        let Some(Binding { value: Bound::Rows { lookup, all, .. }, .. }) = self.bindings.get(binding) else { return };
        let (lookup, depth) = (*lookup, usize::from(*all));
        if let Some(Segment::Key(column)) = path.segments.get(depth) {
            let column = column.clone();
            self.note_column(lookup, &column, span);
        }
    }

    /// Lookups that a script names literally must be there.
    pub(super) fn check_script_lookups(&mut self, script: &Script, span: &Range<usize>) {
        for name in script.lookups() {
            self.lookup_named(name, span);
        }
    }
}
