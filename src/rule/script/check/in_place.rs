//! Functions that change a value in place and return nothing: where using one is a mistake, and what to write.

use rhai::Position;

use super::methods::leaves_alone;
use super::mistake::Mistake;
use crate::diagnostic::code;

/// What becomes of the answer of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Used,
    /// The call is a statement of its own.
    Thrown,
    /// The call ends a function or a rule's script: nobody may take its answer.
    Last,
}

/// What a call would change.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// A variable of the script's own, or a part of it.
    Own,
    /// What the event, a lookup or a `let` of the rule brought.
    Brought,
    /// A copy that a function was handed.
    Handed,
    /// A value that has no name: nothing of it is kept.
    Passing,
}

/// Those that answer nothing, with what answers a value instead.
const SILENT: [(&str, &str); 25] = [
    ("append", "add: { user.FIELD: value }` as a verb of the rule, or in a script `x + y"),
    ("chop", "list.extract(from, count)"),
    ("clear", "an empty list `[]` or text `\"\"`"),
    ("crop", "middle(text, from, count)"),
    ("dedup", "list.filter(|x| …)"),
    ("fill_with", "x + y"),
    ("insert", "list.extract(0, n) + [value] + list.extract(n)"),
    ("make_lower", "lower(text)"),
    ("make_upper", "upper(text)"),
    ("mixin", "x + y"),
    ("pad", "pad(text, count, \"0\")"),
    ("push", "add: { user.FIELD: value }` as a verb of the rule, or in a script `list + [value]"),
    ("remove", "list.filter(|x| x != value)"),
    ("replace", "replace(text, from, to)"),
    ("reverse", "list.reduce_rev(|all, x| all + [x], [])"),
    ("set", "list.map(|x| …)"),
    ("set_bit", "a sum"),
    ("set_bits", "a sum"),
    ("set_tag", "a variable of its own"),
    ("sort", "list.order()"),
    ("sort_by", "list.order_by(|a, b| …)"),
    ("sort_desc", "list.order_desc()"),
    ("splice", "list.extract(0, n) + other + list.extract(m)"),
    ("trim", "trim(text)"),
    ("truncate", "cut(text, count)` or `list.extract(0, count)"),
];

/// Those that answer a value and change what it was taken from too.
const TAKING: [(&str, &str); 5] = [
    ("drain", "list.filter(|x| …)"),
    ("pop", "list.get(-1)"),
    ("retain", "list.filter(|x| …)"),
    ("shift", "list.get(0)"),
    ("take", "the value itself"),
];

/// What is wrong with a call of the engine's own `function`, of which nothing else is known to be wrong.
pub fn mistake(function: &str, (subject, before): (Subject, &str), fate: Fate, position: Position) -> Option<Mistake> {
    let told =
        |message: String, help: String| Some(Mistake::new(&code::CHANGES_IN_PLACE, position, message).help(help));
    let find = |table: &[(&str, &'static str)]| table.iter().find(|(name, _)| *name == function).map(|(_, cure)| *cure);
    let (cure, is_silent) = match (find(&SILENT), find(&TAKING)) {
        (Some(cure), _) => (cure, true),
        (None, Some(cure)) => (cure, false),
        (None, None) if fate == Fate::Thrown && leaves_alone(function) && !ACTS.contains(&function) => {
            return Some(thrown(function, before, position));
        }
        (None, None) => return None,
    };
    match (subject, fate) {
        (_, Fate::Used) if is_silent => {
            let message = format!("`{function}` changes a value where it lies and answers nothing");
            told(message, format!("write `{cure}`, which answers the changed value"))
        }
        (Subject::Own, _) | (Subject::Handed, Fate::Used | Fate::Thrown) => None,
        (Subject::Brought, _) => {
            let of = if before.is_empty() { "its first value" } else { before };
            let message =
                format!("`{function}` would change `{of}`, and what the event brought cannot be changed in place");
            told(message, format!("write `{cure}`, and call `set` to change the user"))
        }
        (Subject::Passing | Subject::Handed, Fate::Thrown | Fate::Last) if is_silent => {
            let message = format!("`{function}` changes a copy that nobody keeps");
            told(message, format!("write `{cure}`, which answers the changed value"))
        }
        (Subject::Passing | Subject::Handed, _) => None,
    }
}

/// A function that answers a value and changes nothing, of which nobody takes the answer; `before` stands before its point.
pub fn thrown(function: &str, before: &str, position: Position) -> Mistake {
    let message = format!("`{function}` answers and changes nothing, and nobody takes its answer");
    let point = if before.is_empty() { "" } else { "." };
    let help = format!("keep it: `let changed = {before}{point}{function}(…);`, or hand it to a verb such as `set`");
    Mistake::new(&code::THROWN_AWAY, position, message).help(help)
}

/// Those that leave their value alone and yet do something: what they are handed may.
const ACTS: [&str; 2] = ["call", "for_each"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::engine::Scripts;

    /// By the signatures of the engine itself: whatever answers nothing is listed here, and nothing else.
    #[test]
    fn all_that_the_engine_changes_in_place_is_known() {
        let scripts = Scripts::new(&[], &mut crate::diagnostic::Report::default());
        let signatures = scripts.engine.gen_fn_signatures(true);
        let kinds = ["string", "array", "map", "i64", "Dynamic"];
        let silent = |signature: &&String| {
            let of_kind = kinds.iter().any(|kind| signature.contains(&format!(": &mut {kind}")));
            of_kind && !signature.contains("->") && signature.starts_with(|c: char| c.is_ascii_lowercase())
        };
        let name = |signature: &String| signature.split('(').next().unwrap().to_owned();
        let found: std::collections::BTreeSet<String> = signatures.iter().filter(silent).map(name).collect();
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|name| !name.contains('$')).collect();
        println!("{}", found.join(" "));
        for name in &found {
            assert!(SILENT.iter().any(|(known, _)| known == name), "`{name}` answers nothing");
        }
        assert!(found.len() >= 15);
        assert!(SILENT.is_sorted() && TAKING.is_sorted());
    }
}
