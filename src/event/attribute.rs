//! Custom attributes, as an object or as a list of `{name, value}`: both are read, and each keeps its shape.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::{Node, NotThere, Shape, Value, View};
use super::nfc::same_text;
use super::path::Segment;

/// What stands at `rest` of the custom attribute `name` of a user.
#[must_use]
pub fn read<'d>(user: &Value<'d>, name: &str, rest: &[Segment]) -> Option<Value<'d>> {
    let mut path = steps(user, name);
    path.extend_from_slice(rest);
    user.at(&path)
}

/// Gives out the name of each custom attribute as it came, and its value if it has one.
/// Where a list has a name twice the first counts, and the others are left out.
pub fn each<'d>(user: Node<'d>, mut found: impl FnMut(&str, Option<Node<'d>>)) {
    let Some(attributes) = user.get("attributes") else { return };
    attributes.fields().for_each(|(name, value)| found(&name.text(), Some(value)));
    let mut seen = HashSet::new();
    for item in attributes.items() {
        let Some(Shape::Text(name)) = item.get("name").map(Node::shape) else { continue };
        if seen.insert(name.clone()) {
            found(&name, item.get("value"));
        }
    }
}

fn is_named(item: View<'_>, name: &str) -> bool {
    matches!(item.field("name").map(View::shape), Some(Shape::Text(text)) if same_text(&text, name))
}

/// The steps from the user to the custom attribute `name`, whether it is there yet or not.
fn steps(user: &Value<'_>, name: &str) -> Vec<Segment> {
    let attributes = Segment::Key("attributes".into());
    let Some(Shape::List(list)) = user.view().field("attributes").map(View::shape) else {
        return vec![attributes, Segment::Key(name.into())];
    };
    let place = list.iter().position(|item| is_named(item, name)).unwrap_or(list.len());
    vec![attributes, Segment::Index(place), Segment::Key("value".into())]
}

/// Puts a custom attribute where it is, or where a new one belongs.
///
/// # Errors
/// When `attributes` is neither an object nor a list.
pub fn set<'d>(user: &mut Value<'d>, name: &str, rest: &[Segment], value: Value<'d>) -> Result<(), NotThere> {
    let mut path = steps(user, name);
    let is_new_item = matches!(path.get(1), Some(Segment::Index(_))) && user.view().walk(&path).is_none();
    if is_new_item && rest.is_empty() {
        let named = (Cow::Borrowed("name"), Value::text(name));
        path.truncate(2);
        return user.set(&path, Value::Map(vec![named, (Cow::Borrowed("value"), value)]));
    }
    path.extend_from_slice(rest);
    user.set(&path, value)
}

/// Takes a custom attribute out; whether it was there.
pub fn remove(user: &mut Value<'_>, name: &str, rest: &[Segment]) -> bool {
    let mut path = steps(user, name);
    if user.view().walk(&path).is_none() {
        return false;
    }
    if rest.is_empty() && matches!(path.get(1), Some(Segment::Index(_))) {
        path.truncate(2);
    }
    path.extend_from_slice(rest);
    user.remove(&path)
}
