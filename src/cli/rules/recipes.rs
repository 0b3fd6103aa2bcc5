//! `hookgate recipes`: prints rules that people ask for, each with its tests, to be copied and changed.

use std::fmt::Write as _;

use crate::cli::exit::{Failure, Output};
use crate::diagnostic::did_you_mean;

/// Print rules that people ask for, each with its tests; without a word, list them
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print in full those in which all these words are found: login, vendor leave
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
}

/// One recipe: a folder of rules that works by itself.
pub struct Recipe {
    pub name: &'static str,
    /// The rule file first, then the tables that it asks; name and text of each.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! recipes {
    ($($name:literal: $($table:literal),*;)*) => {
        /// All recipes, in the order in which they are listed: joiners, changes, leavers, accounts, and how rules are used.
        pub static RECIPES: &[Recipe] = &[$(Recipe {
            name: $name,
            files: &[
                ("rules.yaml", include_str!(concat!("../../../examples/recipes/", $name, "/rules.yaml"))),
                $(($table, include_str!(concat!("../../../examples/recipes/", $name, "/", $table))),)*
            ],
        }),*];
    };
}

recipes! {
    "unique-login": "people.csv";
    "unique-email": "people.csv";
    "reserved-logins": "reserved.csv";
    "names-in-proper-case":;
    "display-name-by-country":;
    "initials":;
    "phone-in-one-form":;
    "mobile-of-one-person": "people.csv";
    "required-by-kind-of-person":;
    "email-domain-by-kind-of-person":;
    "vendor-needs-partner-and-end":;
    "contract-at-most-a-year":;
    "age-at-least-18":;
    "employee-id-never-changes": "people.csv";
    "manager-of-department-and-country": "managers.csv";
    "cost-centre-from-department": "departments.csv";
    "groups-of-a-title":;
    "cost-centre-of-the-day": "cost_centres.csv";
    "roles-that-exclude-each-other":;
    "leaver-after-30-days":;
    "leaver-after-3-working-days":;
    "groups-of-a-leaver":;
    "proxy-addresses":;
    "account-expires-after-the-last-day":;
    "calls-from-our-networks":;
    "rollout-to-a-fifth":;
}

/// How many are printed in full at once.
const SHOWN: usize = 3;

impl Recipe {
    /// What it does, in a sentence: the first line of its rules.
    #[must_use]
    pub fn about(&self) -> &'static str {
        let first = self.files.first().and_then(|(_, text)| text.lines().next());
        first.unwrap_or_default().trim_start_matches("# ")
    }

    /// Whether it has a word in its name or its sentence; or, where `everywhere`, anywhere.
    fn has(&self, word: &str, everywhere: bool) -> bool {
        let within = |text: &str| text.to_lowercase().contains(word);
        within(self.name) || within(self.about()) || everywhere && self.files.iter().any(|(_, text)| within(text))
    }
}

/// # Errors
/// When no recipe has the words.
pub fn run(args: &Args) -> Result<Output, Failure> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let fit = |everywhere| -> Vec<&Recipe> {
        RECIPES.iter().filter(|recipe| words.iter().all(|word| recipe.has(word, everywhere))).collect()
    };
    let mut found = fit(false);
    if found.is_empty() {
        found = fit(true);
    }
    if found.is_empty() {
        return Err(none(&args.words.join(" ")));
    }
    // A name is one recipe, whatever other names it is a part of.
    if let Some(named) = found.iter().find(|recipe| words == [recipe.name]) {
        return Ok(Output::well(whole(named)));
    }
    Ok(Output::well(match words.is_empty() || found.len() > SHOWN {
        true => list(&found),
        false => found.into_iter().map(whole).collect::<Vec<_>>().join("\n"),
    }))
}

fn list(recipes: &[&Recipe]) -> String {
    let width = recipes.iter().map(|recipe| recipe.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for recipe in recipes {
        let _ = writeln!(out, "{:width$}  {}", recipe.name, recipe.about());
    }
    out + "\n`hookgate recipes NAME` prints one in full, to be copied into the rules folder\n"
}

/// The files of a recipe, each below a line with its name.
fn whole(recipe: &Recipe) -> String {
    let mut out = String::new();
    for (file, text) in recipe.files {
        let file = if *file == "rules.yaml" { format!("{}.yaml", recipe.name) } else { (*file).to_owned() };
        let _ = writeln!(out, "# {file}\n{}\n", text.trim_end());
    }
    out
}

fn none(words: &str) -> Failure {
    let failure = Failure::message(format!("no recipe has `{words}`"));
    let all = "`hookgate recipes` lists every recipe";
    match did_you_mean(words, RECIPES.iter().map(|recipe| recipe.name)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`? {all}")),
        None => failure.help(all),
    }
}
