//! Resolves names: whether a path means something on the hooks of a rule, and where its value comes from.

use std::ops::Range;

use super::compiler::Compiler;
use super::field::meant_field;
use crate::diagnostic::{code, did_you_mean};
use crate::event::{Path, Root, Segment};
use crate::rule::expression::{Read, ReadFrom};
use crate::rule::field::user_field;
use crate::rule::grammar;
use crate::rule::script::foreign_word;
use crate::yaml::listed;

impl Compiler<'_> {
    /// Where a name's value comes from; a name that means nothing here is a mistake.
    pub(super) fn resolve(&mut self, path: Path, span: &Range<usize>) -> Option<Read> {
        match &path.root {
            Root::Bound(name) => {
                let binding = self.bound(name);
                if binding.is_none() {
                    self.unknown_name(name, span);
                }
                let from = ReadFrom::Binding(binding?);
                if let ReadFrom::Binding(binding) = from {
                    self.check_column(binding, &path, span);
                }
                return Some(Read { path, from });
            }
            Root::Request => self.check_request_field(&path, span)?,
            Root::Setting => self.check_setting(&path, span)?,
            Root::Caller => self.check_caller(&path, span)?,
            Root::Attr if path.segments.is_empty() => {
                let finding = self.reader.mistake(&code::BAD_PATH, span, "`attr` alone names no custom attribute");
                self.reader.push(finding.help("write `attr.NAME`"));
                return None;
            }
            Root::User | Root::Attr => {
                self.check_field(&path, span);
                self.warn_of_a_count(&path, span);
            }
            Root::App | Root::Hook | Root::Now if !path.segments.is_empty() => {
                let message = format!("`{}` is a single value and has no parts", path.root.name());
                self.reader.push(self.reader.mistake(&code::UNKNOWN_NAME, span, message));
                return None;
            }
            _ => {}
        }
        let slot = self.slot(&path);
        Some(Read { path, from: ReadFrom::Slot(slot) })
    }

    fn unknown_name(&mut self, name: &str, span: &Range<usize>) {
        if self.scope.later.iter().any(|later| later == name) {
            let message = format!(
                "`{name}` is bound on this line or below; a name can be read only after the line that binds it"
            );
            let finding = self.reader.mistake(&code::LET_CIRCLE, span, message);
            return self.reader.push(finding.help(format!("move the line of `{name}` up, or break the circle")));
        }
        let finding = self.reader.mistake(&code::UNKNOWN_NAME, span, format!("nothing here is called `{name}`"));
        let known: Vec<String> =
            Root::BUILT_IN.iter().map(|root| (*root).to_owned()).chain(self.bound_names()).collect();
        if name == "today" {
            let help = "write `${date(\"today\")}` for the day, `${date(\"today+7d\")}` for a later one; `before` and \
                        `after` take `today` as it is";
            return self.reader.push(finding.help(help));
        }
        let written = self.reader.file.text.get(span.clone()).unwrap_or_default();
        let help = match did_you_mean(name, known.iter().map(String::as_str)) {
            _ if foreign_word(name).is_some() => foreign_word(name).unwrap_or_default(),
            Some(meant) => format!("did you mean `{meant}`?"),
            None if written == name && name.starts_with(char::is_uppercase) => {
                format!("if the text is meant, write it in double quotes: `\"{name}\"`")
            }
            None if user_field(name).is_some() => format!("did you mean `user.{name}`?"),
            None if self.is_sent(name) => format!("did you mean `request.{name}`?"),
            None => match self.almost_a_field(name) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here are {}", listed(known.iter().map(String::as_str))),
            },
        };
        self.reader.push(finding.help(help));
    }

    /// Whether a hook is known to send a field of this name beside the user.
    fn is_sent(&self, name: &str) -> bool {
        self.hooks.rows.iter().any(|hook| hook.fields.is_some() && hook.has_field(name))
    }

    /// The field of the user whose name this almost is.
    fn almost_a_field(&self, name: &str) -> Option<String> {
        meant_field(self.tenant, &Path { root: Root::User, segments: vec![Segment::Key(name.into())] })
    }

    /// `user.roles.length` is a field of other languages: here it would be one that the platform sends.
    fn warn_of_a_count(&mut self, path: &Path, span: &Range<usize>) {
        let is_count = |name: &str| matches!(name, "length" | "len" | "size" | "Length" | "Count");
        let (Some(Segment::Key(last)), true) = (path.segments.last(), path.segments.len() > 1) else { return };
        if is_count(last) && !self.tenant.fields.contains_key(&**last) {
            let message = format!("`{path}` is a field that is called `{last}`, and counts nothing");
            let of = path.to_string();
            let of = of.strip_suffix(&format!(".{last}")).unwrap_or_default();
            let finding = self.reader.mistake(&code::OTHER_SPELLING, span, message).warning();
            self.reader.push(finding.help(format!(
                "in a condition write `{of}: {{ length: {{ gt: 0 }} }}`, in an expression `length({of})`"
            )));
        }
    }

    /// Of the caller there is what the gateway itself says of it, and nothing that a platform may add.
    fn check_caller(&mut self, path: &Path, span: &Range<usize>) -> Option<()> {
        let Some(Segment::Key(name)) = path.segments.first() else { return Some(()) };
        let names = || grammar::CALLER.names();
        if names().any(|known| known == &**name) {
            return Some(());
        }
        let finding = self.reader.mistake(&code::UNKNOWN_NAME, span, format!("there is no `caller.{name}`"));
        let help = match did_you_mean(name, names()) {
            Some(meant) => format!("did you mean `caller.{meant}`?"),
            None if name.to_lowercase().contains("ip") => "write `caller.address`".to_owned(),
            None => {
                let paths: Vec<String> = names().map(|name| format!("caller.{name}")).collect();
                format!("of the caller there is {}", listed(paths.iter().map(String::as_str)))
            }
        };
        self.reader.push(finding.help(help));
        None
    }

    /// A name that no hook in force can have is a mistake; one that some have is absent on the others.
    fn check_request_field(&mut self, path: &Path, span: &Range<usize>) -> Option<()> {
        let Some(Segment::Key(field)) = path.segments.first() else { return Some(()) };
        if self.rule_hooks().is_empty() || self.rule_hooks().iter().any(|hook| hook.has_field(field)) {
            return Some(());
        }
        let hooks: Vec<String> = self.rule_hooks().iter().map(|hook| hook.name.clone()).collect();
        let fields: Vec<String> =
            self.rule_hooks().iter().flat_map(|hook| hook.fields.clone().unwrap_or_default()).collect();
        let message = format!("{} never has `request.{field}`", listed(hooks.iter().map(String::as_str)));
        let finding = self.reader.mistake(&code::NAME_NOT_ON_HOOK, span, message);
        let owners: Vec<String> = self
            .hooks
            .rows
            .iter()
            .filter(|hook| hook.fields.is_some() && hook.has_field(field))
            .map(|hook| hook.name.clone())
            .collect();
        let help = match did_you_mean(field, fields.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `request.{meant}`?"),
            None if !owners.is_empty() => format!("only {} has it", listed(owners.iter().map(String::as_str))),
            None if fields.is_empty() => "these hooks send only `user`".to_owned(),
            None => format!("besides `user` they send {}", listed(fields.iter().map(String::as_str))),
        };
        self.reader.push(finding.help(help));
        None
    }
}
