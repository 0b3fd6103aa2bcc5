//! `hookgate test`: runs the test cases of the rule files.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};

use super::results::{Ran, Results};
use super::{coverage, results};
use crate::cli::exit::{Exit, Failure, Output, write_file};
use crate::cli::progress::Progress;
use crate::cli::setup::explained;
use crate::config::Settings;
use crate::engine::testing::case;
use crate::engine::testing::coverage::Coverage;
use crate::gateway::Live;
use crate::rule::{Case, Sources};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Rules folders or files with tests; left out: the rules folder
    pub paths: Vec<PathBuf>,
    /// Only tests whose name has this text in it
    #[arg(long)]
    pub filter: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// List what no test reached: rules, table rows, outcomes of conditions
    #[arg(long)]
    pub coverage: bool,
    /// Write what the tests reached to FILE, as a tracefile of lcov for editors and build servers
    #[arg(long, value_name = "FILE")]
    pub lcov: Option<PathBuf>,
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
pub fn run(args: &Args, config: Option<&Path>, settings: &Settings) -> Result<Output, Failure> {
    let began = Instant::now();
    let mut results = Results { config: config.map(Path::to_owned), ..Results::default() };
    let mut coverage = (args.coverage || args.lcov.is_some()).then(Coverage::default);
    if let Some(missing) = args.paths.iter().find(|path| !path.exists()) {
        return Err(Failure::message(format!("there is no file or folder `{}`", missing.display())));
    }
    let progress = Progress::begin("reading the rules");
    for (folder, only) in targets(&args.paths, &settings.gateway.rules) {
        let sources = Sources::read_within(&folder, &settings.gateway.follow, settings.tenant.memory_bytes);
        let live = sources.and_then(|found| Live::build(&found, &settings.tenant));
        let (live, _) = live.map_err(|report| Failure::rules(explained(report, &folder)))?;
        let wanted = Wanted { folder: &folder, only: only.as_deref(), filter: args.filter.as_deref() };
        run_folder(&live, &wanted, settings, &mut results.ran, coverage.as_mut(), &progress);
    }
    drop(progress);
    results.seconds = began.elapsed().as_secs_f64();
    if results.ran.is_empty() {
        let message = match &args.filter {
            Some(filter) => format!("no test has `{filter}` in its name"),
            None => "there is no test to run; write some under `tests:` or in a `*.test.yaml` file".to_owned(),
        };
        return Err(Failure::message(message));
    }
    if let (Some(file), Some(coverage)) = (&args.lcov, &coverage) {
        write_file(file, &coverage::to_lcov(coverage))?;
    }
    results.coverage = coverage.filter(|_| args.coverage);
    let stdout = match args.format {
        Format::Text => results::to_text(&results),
        Format::Json => results::to_json(&results),
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

/// Which tests of a rules folder are run.
struct Wanted<'w> {
    folder: &'w Path,
    /// A file or a folder in it.
    only: Option<&'w Path>,
    /// What the name must hold.
    filter: Option<&'w str>,
}

impl Wanted<'_> {
    fn has(&self, case: &Case) -> bool {
        let name = Path::new(&case.file.name);
        let is_there = self.only.is_none_or(|only| {
            name.starts_with(only) || self.folder.join(only.file_name().unwrap_or_default()) == name
        });
        is_there && self.filter.is_none_or(|filter| case.name.contains(filter))
    }
}

fn run_folder(
    live: &Live,
    wanted: &Wanted<'_>,
    settings: &Settings,
    ran: &mut Vec<Ran>,
    mut coverage: Option<&mut Coverage>,
    progress: &Progress,
) {
    let surroundings = settings.surroundings();
    coverage.iter_mut().for_each(|coverage| coverage.expect(&live.rules));
    let cases: Vec<&Case> = live.rules.cases.iter().filter(|case| wanted.has(case)).collect();
    progress.steps("running tests", cases.len());
    for case in cases {
        let result = case::run(&live.rules, case, &live.tables, &surroundings);
        coverage.iter_mut().for_each(|coverage| coverage.note(&live.rules, case.hook, &result.trace));
        progress.step();
        ran.push(Ran { case: case.clone(), result, folder: wanted.folder.to_owned() });
    }
}
