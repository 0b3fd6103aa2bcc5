//! `hookgate settings`: prints every setting with its value and where that comes from; credentials never.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::ValueEnum;
use serde_json::json;

use crate::cli::exit::{Failure, Output};
use crate::config::{Listed, commented};
use crate::diagnostic::did_you_mean;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print those in which all these words are found: limits, body bytes; left out: all
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a line for each setting
    Text,
    /// For programs: one JSON object a setting
    Json,
    /// The page that explains each setting, at its default, to copy from into gateway.yaml
    Yaml,
}

/// Prints the settings that have the words.
///
/// # Errors
/// When no setting has them.
pub fn run(args: &Args, mut listed: Vec<Listed>) -> Result<Output, Failure> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let paths: Vec<String> = listed.iter().map(|setting| setting.path.clone()).collect();
    let has = |setting: &Listed, everywhere: bool| {
        let is_in = |word: &String| setting.path.contains(word) || !keys(setting, word).is_empty();
        words.iter().all(|word| is_in(word) || everywhere && setting.about.contains(word.as_str()))
    };
    // A word of many sentences, such as `time`, is meant as a name first.
    let is_name = listed.iter().any(|setting| has(setting, false));
    listed.retain(|setting| has(setting, !is_name));
    if listed.is_empty() {
        return Err(none(&args.words.join(" "), &paths));
    }
    Ok(Output::well(match args.format {
        Format::Text => text(&listed, &words),
        Format::Json => listed.iter().map(|setting| json_of(setting).to_string() + "\n").collect(),
        Format::Yaml => commented(&listed, words.is_empty()),
    }))
}

/// What may stand in the setting and has the word in its name: `jwks` in `auth.jwt`. Each once, with its sentence.
fn keys(setting: &Listed, word: &str) -> Vec<(&'static str, &'static str)> {
    let has_word = setting.shape.keys().into_iter().filter(|key| key.name.contains(word));
    has_word.map(|key| (key.name, key.about)).collect::<BTreeSet<_>>().into_iter().collect()
}

fn text(listed: &[Listed], words: &[String]) -> String {
    let is_explained = !words.is_empty();
    let width = |of: fn(&Listed) -> usize| listed.iter().map(of).max().unwrap_or_default();
    let (paths, origins) = (width(|one| one.path.len()), width(|one| one.from.len()));
    let mut out = String::new();
    for setting @ Listed { path, value, from, about, .. } in listed {
        let _ = writeln!(out, "{path:paths$}  {from:origins$}  {value}");
        if is_explained {
            let _ = writeln!(out, "    {about}");
        }
        for (name, about) in words.iter().filter(|word| !path.contains(*word)).flat_map(|word| keys(setting, word)) {
            let _ = writeln!(out, "    in it `{name}`: {about}");
        }
    }
    let narrower = if is_explained { "" } else { "`hookgate settings limits` prints a part; " };
    out + &format!("\n{narrower}`--format yaml` explains each setting\n")
}

fn json_of(setting: &Listed) -> serde_json::Value {
    let Listed { path, value, from, is_default, about, shape: _ } = setting;
    json!({ "setting": path, "value": value, "from": from, "default": is_default, "about": about })
}

/// What people look for under another name than it has.
const OTHER_WORDS: [(&str, &str); 9] = [
    ("https", "tls"),
    ("ssl", "tls"),
    ("port", "listen"),
    ("bind", "listen"),
    ("address", "listen"),
    ("login", "auth"),
    ("password", "auth"),
    ("token", "auth"),
    ("audit", "journal"),
];

fn none(words: &str, paths: &[String]) -> Failure {
    let failure = Failure::message(format!("no setting has `{words}` in its name, in its sentence or within it"));
    if let Some((_, meant)) = OTHER_WORDS.iter().find(|(word, _)| words.eq_ignore_ascii_case(word)) {
        return failure.help(format!("`hookgate settings {meant}` prints what is called so here"));
    }
    let names = paths.iter().flat_map(|path| path.split('.').chain([path.as_str()]));
    match did_you_mean(words, names) {
        Some(meant) => failure.help(format!("did you mean `{meant}`? `hookgate settings` prints all settings")),
        None => failure.help("`hookgate settings` prints all settings"),
    }
}
