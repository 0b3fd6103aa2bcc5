//! Slots: numbers for the distinct names that rules read; one pass over a body finds all of them.

use crate::event::{Event, Node, Path, PathTree, Root, attribute};

/// The names by their numbers, and how each is found.
#[derive(Debug, Default)]
pub struct Slots {
    pub paths: Vec<Path>,
    of_user: PathTree,
    of_attributes: PathTree,
    /// Names that are read one by one: beside the user there are few.
    pub others: Vec<usize>,
}

impl Slots {
    /// Numbers the names in their order.
    #[must_use]
    pub fn new(paths: Vec<Path>) -> Self {
        let mut slots = Self::default();
        for (number, path) in paths.iter().enumerate() {
            match path.root {
                Root::User => slots.of_user.insert(&path.segments, number),
                Root::Attr if !path.segments.is_empty() => slots.of_attributes.insert(&path.segments, number),
                _ => slots.others.push(number),
            }
        }
        Self { paths, ..slots }
    }

    /// Gives out each name of the user that the event has, with what stands there; all but `others` have no other value.
    pub fn find<'e>(&self, event: &'e Event, found: &mut impl FnMut(usize, Node<'e>)) {
        let Some(user) = event.user() else { return };
        self.of_user.find(user, found);
        if self.of_attributes.is_empty() {
            return;
        }
        attribute::each(user, |name, value| {
            if let (Some(below), Some(value)) = (self.of_attributes.below(name), value) {
                below.find(value, found);
            }
        });
    }
}
