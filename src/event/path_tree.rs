//! Finds many paths in a value in one pass over its fields.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::fingerprint::Quick;
use super::json::Node;
use super::nfc::nfc;
use super::path::Segment;

/// Paths as a tree of their steps, each path with a number.
#[derive(Debug, Default)]
pub struct PathTree {
    /// The paths that end here.
    ends: Vec<usize>,
    keys: HashMap<Box<str>, PathTree, BuildHasherDefault<Quick>>,
    marks: Marks,
    items: Vec<(usize, PathTree)>,
    /// Whether a key is beyond ASCII, so that it has two forms.
    has_forms: bool,
}

/// Which lengths, first and last letters keys have: most fields of a body are none of the keys, and this tells it fastest.
#[derive(Debug, Default)]
struct Marks([u64; 8]);

impl Marks {
    fn bit(key: &str) -> (usize, u64) {
        let end = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
        let bytes = key.as_bytes();
        let at = (131 * bytes.len() + 31 * end(bytes.first()) + 7 * end(bytes.last())) % 512;
        (at / 64, 1 << (at % 64))
    }

    fn add(&mut self, key: &str) {
        let (word, bit) = Self::bit(key);
        self.0.get_mut(word).into_iter().for_each(|word| *word |= bit);
    }

    fn may_have(&self, key: &str) -> bool {
        let (word, bit) = Self::bit(key);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

impl PathTree {
    /// Adds a path.
    pub fn insert(&mut self, path: &[Segment], number: usize) {
        let Some((step, rest)) = path.split_first() else { return self.ends.push(number) };
        let below = match step {
            Segment::Key(key) => {
                let key = nfc(key);
                self.marks.add(&key);
                self.has_forms |= !key.is_ascii();
                self.keys.entry(key.into()).or_default()
            }
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
        self.keys.get(&*nfc(key))
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
            let key = key.text();
            let below = match self.has_forms {
                false if self.marks.may_have(&key) => self.keys.get(&*key),
                false => None,
                true => self.below(&key),
            };
            if let Some(below) = below {
                wanted -= 1;
                below.find(value, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Path;
    use crate::event::json::{Document, View};

    #[test]
    fn every_path_that_is_there_is_found_where_walking_finds_it() {
        let body = r#"{"a":{"b":[10,{"c":"x"}],"b2":null},"na\u006de":"n","list":[[1],[2,3]],"rest":{"a":{"b":1}}}"#;
        let document = Document::read(body.as_bytes().to_vec(), 64).unwrap();
        let paths = ["user.a", "user.a.b", "user.a.b[1].c", "user.a.b2", "user.a.b3", "user.name", "user.list[1][1]"];
        let others = ["user.list[2]", "user.rest.a.c", "user.rest.a.b", "user.name.x", "user.a[0]", "user"];
        let paths: Vec<Path> = paths.iter().chain(&others).map(|path| Path::read(path).unwrap()).collect();
        let mut tree = PathTree::default();
        paths.iter().enumerate().for_each(|(number, path)| tree.insert(&path.segments, number));
        let mut found = vec![None; paths.len()];
        tree.find(document.root(), &mut |number, node| found[number] = Some(node.raw()));
        for (path, found) in paths.iter().zip(found) {
            let walked = View::Node(document.root()).walk(&path.segments).map(|view| match view {
                View::Node(node) => node.raw(),
                _ => "",
            });
            assert_eq!(found, walked, "{path}");
        }
    }
}
