//! Lets secrets go only to secret fields and to receivers that accept them; elsewhere the rule fails.

use super::interrupted::Evaluation;
use super::rule_run::RuleRun;
use crate::event::secret::SecretNames;
use crate::event::{Path, Segment, Value};

impl<'e> RuleRun<'_, 'e> {
    /// A value on its way to a part of the user: what a secret's place is given is a secret, and no other place is given
    /// one.
    pub(super) fn kept(&self, path: &Path, value: Value<'e>) -> Evaluation<Value<'e>> {
        let names = &self.draft.set.hooks.secrets;
        if names.has(path) || self.is_in_a_pair(path) {
            return Ok(value.into_secret());
        }
        let value = names.hide(value);
        match names.leak(value.view()) {
            true => Err(self.leaking(&format!("`{path}`"))),
            false => Ok(names.hide_at(path, value)),
        }
    }

    /// Whether the path leads into the value of an object that says which field it is: `user.attributes[0].value`.
    fn is_in_a_pair(&self, path: &Path) -> bool {
        let names = &self.draft.set.hooks.secrets;
        let is_value = |step: &Segment| matches!(step, Segment::Key(key) if SecretNames::is_value(key));
        let before = |(at, _): (usize, &Segment)| {
            let object = Path { root: path.root.clone(), segments: path.segments.iter().take(at).cloned().collect() };
            self.draft.raw_at(&object).is_some_and(|object| names.has_pair(object.view()))
        };
        path.segments.iter().enumerate().filter(|(_, step)| is_value(step)).any(before)
    }

    /// A value on its way to where no secret may go.
    pub(super) fn plain<'v>(&self, value: Value<'v>, goal: &str) -> Evaluation<Value<'v>> {
        if value.view().holds_secret() { Err(self.leaking(goal)) } else { Ok(value) }
    }

    fn leaking(&self, goal: &str) -> super::interrupted::Interrupted {
        self.fail(format!("a secret, or what is computed from one, would go into {goal}"))
    }
}
