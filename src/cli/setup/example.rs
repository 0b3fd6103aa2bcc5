//! The examples that `hookgate init --example NAME` writes: those of the folder examples, and the recipes.

use crate::cli::exit::Failure;
use crate::cli::rules::recipes::{RECIPES, Recipe};
use crate::diagnostic::did_you_mean;

/// One example: a folder that works by itself.
struct Example {
    name: &'static str,
    /// By their paths below the folder.
    files: &'static [(&'static str, &'static str)],
}

static EXAMPLES: &[Example] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The files of the example, by their paths below the folder that is written.
///
/// # Errors
/// When there is none of this name.
pub fn files(name: &str) -> Result<Vec<(String, String)>, Failure> {
    if let Some(example) = EXAMPLES.iter().find(|example| example.name == name) {
        // In this repository an example is served from the repository's folder.
        let elsewhere = format!("examples/{name}/");
        let file = |(path, text): &(&str, &str)| ((*path).to_owned(), text.replace(&elsewhere, ""));
        return Ok(example.files.iter().map(file).collect());
    }
    match RECIPES.iter().find(|recipe| recipe.name == name) {
        Some(recipe) => Ok(recipe.files.iter().map(|(file, text)| (place(recipe, file), (*text).to_owned())).collect()),
        None => Err(unknown(name)),
    }
}

fn place(recipe: &Recipe, file: &str) -> String {
    if file == "rules.yaml" { format!("rules/{}.yaml", recipe.name) } else { format!("rules/{file}") }
}

fn unknown(name: &str) -> Failure {
    let examples: Vec<&str> = EXAMPLES.iter().map(|example| example.name).collect();
    let names = examples.iter().copied().chain(RECIPES.iter().map(|recipe| recipe.name));
    let meant = did_you_mean(name, names).map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
    let all = format!("the examples are {}, and every recipe that `hookgate recipes` lists", examples.join(", "));
    Failure::message(format!("there is no example `{name}`")).help(format!("{meant}{all}"))
}
