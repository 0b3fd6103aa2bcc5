//! Loads the layers of settings: defaults, those of an image, a file, the environment, flags; later ones win.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::Draft;
use super::layer;
use super::layer::{Flag, overridden, place};
use super::leaf::{PREFIX, variable};
use super::listed::{Layers, Listed};
use super::section::instance;
use super::settings::Settings;
use crate::diagnostic::{Diagnostic, File, Report, code};
use crate::rule::{decoded_file, why_no_text};

/// Every setting with its explanation, at its default.
pub const DEFAULTS: &str = include_str!("settings.yaml");

/// The file that is read when none is named.
const FILE_NAME: &str = "gateway.yaml";
/// Largest settings file that is read, in bytes.
const FILE_LIMIT_BYTES: u64 = 1 << 20;

/// The variables of this process that are meant for hookgate.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    let text = |os: &std::ffi::OsStr| os.to_string_lossy().into_owned();
    let all = std::env::vars_os().map(|(name, value)| (text(&name), text(&value)));
    all.filter(|(name, _)| name.starts_with(PREFIX)).collect()
}

/// Reads the settings. Without `file` it is the one that `HOOKGATE_CONFIG` names, else `gateway.yaml` in the working
/// directory if there is one. Below it lies the one that `HOOKGATE_DEFAULTS` names, if any: what an image sets, which
/// whatever is mounted over its gateway.yaml need not repeat. Variables of other names than `HOOKGATE_…` are left alone.
///
/// # Errors
/// Reports every mistake in the files, the environment and the flags.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Result<Settings, Report> {
    let (settings, report) = load_all(file, environment, flags);
    if report.has_errors() { Err(report) } else { Ok(settings) }
}

