//! Builds the request of an example: the hook's sample with the example's values.

use super::finding::Call;
use super::solver::{Variables, Witness};
use crate::diagnostic::Example;
use crate::event::{Document, Hook, Path, Root, Segment, Shape, Value, sample};
use crate::rule::RuleSet;

/// Deepest nesting of a sample.
const DEPTH_LIMIT: usize = 64;
/// A request of a hook that has no sample.
const BARE: &str = r#"{"request":{"user":{}}}"#;
/// Most hooks of a rule that are tried.
const HOOKS: usize = 3;

/// The calls that have the values, one for each of the first hooks.
pub fn calls(set: &RuleSet, variables: &Variables<'_>, hooks: &[usize], witnesses: &[Witness]) -> Vec<Call> {
    let each = witnesses.iter().flat_map(|witness| hooks.iter().take(HOOKS).map(move |hook| (witness, *hook)));
    each.filter_map(|(witness, hook)| call(hook, set.hooks.rows.get(hook)?, variables, witness)).collect()
}

fn call(place: usize, hook: &Hook, variables: &Variables<'_>, witness: &Witness) -> Option<Call> {
    let sample = sample::named(&hook.name);
    let document = Document::read(sample.unwrap_or(BARE).as_bytes().to_vec(), DEPTH_LIMIT).ok()?;
    let mut draft = Draft { body: Value::Source(document.root()), changes: Vec::new(), app: None };
    let mut fields: Vec<(&Path, &Option<Value<'static>>)> =
        witness.iter().filter_map(|(variable, value)| Some((variables.field(*variable)?, value))).collect();
    fields.sort_by_key(|(path, _)| path.segments.len());
    for (path, value) in fields {
        draft.change(hook, path, value.as_ref())?;
    }
    let Draft { body, changes, app } = draft;
    let example = Example {
        hook: hook.name.clone(),
        changes,
        app: app.clone(),
        body: body.to_json(),
        is_of_sample: sample.is_some(),
    };
    Some(Call { hook: place, app, example })
}

struct Draft<'d> {
    body: Value<'d>,
    /// As `dry-run --set` takes them.
    changes: Vec<String>,
    app: Option<String>,
}

impl Draft<'_> {
    /// Gives a name a value; `None` where a call cannot have it.
    fn change(&mut self, hook: &Hook, path: &Path, value: Option<&Value<'static>>) -> Option<()> {
        let text = || value.map(|value| value.view().as_text().into_owned());
        let mut steps = match &path.root {
            Root::User => vec![Segment::Key("user".into())],
            Root::Attr => ["user", "attributes"].map(|key| Segment::Key(key.into())).to_vec(),
            Root::Request => Vec::new(),
            Root::App => {
                self.app = text();
                return Some(());
            }
            Root::Hook => return (text().as_deref() == Some(&hook.name)).then_some(()),
            Root::Token | Root::Caller => return value.is_none().then_some(()),
            Root::Now | Root::Setting | Root::Bound(_) => return Some(()),
        };
        steps.extend_from_slice(&path.segments);
        let mut full = vec![Segment::Key("request".into())];
        full.extend_from_slice(&steps);
        let there = self.body.view().walk(&full);
        if there.is_none() && value.is_none() {
            return Some(());
        }
        self.changes.push(written(&Path { root: Root::Request, segments: steps }, value));
        self.body.set(&full, value.cloned().unwrap_or(Value::Null)).ok()
    }
}

/// `user.country=India`, `user.grade:=7`.
fn written(path: &Path, value: Option<&Value<'static>>) -> String {
    let name = path.to_string();
    let name = if name.starts_with("request.user.") { name.trim_start_matches("request.") } else { &name };
    match value.map(|value| (value, value.view().shape())) {
        None => format!("{name}:=null"),
        Some((_, Shape::Text(text))) => format!("{name}={text}"),
        Some((value, _)) => format!("{name}:={}", value.to_json()),
    }
}
