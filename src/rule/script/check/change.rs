//! Finds what a script changes: by assignment, by functions that change a value in place, and through closures.

use rhai::{Expr, FnCallExpr, Position};

use super::analysis::Walk;
use super::chain::{Step, chain, name};
use super::in_place;
use super::in_place::{Fate, Subject};
use super::mistake::Mistake;
use crate::diagnostic::code;
use crate::rule::script::verb::VERB_FUNCTIONS;

impl Walk<'_> {
    pub fn assignment(&mut self, target: &Expr) {
        let (head, steps) = chain(target);
        for step in steps {
            let (Step::Point(inner) | Step::Bracket(inner)) = step;
            self.expression(inner);
        }
        if let Some(root) = self.free_name(head) {
            let message = format!("`{root}` cannot be changed by assignment");
            let help = format!(
                "write `==` to compare, `set(\"{root}.…\", value)` to change the user, `let` for a variable of your own"
            );
            self.mistake(Mistake::new(&code::BAD_SCRIPT, head.position(), message).help(help));
        } else if let Some(variable) = name(head) {
            self.captures.changed(variable, head.position());
        }
    }

    pub fn captured_changes(&mut self) {
        for (variable, position) in std::mem::take(&mut self.captures).conflicts() {
            let message = format!("`{variable}` is used in a closure and cannot be changed afterwards");
            let help = "use a `for` loop in place of the closure, or change a copy under another name";
            self.mistake(Mistake::new(&code::BAD_SCRIPT, position, message).help(help));
        }
    }

    /// What a call would change that has this before it.
    pub fn subject(&self, head: &Expr, is_first: bool) -> Subject {
        match (name(head), self.free_name(head)) {
            _ if !is_first => Subject::Passing,
            (_, Some(_)) if self.values.is_none() => Subject::Brought,
            (Some(variable), _) if self.values.as_ref().is_some_and(|values| values.contains(variable)) => {
                Subject::Handed
            }
            (Some(_), _) => Subject::Own,
            (None, _) => Subject::Passing,
        }
    }

    /// Notes a call of the engine's own that would change what cannot be changed, or answer what it does not answer; and
    /// any whose answer would have to be taken. `before` stands before the point of a method.
    pub fn in_place(&mut self, call: &FnCallExpr, (subject, before): (Subject, &str), fate: Fate, position: Position) {
        let name = call.name.as_str();
        let is_ours = self.known.functions.iter().any(|function| function.name == name);
        match is_ours {
            _ if self.own.contains(name) => {}
            true if fate == Fate::Thrown => self.mistake(in_place::thrown(name, before, position)),
            true => {}
            false => self.findings.mistakes.extend(in_place::mistake(name, (subject, before), fate, position)),
        }
    }

    /// The same of a call that is no method: its first value is what it would change.
    pub fn in_place_of_first(&mut self, call: &FnCallExpr, fate: Fate, position: Position) {
        let is_verb = VERB_FUNCTIONS.iter().any(|(verb, ..)| *verb == call.name.as_str());
        if let (Some(first), false) = (call.args.first(), is_verb) {
            let (head, steps) = chain(first);
            let subject = self.subject(head, steps.is_empty());
            self.in_place(call, (subject, ""), fate, position);
        }
    }
}
