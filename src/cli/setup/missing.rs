//! Explains a rules folder that holds no rules: `hookgate init` makes one, or a folder near it was meant.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Report, code};
use crate::rule::{Role, is_folder_for_rules};

/// Most folders that are looked into.
const LOOKED_INTO: usize = 200;
/// Most that are named.
const NAMED: usize = 3;

/// The report of a rules folder that cannot be loaded, with one sentence in its place where the folder itself is the mistake.
pub fn explained(report: Report, folder: &Path) -> Report {
    let is_without = report.findings.iter().any(|finding| finding.code == &code::NO_RULES);
    match finding(folder, is_without) {
        Some(finding) => {
            let mut only = Report::default();
            only.push(finding);
            // A file with another name than it should have may be why.
            only.findings.extend(report.findings.into_iter().filter(|finding| finding.code == &code::MISNAMED_FILE));
            only
        }
        None => report,
    }
}

fn finding(folder: &Path, is_without: bool) -> Option<Diagnostic> {
    let name = folder.display();
    if has_rules(folder) {
        return None;
    }
    if folder.join("gateway.yaml").is_file() {
        let rules = below(folder).into_iter().find(|inner| has_rules(inner))?;
        let message =
            format!("`{name}` holds a gateway.yaml and the rules folder `{}`, and no rules itself", short(&rules));
        let help = format!("write `--rules {}`, or run the command in `{name}` without `--rules`", plain(&rules));
        return Some(Diagnostic::nowhere(&code::NO_RULE_FILE, message).help(help));
    }
    let looked = folder.symlink_metadata();
    // What may not be looked at may be there: the report says so itself.
    let is_hidden = looked.as_ref().is_err_and(|error| error.kind() != ErrorKind::NotFound);
    let is_there = looked.is_ok();
    if is_hidden || is_there && !is_without {
        return None;
    }
    let message = match is_there {
        true => format!("there is no rule file in `{name}`"),
        false => format!("there is no rules folder `{name}`"),
    };
    let code = if is_there { &code::NO_RULES } else { &code::FILE_UNREADABLE };
    let mut finding = Diagnostic::nowhere(code, message);
    for near in near(folder).into_iter().take(NAMED) {
        finding = finding.help(near);
    }
    Some(finding.help("`hookgate init` writes rules to begin with, `hookgate init DIR` into another folder"))
}

/// Folders nearby that have rules, each as what to type.
fn near(folder: &Path) -> Vec<String> {
    let here = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for beside in below(here).into_iter().filter(|beside| beside != folder) {
        if has_rules(&beside) {
            found.push(format!("`{0}` has rules: `--rules {0}`", plain(&beside)));
        } else if beside.join("gateway.yaml").is_file() && below(&beside).iter().any(|inner| has_rules(inner)) {
            found.push(format!("`{0}` has a gateway.yaml and rules: `cd {0}`", plain(&beside)));
        }
    }
    found
}

/// The folders in a folder, in order.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_INTO);
    let folders = entries.filter(|entry| is_folder_for_rules(&entry.file_name())).map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Whether a file with rules stands right in the folder: one with the word `rules:` at the beginning of a line.
fn has_rules(folder: &Path) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_INTO).map(|entry| entry.path());
    let is_yaml =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(Role::of) == Some(Role::Yaml);
    let has_list = |path: PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().any(|line| line.trim_end() == "rules:" || line.starts_with("rules: ["))
    };
    files.filter(is_yaml).any(has_list)
}

fn short(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn plain(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
