//! Describes the names that a rule reads and `let` binds.

use super::page::{Item, Line};
use super::parts::Parts;
use super::value::{long_script, value};
use crate::rule::{Binding, Bound, Free, Numbers, RuleSet};

/// What each bound name that the rule reads stands for, in the order in which they are bound.
pub fn items(set: &RuleSet, parts: &Parts<'_>) -> Vec<Item> {
    parts.bound.iter().filter_map(|number| set.bindings.get(*number)).map(|binding| item(set, binding)).collect()
}

fn item(set: &RuleSet, binding: &Binding) -> Item {
    let name = Line::default().code(binding.name.as_str());
    match &binding.value {
        Bound::Value(expression) => match long_script(expression) {
            Some(script) => {
                Item { line: name.text(" is what this script gives:"), code: Some(script), inner: Vec::new() }
            }
            None => name.text(" is ").line(value(expression)).into(),
        },
        Bound::Rows { lookup, key, all, on } => {
            let declared = set.lookups.get(*lookup);
            let which = if *all { " is the list of all rows" } else { " is the first row" };
            let line = name.text(format!("{which} of the lookup ")).code(declared.map_or("", |lookup| &lookup.name));
            let line = line.text(" under ").line(value(key));
            match (on, declared.and_then(|lookup| lookup.validity())) {
                (Some(on), _) => line.text(", of those valid on ").line(value(on)).into(),
                (None, Some(_)) => line.text(", of those valid today").into(),
                (None, None) => line.into(),
            }
        }
        Bound::Free(free) => free_name(set, name, free),
    }
}

/// `login` is the first of these that the lookup `taken` has no row for: …
fn free_name(set: &RuleSet, name: Line, free: &Free) -> Item {
    let lookup = set.lookups.get(free.lookup).map_or("", |lookup| &lookup.name);
    let mut line = name.text(" is the first of these that the lookup ").code(lookup).text(" has no row for: ");
    for (place, form) in free.forms.iter().enumerate() {
        line = if place == 0 { line } else { line.text(", then ") }.line(value(form));
    }
    if let Some(Numbers { first, last, digits }) = free.numbers {
        line = line
            .text(format!(", then the last of them with a number from {first:0digits$} to {last:0digits$} behind it"));
    }
    if let Some(longest) = free.longest {
        line = line.text(format!(", each cut to at most {longest} characters"));
    }
    line.into()
}
