//! Changing a value at a path changes that path and nothing else.

use hookgate::event::{Document, Segment, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::{json, tries};

type Json = serde_json::Value;

/// A path into a value: mostly one that is there.
fn path() -> impl Strategy<Value = Vec<Choice>> {
    let choice = prop_oneof![
        6 => any::<prop::sample::Index>().prop_map(Choice::There),
        2 => json::key().prop_map(|key| Choice::Step(Segment::Key(key.into()))),
        1 => (0_usize..4).prop_map(|index| Choice::Step(Segment::Index(index))),
    ];
    vec(choice, 0..5)
}

#[derive(Clone, Debug)]
enum Choice {
    /// One of the fields or elements that are there.
    There(prop::sample::Index),
    Step(Segment),
}

/// The steps that the choices come to on this value.
fn steps(value: &Json, choices: &[Choice]) -> Vec<Segment> {
    let mut here = Some(value);
    let mut steps = Vec::new();
    for choice in choices {
        let step = match (choice, here) {
            (Choice::There(at), Some(Json::Object(fields))) if !fields.is_empty() => {
                Segment::Key(fields.keys().nth(at.index(fields.len())).unwrap().as_str().into())
            }
            (Choice::There(at), Some(Json::Array(items))) => Segment::Index(at.index(items.len() + 1)),
            (Choice::There(_), _) => Segment::Key("new".into()),
            (Choice::Step(step), _) => step.clone(),
        };
        here = here.and_then(|value| child(value, &step));
        steps.push(step);
    }
    steps
}

fn child<'v>(value: &'v Json, step: &Segment) -> Option<&'v Json> {
    match step {
        Segment::Key(key) => value.as_object()?.get(&**key),
        Segment::Index(index) => value.as_array()?.get(*index),
    }
}

/// The same change on another kind of tree, written down as simply as it can be.
fn set(value: &mut Json, steps: &[Segment], new: &Json) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *value = new.clone();
        return true;
    };
    match (value, step) {
        (Json::Object(fields), Segment::Key(key)) => match fields.get_mut(&**key) {
            Some(there) => set(there, rest, new),
            None => {
                let mut made = Json::Null;
                let is_set = set(&mut made, rest, new);
                is_set && fields.insert(key.to_string(), made).is_none()
            }
        },
        (value @ Json::Null, Segment::Key(_)) => {
            let mut made = serde_json::json!({});
            let is_set = set(&mut made, steps, new);
            if is_set {
                *value = made;
            }
            is_set
        }
        (Json::Array(items), Segment::Index(index)) if *index < items.len() => set(&mut items[*index], rest, new),
        (Json::Array(items), Segment::Index(index)) if *index == items.len() => {
            let mut made = Json::Null;
            let is_set = set(&mut made, rest, new);
            if is_set {
                items.push(made);
            }
            is_set
        }
        _ => false,
    }
}

fn remove(value: &mut Json, steps: &[Segment]) -> bool {
    match (value, steps) {
        (Json::Object(fields), [Segment::Key(key)]) => fields.shift_remove(&**key).is_some(),
        (Json::Array(items), [Segment::Index(index)]) => {
            let is_there = *index < items.len();
            if is_there {
                items.remove(*index);
            }
            is_there
        }
        (Json::Object(fields), [Segment::Key(key), rest @ ..]) => {
            fields.get_mut(&**key).is_some_and(|there| remove(there, rest))
        }
        (Json::Array(items), [Segment::Index(index), rest @ ..]) => {
            items.get_mut(*index).is_some_and(|there| remove(there, rest))
        }
        _ => false,
    }
}

/// Whether every value that is not on the way to the change has the bytes it came with. What is behind a removed
/// element moves up by one, so lists are compared to where they are shorter.
fn untouched(before: &str, after: &str, steps: &[Segment]) -> Result<(), TestCaseError> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    match step {
        Segment::Key(changed) => {
            let Ok(was) = serde_json::from_str::<BTreeMap<String, &RawValue>>(before) else { return Ok(()) };
            let is: BTreeMap<String, &RawValue> = serde_json::from_str(after).unwrap();
            for (key, value) in &was {
                match is.get(key) {
                    Some(now) if **key == **changed => untouched(value.get(), now.get(), rest)?,
                    Some(now) => prop_assert_eq!(value.get(), now.get()),
                    None => prop_assert!(**key == **changed && rest.is_empty()),
                }
            }
        }
        Segment::Index(changed) => {
            let Ok(was) = serde_json::from_str::<Vec<&RawValue>>(before) else { return Ok(()) };
            let is: Vec<&RawValue> = serde_json::from_str(after).unwrap();
            let is_shorter = is.len() < was.len();
            for (n, value) in was.iter().enumerate().filter(|(n, _)| !(is_shorter && n == changed)) {
                let now = is[if is_shorter && n > *changed { n - 1 } else { n }];
                match n == *changed {
                    true => untouched(value.get(), now.get(), rest)?,
                    false => prop_assert_eq!(value.get(), now.get()),
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(tries(1_000))]

    #[test]
    fn setting_changes_its_path_alone(text in json::sound_text(), choices in path(), new in json::sound_text()) {
        let mut wanted: Json = serde_json::from_str(&text).unwrap();
        let steps = steps(&wanted, &choices);
        let is_set = set(&mut wanted, &steps, &serde_json::from_str(&new).unwrap());
        let (document, other) = (Document::read(text.clone().into_bytes(), 64).unwrap(), Document::read(new.into_bytes(), 64).unwrap());
        let mut value = Value::Source(document.root());
        let result = value.set(&steps, Value::Source(other.root()));
        prop_assert_eq!(result.is_ok(), is_set, "{:?} at {:?}", result, steps);
        let after = value.to_json();
        prop_assert_eq!(&serde_json::from_str::<Json>(&after).unwrap(), &wanted, "{}", after);
        untouched(&text, &after, &steps)?;
    }

    #[test]
    fn removing_takes_its_path_alone(text in json::sound_text(), choices in path()) {
        let mut wanted: Json = serde_json::from_str(&text).unwrap();
        let steps = steps(&wanted, &choices);
        let was_there = remove(&mut wanted, &steps);
        let document = Document::read(text.clone().into_bytes(), 64).unwrap();
        let mut value = Value::Source(document.root());
        prop_assert_eq!(value.remove(&steps), was_there);
        let after = value.to_json();
        prop_assert_eq!(&serde_json::from_str::<Json>(&after).unwrap(), &wanted, "{}", after);
        if !was_there {
            prop_assert_eq!(&after, text.trim());
        }
        untouched(&text, &after, &steps)?;
    }

    #[test]
    fn many_changes_in_a_row_are_as_good_as_one(text in json::sound_text(), changes in vec((path(), proptest::option::of(json::sound_text())), 0..6)) {
        let mut wanted: Json = serde_json::from_str(&text).unwrap();
        let document = Document::read(text.into_bytes(), 64).unwrap();
        let mut value = Value::Source(document.root());
        for (choices, new) in changes {
            let steps = steps(&wanted, &choices);
            match new {
                Some(new) => {
                    let is_set = set(&mut wanted, &steps, &serde_json::from_str(&new).unwrap());
                    let other = Document::read(new.into_bytes(), 64).unwrap();
                    let new = Value::Source(other.root()).into_static();
                    prop_assert_eq!(value.set(&steps, new).is_ok(), is_set);
                }
                None => prop_assert_eq!(value.remove(&steps), remove(&mut wanted, &steps)),
            }
        }
        let after: Json = serde_json::from_str(&value.to_json()).unwrap();
        prop_assert_eq!(after, wanted);
    }
}
