//! Checks calls with written arguments before they run: values that their function does not know.

use super::name::{SMALL_PARTICLES, is_language};
use super::phone::is_country;

/// A value as it is written in a call.
#[derive(Clone, Copy, Debug)]
pub enum Written<'v> {
    Text(&'v str),
    Whole(i64),
    /// Whatever is only known when the call runs.
    Computed,
}

/// What is wrong with a value that is written out, and what to write.
#[must_use]
pub fn unknown_value(function: &str, values: &[Written<'_>]) -> Option<(String, &'static str)> {
    use Written::{Text, Whole};
    let second = values.get(1).copied().unwrap_or(Written::Computed);
    let third = values.get(2).copied().unwrap_or(Written::Computed);
    match (function, second, third) {
        ("phone" | "mobile", Text(country), _) if !is_country(country) => no_country(function, country),
        ("phone" | "mobile", Whole(code), _) if !is_country(&code.to_string()) => no_country(function, code),
        ("ascii", Text(language), _) if !is_language(language) => Some((
            format!("`ascii` does not know how `{language}` spells its letters"),
            "write \"da\", \"de\", \"fi\", \"nb\", \"no\" or \"sv\", or nothing",
        )),
        ("name_case", Text(choice), _) if choice != SMALL_PARTICLES => {
            Some((format!("`name_case` does not know `{choice}`"), "write \"particles\", or nothing"))
        }
        ("replace" | "before" | "after" | "split" | "part", Text(""), _) => {
            Some((format!("`{function}` looks for an empty text"), "write the text that is looked for"))
        }
        ("replace" | "before" | "after" | "split" | "part", Whole(_), _) => Some((
            format!("`{function}` looks for a text, and this is a number"),
            "put it into quotes; `cut`, `middle` and `last` count characters",
        )),
        ("part", _, Whole(0)) => {
            Some(("`part` counts from 1".to_owned(), "write 1 for the first part, -1 for the last"))
        }
        ("middle", Whole(0), _) => Some(("`middle` counts from 1".to_owned(), "write 1 for the first character")),
        ("pad", _, Text(filling)) if filling.chars().nth(1).is_some() || filling.is_empty() => {
            Some(("`pad` fills with one character".to_owned(), "write one, such as \"0\""))
        }
        _ => None,
    }
}

fn no_country(function: &str, written: impl std::fmt::Display) -> Option<(String, &'static str)> {
    let help = "write its code (\"IN\"), its English name (\"India\") or its calling code (\"91\")";
    Some((format!("`{function}` does not know the country `{written}`"), help))
}
