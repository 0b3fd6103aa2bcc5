//! Where settings come from: defaults, a file, the environment, flags, each over the one before.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decode::Draft;
use super::keys::PREFIX;
use super::layer::{self, Flag};
use super::settings::Settings;
use crate::diagnostic::{Diagnostic, File, Report};
use crate::rule::code;

/// gateway.yaml as it is delivered: every setting with its explanation, at its default.
pub const DEFAULTS: &str = include_str!("../../gateway.yaml");

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
/// directory if there is one. Variables of other names than `HOOKGATE_…` are left alone.
///
/// # Errors
/// Reports every mistake in the file, the environment and the flags.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Result<Settings, Report> {
    let mut environment: Vec<(String, String)> = environment.into_iter().collect();
    match found(file, &mut environment) {
        Ok(file) => read(file, environment, flags),
        Err(finding) => {
            // What else is wrong is told at once with it.
            let mut report = read(None, environment, flags).err().unwrap_or_default();
            report.push(finding);
            report.sort();
            Err(report)
        }
    }
}

/// The same as far as it can be read: what is wrong stays as if it had not been written. For who must know where a gateway
/// is that runs, whatever has become of its settings since.
#[must_use]
pub fn load_as_far(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Settings {
    let mut environment: Vec<(String, String)> = environment.into_iter().collect();
    let file = found(file, &mut environment).unwrap_or_default();
    read_all(file, environment, flags).0
}

/// The settings file, as an absolute path: the one that is named, or the one that is read when none is. It need not be there.
#[must_use]
pub fn file_of(named: Option<&Path>) -> PathBuf {
    let variable = std::env::var_os(format!("{PREFIX}CONFIG")).filter(|path| !path.is_empty()).map(PathBuf::from);
    let file = named.map(Path::to_owned).or(variable).unwrap_or_else(|| PathBuf::from(FILE_NAME));
    std::path::absolute(&file).unwrap_or(file)
}

/// The settings file, if there is one; the variable that names it is no setting.
fn found(file: Option<&Path>, environment: &mut Vec<(String, String)>) -> Result<Option<File>, Diagnostic> {
    let variable = format!("{PREFIX}CONFIG");
    let named = environment.iter().position(|(name, _)| *name == variable).map(|at| environment.swap_remove(at).1);
    let named = named.filter(|path| !path.is_empty());
    match file.or(named.as_deref().map(Path::new)) {
        Some(path) => read_file(path).map(Some),
        None if is_missing(Path::new(FILE_NAME)) => Ok(None),
        None => read_file(Path::new(FILE_NAME)).map(Some),
    }
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
    let (settings, report) = read_all(file, environment, flags);
    if report.has_errors() { Err(report) } else { Ok(settings) }
}

/// The settings as far as they can be read, and what is wrong with them.
fn read_all(
    file: Option<File>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> (Settings, Report) {
    let mut report = Report::default();
    let defaults = File::new("gateway.yaml (default)".to_owned(), DEFAULTS.to_owned());
    let mut written = layer::of_file(&Arc::new(defaults), &mut report);
    if let Some(file) = file {
        written.extend(layer::of_file(&Arc::new(file), &mut report));
    }
    written.extend(layer::of_environment(environment, &mut report));
    written.extend(layer::of_flags(flags, &mut report));
    let mut draft = Draft::default();
    for setting in &written {
        draft.take(setting, &mut report);
    }
    let settings = draft.finish(&mut report);
    report.sort();
    (settings, report)
}

/// A link that leads nowhere is no missing file: somebody meant one.
fn is_missing(path: &Path) -> bool {
    matches!(fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

fn read_file(path: &Path) -> Result<File, Diagnostic> {
    let name = path.display().to_string();
    let fail = |why: String| {
        let finding = Diagnostic::nowhere(&code::FILE_UNREADABLE, format!("cannot read file `{name}`: {why}"));
        finding.help("name the settings file, for example `--config gateway.yaml`; `hookgate` has defaults without one")
    };
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    opened.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        let message = format!("`{name}` is larger than {} MiB", FILE_LIMIT_BYTES >> 20);
        return Err(Diagnostic::nowhere(&code::FILE_TOO_LARGE, message).help("settings need a few kilobytes"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(File::new(name, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(fail(format!("it is not UTF-8 text (byte {at})")).help("save the file as UTF-8 in your editor"))
        }
    }
}
