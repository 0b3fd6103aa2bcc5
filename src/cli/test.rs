//! `hookgate test`: runs the cases that stand beside the rules.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};

use crate::config::Settings;
use crate::engine::case::{self, Surroundings};
use crate::gateway::Live;
use crate::rule::{Case, Mode};

use super::exit::{Exit, Failure, Output};
use super::results::{self, Ran, Results};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Rules folders or files with tests; left out: the rules folder
    pub paths: Vec<PathBuf>,
    /// Only tests whose name has this text in it
    #[arg(long)]
    pub filter: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Name the rules that no test ever fired
    #[arg(long)]
    pub coverage: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Junit,
}

/// Runs the tests.
///
/// # Errors
/// When a rules folder does not compile, or there is no test to run.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let began = Instant::now();
    let mut results = Results::default();
    if let Some(missing) = args.paths.iter().find(|path| !path.exists()) {
        return Err(Failure::message(format!("there is no file or folder `{}`", missing.display())));
    }
    for (folder, only) in targets(&args.paths, &settings.gateway.rules) {
        let (live, _) = Live::read(&folder, &settings.hooks).map_err(Failure::rules)?;
        run_folder(&live, &folder, only.as_deref(), args, settings, &mut results);
    }
    results.seconds = began.elapsed().as_secs_f64();
    if results.ran.is_empty() {
        let message = match &args.filter {
            Some(filter) => format!("no test has `{filter}` in its name"),
            None => "there is no test to run; write some under `tests:` or in a `*.test.yaml` file".to_owned(),
        };
        return Err(Failure::message(message));
    }
    let stdout = match args.format {
        Format::Text => results::to_text(&results, args.coverage),
        Format::Json => results::to_json(&results, args.coverage),
        Format::Junit => results::to_junit(&results),
    };
    let all_passed = results.ran.iter().all(|ran| results::is_passed(&ran.result));
    Ok(Output { stdout, exit: if all_passed { Exit::Well } else { Exit::Found } })
}

/// The rules folders to load, each with the file or sub-folder whose tests are wanted.
fn targets(paths: &[PathBuf], rules: &Path) -> Vec<(PathBuf, Option<PathBuf>)> {
    if paths.is_empty() {
        return vec![(rules.to_owned(), None)];
    }
    let target = |path: &PathBuf| {
        if path == rules {
            (rules.to_owned(), None)
        } else if path.starts_with(rules) {
            // Part of the rules folder: its rules need the others.
            (rules.to_owned(), Some(path.clone()))
        } else if path.is_dir() {
            (path.clone(), None)
        } else {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")).to_owned(), Some(path.clone()))
        }
    };
    paths.iter().map(target).collect()
}

fn run_folder(
    live: &Live,
    folder: &Path,
    only: Option<&Path>,
    args: &Args,
    settings: &Settings,
    results: &mut Results,
) {
    let surroundings = Surroundings { now: jiff::Timestamp::now(), zone: settings.server.time_zone.clone() };
    let in_force = live.rules.rules.iter().filter(|rule| rule.mode != Mode::Off);
    results.rules.extend(in_force.map(|rule| (rule.name.clone(), rule.place().file_line())));
    let is_wanted = |case: &&Case| {
        let name = Path::new(&case.file.name);
        let is_there =
            only.is_none_or(|only| name.starts_with(only) || folder.join(only.file_name().unwrap_or_default()) == name);
        is_there && args.filter.as_ref().is_none_or(|filter| case.name.contains(filter.as_str()))
    };
    for case in live.rules.cases.iter().filter(is_wanted) {
        let result = case::run(&live.rules, case, &live.tables, &surroundings);
        results.held.extend(case::held(&result.trace).map(str::to_owned));
        results.ran.push(Ran { case: case.clone(), result, folder: folder.to_owned() });
    }
}
