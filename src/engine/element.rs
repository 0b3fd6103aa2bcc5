//! Changes within lists: which element a target means, a new one where there is none, and elements that are taken out.

use std::borrow::Cow;
use std::collections::HashMap;

use super::draft::Change;
use super::interrupted::{Evaluation, Together};
use super::rule_run::RuleRun;
use crate::event::{Path, Segment, Shape, Value, View};
use crate::rule::{Checks, Element, Target, Verb, scalar};

/// Most lists and objects that one value may take out of a list, since each is compared with every element.
const TAKEN_LIMIT_WHOLES: usize = 100;

/// Values, to be found by their equals.
#[derive(Default)]
struct Wanted<'v> {
    scalars: HashMap<u64, Vec<View<'v>>>,
    others: Vec<View<'v>>,
}

impl<'e> RuleRun<'_, 'e> {
    /// The path to what a target means in this event; `None` where it means an element that the list does not have.
    pub(super) fn meant(&mut self, target: &'e Target) -> Evaluation<Option<Cow<'e, Path>>> {
        let Some(element) = &target.element else { return Ok(Some(Cow::Borrowed(&target.path))) };
        let Some(list) = self.current(target)? else { return Ok(None) };
        self.subject = Some(&target.path);
        let Shape::List(items) = list.view().shape() else { return Err(self.no_list(&target.path, &list)) };
        for (place, item) in items.iter().enumerate() {
            let is_it = match self.field_of(item, &element.by)? {
                Some(field) => {
                    self.known_subject(field)?;
                    element.is_known_by(field)
                }
                None => false,
            };
            if is_it {
                let steps = std::iter::once(Segment::Index(place)).chain(element.field.iter().cloned());
                let segments = target.path.segments.iter().cloned().chain(steps).collect();
                return Ok(Some(Cow::Owned(Path { root: target.path.root.clone(), segments })));
            }
        }
        Ok(None)
    }

    /// A new element of the target's list, known by the target's field and with a value in the one that is written.
    pub(super) fn new_element(
        &self,
        target: &'e Target,
        element: &'e Element,
        value: Value<'e>,
    ) -> Evaluation<Verb<'e>> {
        let mut fresh = Value::Map(Vec::new());
        let is_made =
            fresh.set(&element.by, element.value.clone()).and_then(|()| fresh.set(&element.field, value)).is_ok();
        if !is_made {
            return Err(self.fail(format!("`{target}` cannot be written in a new element")));
        }
        Ok(Verb::Append { path: Cow::Borrowed(&target.path), element: fresh })
    }

    pub(super) fn append(&mut self, path: &Path, element: Value<'e>) -> Evaluation<()> {
        let mut items = self.known_at(path)?.map(Value::into_items).unwrap_or_default();
        let mut place = path.clone();
        place.segments.push(Segment::Index(items.len()));
        let element = self.kept(&place, element)?;
        self.say(|| format!("add {} to {path}", element.view().shown()));
        items.push(element);
        self.change(path, Change::Set(Value::List(items)))
    }

    /// Takes out of the list at `path` what is equal to a value, or to an element of it.
    pub(super) fn take_equal(&mut self, path: &Path, value: &Value<'_>) -> Evaluation<()> {
        let current = self.known_at(path)?;
        let Some(items) = self.items_at(path, current)? else { return Ok(()) };
        self.known(value.view(), || path.to_string())?;
        let mut wanted = Wanted::default();
        match value.view().shape() {
            Shape::List(list) => list.iter().for_each(|value| wanted.add(value)),
            _ => wanted.add(value.view()),
        }
        if wanted.others.len() > TAKEN_LIMIT_WHOLES {
            return Err(self.fail(format!("`take` was given more than {TAKEN_LIMIT_WHOLES} lists or objects")));
        }
        let mut kept = Vec::with_capacity(items.len());
        let mut taken = Vec::new();
        for item in items {
            self.known(item.view(), || path.to_string())?;
            if wanted.has(item.view()) { taken.push(item) } else { kept.push(item) }
        }
        self.take_out(path, &taken, kept)
    }

    /// Takes out of the target's list, which is at `path`, the elements of which the checks hold.
    pub(super) fn elements_holding(
        &mut self,
        target: &'e Target,
        path: Cow<'e, Path>,
        checks: &'e Checks,
    ) -> Evaluation<Option<Verb<'e>>> {
        let current = self.stands_at(target, &path)?;
        let Some(items) = self.items_at(&path, current)? else { return Ok(None) };
        let mut kept = Vec::with_capacity(items.len());
        let (mut taken, mut together) = (Vec::new(), Together::default());
        for item in items {
            let held = self.element_holds(checks, item.view(), &target.path);
            match together.take(held)? {
                Some(true) => taken.push(item),
                Some(false) | None => kept.push(item),
            }
        }
        together.end(Some(Verb::TakeElements { path, taken, kept }))
    }

    pub(super) fn take_out(&mut self, path: &Path, taken: &[Value<'e>], kept: Vec<Value<'e>>) -> Evaluation<()> {
        for item in taken {
            self.say(|| format!("take {} from {path}", item.view().shown()));
        }
        if taken.is_empty() { Ok(()) } else { self.change(path, Change::Set(Value::List(kept))) }
    }

    fn items_at(&self, path: &Path, current: Option<Value<'e>>) -> Evaluation<Option<Vec<Value<'e>>>> {
        let Some(list) = current else { return Ok(None) };
        match list.view().shape() {
            Shape::List(_) => Ok(Some(list.into_items())),
            _ => Err(self.no_list(path, &list)),
        }
    }

    fn no_list(&self, path: &Path, found: &Value<'_>) -> super::interrupted::Interrupted {
        self.fail(format!("`{path}` is {}, and only a list has elements", found.view().kind_name()))
    }

    /// What stands at a target now, and the path to it.
    pub(super) fn stands_at(&mut self, target: &'e Target, path: &Path) -> Evaluation<Option<Value<'e>>> {
        match target.element {
            None => self.current(target),
            Some(_) => Ok(self.draft.value_at(path)),
        }
    }
}

impl<'v> Wanted<'v> {
    fn add(&mut self, value: View<'v>) {
        match scalar(value, false) {
            Some(key) => self.scalars.entry(key).or_default().push(value),
            None => self.others.push(value),
        }
    }

    fn has(&self, value: View<'_>) -> bool {
        let known = match scalar(value, false) {
            Some(key) => self.scalars.get(&key).map_or(&[][..], Vec::as_slice),
            None => &self.others,
        };
        known.iter().any(|known| known.same(value))
    }
}
