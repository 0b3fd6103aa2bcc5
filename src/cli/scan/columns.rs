//! Decides what each column of an export is: a field of the user, a custom attribute, a field of the request, or
//! nothing.

use std::collections::BTreeMap;

use super::export::{Cell, Export};
use super::note::Note;
use crate::diagnostic::did_you_mean;
use crate::event::{Path, Root, Segment};
use crate::rule::{FieldKind, RuleSet, USER_FIELDS};

/// Fields of the user that the platform sends as lists and objects.
const STRUCTURED: [&str; 5] = ["assignedGroups", "provisionedApps", "securityQuestion", "attributes", "rbacRoles"];
/// Most rows that one note names.
const NAMED_ROWS: usize = 5;

/// What is said of some columns, by their places: a path, or that they are left out.
pub(super) type Mapping = BTreeMap<usize, Option<Path>>;

/// What a column is taken for.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) column: String,
    /// Nothing where the mapping leaves it out.
    pub(super) path: Option<Path>,
    /// The field that its name may mean, where it is taken for a custom attribute that nobody knows.
    pub(super) almost: Option<Path>,
    /// Whether nothing stands in it in any row.
    pub(super) is_blank: bool,
}

/// Names that are known, as they are compared, each with what it stands for. The first of equal names counts.
#[derive(Debug)]
pub(super) struct Names(Vec<(String, Path)>);

/// A name as names of columns are compared: case, spaces, `_` and `-` do not matter.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !"_-".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether a column can be what stands at this path.
pub(super) fn is_target(path: &Path) -> bool {
    let is_root = matches!(path.root, Root::User | Root::Attr | Root::Request);
    is_root && !path.segments.is_empty() && path.keys().count() == path.segments.len()
}

fn path(root: Root, name: &str) -> Path {
    Path { root, segments: vec![Segment::Key(name.into())] }
}

impl Names {
    /// The platform's fields; then what these rules read of the user; then what gateway.yaml says there is.
    pub(super) fn new(rules: &[&RuleSet], declared: &BTreeMap<String, FieldKind>) -> Self {
        let known = USER_FIELDS.iter().map(|field| path(Root::User, field.name));
        let first_of = |read: &Path| match (&read.root, read.segments.as_slice()) {
            (Root::User, [Segment::Key(first), Segment::Key(name), ..]) if **first == *"attributes" => {
                Some(path(Root::Attr, name))
            }
            (Root::User | Root::Attr, [Segment::Key(name), ..]) => Some(path(read.root.clone(), name)),
            _ => None,
        };
        let read = || rules.iter().flat_map(|rules| &rules.slots.paths).filter_map(first_of);
        let of = |root: Root| read().filter(move |path| path.root == root);
        let declared = declared.keys().map(|name| path(Root::Attr, name));
        let all = known.chain(of(Root::Attr)).chain(of(Root::User)).chain(declared);
        Self(all.filter_map(|path| Some((folded(path.keys().next()?), path.clone()))).collect())
    }

    /// What a column of this name is taken for.
    fn meant(&self, column: &str) -> Taken {
        let written = Path::read(column).ok().filter(is_target);
        let wanted = folded(column);
        let known = || self.0.iter().find(|(name, _)| *name == wanted).map(|(_, path)| path.clone());
        let found = written.or_else(known);
        let almost = || {
            let meant = did_you_mean(&wanted, self.0.iter().map(|(name, _)| name.as_str()))?;
            self.0.iter().find(|(name, _)| name == meant).map(|(_, path)| path.clone())
        };
        let almost = if found.is_none() { almost() } else { None };
        let path = Some(found.unwrap_or_else(|| path(Root::Attr, column)));
        Taken { column: column.to_owned(), path, almost, is_blank: false }
    }
}

/// What each column is taken for: as the mapping says, or else by its name.
pub(super) fn taken(export: &mut Export, names: &Names, mapping: &Mapping) -> Vec<Taken> {
    let columns = 0..export.columns.len();
    let blank: Vec<bool> = columns.map(|column| export.cells_of(column).next().is_none()).collect();
    let of = |(n, column): (usize, &String)| match mapping.get(&n) {
        Some(path) => Taken { column: column.clone(), path: path.clone(), almost: None, is_blank: false },
        None => names.meant(column),
    };
    let taken = export.columns.iter().enumerate().map(of).zip(blank);
    taken.map(|(taken, is_blank)| Taken { is_blank, ..taken }).collect()
}

/// Makes of the texts of a table what the platform sends in lists, objects, numbers and true or false; a text that is none
/// stays one, and is told.
pub(super) fn fit(export: &mut Export, taken: &[Taken], declared: &BTreeMap<String, FieldKind>) {
    for (n, taken) in taken.iter().enumerate() {
        let Some((what, read)) = taken.path.as_ref().and_then(|path| kind(path, declared)) else { continue };
        let (mut misfits, mut count) = (Vec::new(), 0);
        for (line, cell) in export.cells_of(n) {
            let Cell::Text(text) = &*cell else { continue };
            match read(text) {
                Some(json) => *cell = Cell::Json(json),
                None if misfits.len() < NAMED_ROWS => misfits.push(line),
                None => count += 1,
            }
        }
        let Some(first) = misfits.first() else { continue };
        let rows = misfits.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let more = if count > 0 { format!(" and {count} more") } else { String::new() };
        let column = &taken.column;
        let message = format!("cells of column `{column}` are not {what}, and are sent as texts: rows {rows}{more}");
        export.notes.push(Note::suspect(export.at(*first), message));
    }
}

/// What cells of a column are, and how the text of one is read as JSON.
type Kind = (&'static str, fn(&str) -> Option<String>);

/// What a cell of a text becomes, and what that is called; nothing where it stays a text.
fn kind(path: &Path, declared: &BTreeMap<String, FieldKind>) -> Option<Kind> {
    let [Segment::Key(name)] = path.segments.as_slice() else { return None };
    match (&path.root, declared.get(&**name)) {
        (Root::User, _) if STRUCTURED.contains(&&**name) => Some(("lists or objects of JSON", structure)),
        (Root::User | Root::Attr, Some(FieldKind::List)) => Some(("lists of JSON", structure)),
        (Root::User | Root::Attr, Some(FieldKind::Number)) => Some(("numbers", number)),
        (Root::User | Root::Attr, Some(FieldKind::TrueFalse)) => Some(("true or false", truth)),
        _ => None,
    }
}

fn structure(text: &str) -> Option<String> {
    let is_json = text.starts_with(['[', '{']) && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    is_json.then(|| text.to_owned())
}

fn number(text: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Number>(text).ok().map(|_| text.to_owned())
}

fn truth(text: &str) -> Option<String> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    (is("true") || is("false")).then(|| text.to_ascii_lowercase())
}
