//! Which of many paths there are in a value, found in one pass over its fields.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::document::Node;
use super::fingerprint::Quick;
use super::path::Segment;

/// Paths as a tree of their steps, each path with a number.
#[derive(Debug, Default)]
pub struct PathTree {
    /// The paths that end here.
    ends: Vec<usize>,
    keys: HashMap<Box<str>, PathTree, BuildHasherDefault<Quick>>,
    items: Vec<(usize, PathTree)>,
}

impl PathTree {
    /// Adds a path.
    pub fn insert(&mut self, path: &[Segment], number: usize) {
        let Some((step, rest)) = path.split_first() else { return self.ends.push(number) };
        let below = match step {
            Segment::Key(key) => self.keys.entry(key.clone()).or_default(),
            Segment::Index(index) => {
                let at = self.items.iter().position(|(other, _)| other == index).unwrap_or_else(|| {
                    self.items.push((*index, PathTree::default()));
                    self.items.len() - 1
                });
                let Some((_, below)) = self.items.get_mut(at) else { return };
                below
            }
        };
        below.insert(rest, number);
    }

    /// What stands behind a first step.
    #[must_use]
    pub fn below(&self, key: &str) -> Option<&PathTree> {
        self.keys.get(key)
    }

    /// Whether there is no path.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.keys.is_empty() && self.items.is_empty()
    }

    /// Gives out the number of each path that is there below `node`, with what stands there.
    pub fn find<'d>(&self, node: Node<'d>, found: &mut impl FnMut(usize, Node<'d>)) {
        self.ends.iter().for_each(|number| found(*number, node));
        for (index, below) in &self.items {
            if let Some(item) = node.at(*index) {
                below.find(item, found);
            }
        }
        // A key stands once in an object, so that the pass may end with the last of those wanted.
        let mut wanted = self.keys.len();
        let mut fields = node.fields();
        while wanted > 0
            && let Some((key, value)) = fields.next()
        {
            if let Some(below) = self.keys.get(&*key.text()) {
                wanted -= 1;
                below.find(value, found);
            }
        }
    }
}
