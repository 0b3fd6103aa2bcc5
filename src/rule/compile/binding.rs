//! Reads `let`: each name is in scope for the names below it.

use super::compiler::Compiler;
use super::ends::Use;
use crate::diagnostic::code;
use crate::event::{Path, Root, Segment};
use crate::rule::binding::{Binding, Bound};
use crate::rule::expression::Expression;
use crate::rule::grammar;
use crate::rule::script::{Form, Script};
use crate::yaml::{Content, Node, Purpose};
use std::ops::Range;

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
