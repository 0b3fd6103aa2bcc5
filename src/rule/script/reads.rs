//! What a script reads of the event, and how that becomes its variables.

use rhai::{Array, Dynamic, Map, Scope};

use super::convert::to_script;
use crate::event::{Path, Root, Segment, Shape, Value, View};

/// The readings of a script.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Each once, in the order they stand in.
    pub(super) paths: Vec<Path>,
    /// The variables they make, by the names as written.
    variables: Vec<(Box<str>, Tree)>,
    /// `attr("X")` with the reading that answers it.
    pub(super) attributes: Vec<(Box<str>, usize)>,
    /// The reading of all custom attributes, for names only known at run time.
    pub(super) all_attributes: Option<usize>,
}

/// A variable, as far as it is read: a reading, or an object or list of which parts are read.
#[derive(Debug)]
enum Tree {
    Reading(usize),
    Branch(Vec<(Segment, Tree)>),
}

impl Reads {
    /// Notes that the variable `name` is read along `segments`.
    pub(super) fn variable(&mut self, name: &str, segments: &[Segment]) {
        if name == "attr" && segments.is_empty() {
            self.all_attributes();
            return;
        }
        let path = path(name, segments);
        let reading = self.reading(path);
        let place = self.variables.iter().position(|(known, _)| **known == *name);
        let place = place.unwrap_or_else(|| {
            self.variables.push((name.into(), Tree::Branch(Vec::new())));
            self.variables.len() - 1
        });
        let mut mixed = None;
        if let Some((_, tree)) = self.variables.get_mut(place) {
            tree.insert(segments, reading, 0, &mut mixed);
        }
        // Keys and indexes of one value: it is read whole.
        if let Some(depth) = mixed {
            self.variable(name, segments.get(..depth).unwrap_or_default());
        }
    }

    /// Notes a custom attribute.
    pub(super) fn attribute(&mut self, name: &str) {
        let reading = self.reading(path("attr", &[Segment::Key(name.into())]));
        if !self.attributes.iter().any(|(known, _)| **known == *name) {
            self.attributes.push((name.into(), reading));
        }
    }

    /// Notes that any custom attribute may be read.
    pub(super) fn all_attributes(&mut self) {
        let path = Path { root: Root::User, segments: vec![Segment::Key("attributes".into())] };
        self.all_attributes = Some(self.reading(path));
    }

    fn reading(&mut self, path: Path) -> usize {
        let known = self.paths.iter().position(|known| *known == path);
        known.unwrap_or_else(|| {
            self.paths.push(path);
            self.paths.len() - 1
        })
    }

    /// Whether one reading is a part of another.
    pub(super) fn nest(&self) -> bool {
        let is_inside = |a: &Path, b: &Path| a.overlaps(b) && a != b;
        self.paths.iter().enumerate().any(|(n, a)| self.paths.iter().skip(n + 1).any(|b| is_inside(a, b)))
    }

    /// Puts the variables into a scope. The analysis has seen that nothing changes them; as constants they would have no
    /// `get`, `extract` or `order`.
    ///
    /// # Errors
    /// Says which value is beyond which limit.
    pub(super) fn fill(&self, scope: &mut Scope<'_>, values: &[Option<Value<'_>>]) -> Result<(), String> {
        for (name, tree) in &self.variables {
            scope.push_dynamic(&**name, self.build(tree, values)?);
        }
        if let Some(reading) = self.all_attributes {
            let value = all_attributes(reading, values);
            scope.push_dynamic("attr", to_script(value.view()).map_err(|why| format!("`attr`: {why}"))?);
        }
        Ok(())
    }

    fn build(&self, tree: &Tree, values: &[Option<Value<'_>>]) -> Result<Dynamic, String> {
        let children = match tree {
            Tree::Reading(reading) => return self.convert(*reading, values),
            Tree::Branch(children) => children,
        };
        let is_list = matches!(children.first(), Some((Segment::Index(_), _)));
        let mut list = Array::new();
        let mut map = Map::new();
        for (segment, child) in children {
            let value = self.build(child, values)?;
            match segment {
                Segment::Key(key) => drop(map.insert((&**key).into(), value)),
                Segment::Index(index) => {
                    if list.len() <= *index {
                        list.resize(*index + 1, Dynamic::UNIT);
                    }
                    if let Some(place) = list.get_mut(*index) {
                        *place = value;
                    }
                }
            }
        }
        Ok(if is_list { list.into() } else { map.into() })
    }

    /// One reading for the script.
    pub(super) fn convert(&self, reading: usize, values: &[Option<Value<'_>>]) -> Result<Dynamic, String> {
        let Some(Some(value)) = values.get(reading) else { return Ok(Dynamic::UNIT) };
        to_script(value.view()).map_err(|why| match self.paths.get(reading) {
            Some(path) => format!("`{path}` is too large for a script: {why}"),
            None => why,
        })
    }
}

impl Tree {
    /// Notes the depth at which keys and indexes are mixed, if they are.
    fn insert(&mut self, segments: &[Segment], reading: usize, depth: usize, mixed: &mut Option<usize>) {
        let Some((first, rest)) = segments.split_first() else {
            *self = Tree::Reading(reading);
            return;
        };
        let Tree::Branch(children) = self else { return };
        let is_mixed = |(known, _): &(Segment, Tree)| std::mem::discriminant(known) != std::mem::discriminant(first);
        if children.iter().any(is_mixed) {
            *mixed = Some(depth);
            return;
        }
        let place = children.iter().position(|(known, _)| known == first).unwrap_or_else(|| {
            children.push((first.clone(), Tree::Branch(Vec::new())));
            children.len() - 1
        });
        if let Some((_, child)) = children.get_mut(place) {
            child.insert(rest, reading, depth + 1, mixed);
        }
    }
}

/// All custom attributes as one object, whichever of the two shapes they came in.
pub(super) fn all_attributes<'v>(reading: usize, values: &'v [Option<Value<'_>>]) -> Value<'v> {
    let Some(Some(value)) = values.get(reading) else { return Value::Map(Vec::new()) };
    let Shape::List(list) = value.view().shape() else { return value.view().to_value() };
    let pair = |item: View<'v>| match item.field("name").map(View::shape) {
        Some(Shape::Text(name)) => Some((name, item.field("value")?.to_value())),
        _ => None,
    };
    Value::Map(list.iter().filter_map(pair).collect())
}

/// A path as meant: `request.user.x` and `user.x` are one.
pub(super) fn path(root: &str, segments: &[Segment]) -> Path {
    let mut path = Path { root: Root::named(root), segments: segments.to_vec() };
    let is_user = matches!(path.segments.first(), Some(Segment::Key(key)) if **key == *"user");
    if path.root == Root::Request && is_user {
        path.root = Root::User;
        path.segments.remove(0);
    }
    path
}