/// The same as far as it can be read: what is wrong stays as if it had not been written. For who must know where a gateway
/// is that runs, whatever has become of its settings since.
#[must_use]
pub fn load_as_far(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Settings {
    load_all(file, environment, flags).0
}

/// Every setting with its value and where that comes from; a setting with a mistake in it is listed as it is written.
///
/// # Errors
/// As [`load`].
pub fn list(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Result<Vec<Listed>, Report> {
    let mut environment: Vec<(String, String)> = environment.into_iter().collect();
    let mut report = Report::default();
    let files = files(file, &mut environment, &mut report);
    let layers = layers(files, environment, flags, &mut report);
    let listed = layers.list();
    decoded(layers, &mut report);
    if report.has_errors() { Err(report) } else { Ok(listed) }
}

/// The settings as far as they can be read, and what is wrong with them: all of it at once.
fn load_all(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> (Settings, Report) {
    let mut environment: Vec<(String, String)> = environment.into_iter().collect();
    let mut report = Report::default();
    let files = files(file, &mut environment, &mut report);
    let mut settings = decoded(layers(files, environment, flags, &mut report), &mut report);
    settings.instance = settings.instance.as_deref().and_then(instance::on_this_machine);
    (settings, report)
}

/// The files that settings are read from, as far as they can be read.
fn files(file: Option<&Path>, environment: &mut Vec<(String, String)>, report: &mut Report) -> Files {
    let mut read = |found: Result<Option<File>, Diagnostic>| {
        found.unwrap_or_else(|finding| {
            report.push(finding);
            None
        })
    };
    let below = read(below(environment));
    Files { below, file: read(found(file, environment)) }
}

/// The settings file, as an absolute path: the one that is named, or the one that is read when none is. It need not be there.
#[must_use]
pub fn file_of(named: Option<&Path>) -> PathBuf {
    let variable = std::env::var_os(format!("{PREFIX}CONFIG")).filter(|path| !path.is_empty()).map(PathBuf::from);
    let file = named.map(Path::to_owned).or(variable).unwrap_or_else(|| PathBuf::from(FILE_NAME));
    std::path::absolute(&file).unwrap_or(file)
}

/// The file below the settings file, if a variable names one.
fn below(environment: &mut Vec<(String, String)>) -> Result<Option<File>, Diagnostic> {
    let Some(path) = named("DEFAULTS", environment) else { return Ok(None) };
    let help = format!("the variable {PREFIX}DEFAULTS names it: correct the variable, or set it to nothing");
    read_file(Path::new(&path), &help).map(Some)
}

/// The settings file, if there is one.
fn found(file: Option<&Path>, environment: &mut Vec<(String, String)>) -> Result<Option<File>, Diagnostic> {
    let named = named("CONFIG", environment);
    let help =
        "name a settings file that can be read, such as `--config gateway.yaml`; `hookgate` has defaults without one";
    match file.or(named.as_deref().map(Path::new)) {
        Some(path) => read_file(path, help).map(Some),
        None if is_missing(Path::new(FILE_NAME)) => misnamed().map_or(Ok(None), Err),
        None => read_file(Path::new(FILE_NAME), help).map(Some),
    }
}

/// A file of this folder that was meant to be the settings file: without it hookgate would run with other settings than
/// its reader believes, and let everybody in.
fn misnamed() -> Option<Diagnostic> {
    let names = std::fs::read_dir(".").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_meant = |name: &String| {
        let lower = name.to_ascii_lowercase();
        let is_sample = ["example", "sample", "template", "dist"].iter().any(|word| lower.contains(word));
        lower == "gateway.yml" || lower.starts_with(FILE_NAME) && !is_sample
    };
    let name = names.filter(is_meant).min()?;
    let message = format!("`{name}` is not read: settings stand in `{FILE_NAME}`, and there is none here");
    let help = format!("rename it to `{FILE_NAME}`, name it by `--config {name}`, or move it out of this folder");
    Some(Diagnostic::nowhere(&code::FILE_UNREADABLE, message).help(help))
}

/// The file that a variable names, which is no setting and is taken out.
fn named(variable: &str, environment: &mut Vec<(String, String)>) -> Option<String> {
    let variable = format!("{PREFIX}{variable}");
    let at = environment.iter().position(|(name, _)| *name == variable)?;
    Some(environment.remove(at).1).filter(|path| !path.is_empty())
}

/// Puts a file, the environment and flags over the defaults; sees neither disk nor process.
///
/// # Errors
/// Reports every mistake in each of them.
pub fn read(
    file: Option<File>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Result<Settings, Report> {
    let mut report = Report::default();
    let settings = decoded(layers(Files { below: None, file }, environment, flags, &mut report), &mut report);
    if report.has_errors() { Err(report) } else { Ok(settings) }
}

/// The files that settings are read from, beside the program's own.
struct Files {
    below: Option<File>,
    file: Option<File>,
}

/// What somebody wrote, the program's own settings first.
fn layers(
    files: Files,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
    report: &mut Report,
) -> Layers {
    let mut of = |file: Option<File>| file.map(|file| layer::of_file(&Arc::new(file), report)).unwrap_or_default();
    let defaults = of(Some(File::new("gateway.yaml (default)".to_owned(), DEFAULTS.to_owned())));
    let (below, file) = (of(files.below), of(files.file));
    let environment = layer::of_environment(environment, report);
    Layers { defaults, below, file, environment, flags: layer::of_flags(flags, report) }
}

/// The settings as far as they can be read, and what is wrong with them.
fn decoded(layers: Layers, report: &mut Report) -> Settings {
    let Layers { defaults, below, file, environment, flags } = layers;
    let mut told = overridden(&environment, &file, |written| format!("{} of the environment", variable(&written.path)));
    told.extend(overridden(&file, &below, place));
    let mut draft = Draft::default();
    for setting in [defaults, below, file, environment, flags].iter().flatten() {
        draft.take(setting, report);
    }
    let settings = Settings { overridden: told, ..draft.finish(report) };
    report.sort();
    settings
}

/// A link that leads nowhere is no missing file: somebody meant one.
fn is_missing(path: &Path) -> bool {
    matches!(fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

fn read_file(path: &Path, help: &str) -> Result<File, Diagnostic> {
    let name = path.display().to_string();
    let fail = |why: String| {
        let finding = Diagnostic::nowhere(&code::FILE_UNREADABLE, format!("cannot read file `{name}`: {why}"));
        finding.help(help)
    };
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    opened.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        let message = format!("`{name}` is larger than {} MiB", FILE_LIMIT_BYTES >> 20);
        return Err(Diagnostic::nowhere(&code::FILE_TOO_LARGE, message).help("settings need a few kilobytes"));
    }
    let file = decoded_file(&name, bytes);
    match file.bytes.is_empty() {
        true => Ok(file),
        false => Err(fail(why_no_text(&file.bytes)).help("save the file as UTF-8 in your editor")),
    }
}
