//! The catalogue of functions, gathered from the files by subject, for calls, "did you mean" and the docs.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::list::each::EACH;
use super::subjects::SUBJECTS;
use super::table::Function;

/// All functions, in the order of their names.
pub static FUNCTIONS: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let mut all: Vec<&Function> = SUBJECTS.into_iter().flatten().copied().chain([&EACH]).collect();
    all.sort_by_key(|function| function.name);
    all
});

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().copied().find(|function| function.name == name)
}

/// The table as Markdown, as docs/language/functions.md has it. Where a line does not say otherwise, an absent value
/// gives an absent answer.
#[must_use]
pub fn to_markdown() -> String {
    let mut out = String::from("| function | answers | example |\n|---|---|---|\n");
    for function in &*FUNCTIONS {
        let (call, answer) = function.examples.first().copied().unwrap_or_default();
        let answer = if answer.is_empty() { String::new() } else { format!(" → `{answer}`") };
        let _ = writeln!(out, "| `{}` | {} | `{call}`{answer} |", function.signature, function.about);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice_and_signatures_begin_with_it() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        for function in &*FUNCTIONS {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.name);
            let tells = function.about.contains("absent");
            assert!(tells || !function.hears_absent(), "{} says nothing of absent values", function.name);
        }
    }
}
