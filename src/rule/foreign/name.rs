//! Recognises files of the rules folder that are not read because of their names, and were probably meant to be.

use crate::diagnostic::{Diagnostic, code};
use crate::rule::source::{Role, Sources};

/// Endings of the files that are read.
const ENDINGS: [&str; 6] = [".yaml", ".yml", ".csv", ".json", ".xlsx", ".rhai"];
/// What stands behind such an ending where somebody switched a file off, or keeps a sample.
const ON_PURPOSE: [&str; 6] = ["off", "disabled", "example", "sample", "template", "dist"];

/// A warning for each file whose name is nearly one of a rule file or table. One that lies beside the file of the whole name
/// is a copy that an editor or a person keeps, and is left alone.
#[must_use]
pub fn unread(sources: &Sources) -> Vec<Diagnostic> {
    let is_read = |name: &str| sources.files.iter().any(|(_, file)| file.name.eq_ignore_ascii_case(name));
    let told = |path: &String| {
        let (folder, name) = path.rsplit_once('/').map_or(("", &**path), |(folder, name)| (folder, name));
        let meant = meant(name)?;
        let whole = if folder.is_empty() { meant.clone() } else { format!("{folder}/{meant}") };
        if is_read(&whole) {
            return None;
        }
        let message = format!("the file `{path}` is not read because of its name: its rules or rows are not in force");
        let help = format!(
            "rename it to `{meant}`; to keep it out on purpose, rename it to `{meant}.off`, or move it out of the folder"
        );
        Some(Diagnostic::nowhere(&code::MISNAMED_FILE, message).help(help).warning())
    };
    sources.others.iter().filter_map(told).collect()
}

/// The name that a file which is not read was probably meant to have.
fn meant(name: &str) -> Option<String> {
    // Programs keep such files beside one that is open.
    if name.starts_with(['.', '#']) || name.starts_with("~$") {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let meant = with_more(name, &lower).or_else(|| misspelt(name, &lower))?;
    Role::of(&meant).map(|_| meant)
}

/// `leavers.yaml.txt`, `leavers.yml~`, `leavers.yaml (2)`: something stands behind the ending.
fn with_more(name: &str, lower: &str) -> Option<String> {
    let end = ENDINGS.iter().filter_map(|ending| Some(lower.rfind(ending)? + ending.len())).max()?;
    let (whole, more) = (name.get(..end)?, lower.get(end..)?);
    let is_more = !more.starts_with(|letter: char| letter.is_alphanumeric());
    let is_on_purpose = more.split(|letter: char| !letter.is_alphanumeric()).any(|word| ON_PURPOSE.contains(&word));
    (is_more && !more.is_empty() && !is_on_purpose).then(|| whole.to_owned())
}

/// `leavers.yalm`, `leavers,yaml`: the ending is not written as it should be.
fn misspelt(name: &str, lower: &str) -> Option<String> {
    let at = lower.trim_end().rfind(|letter: char| !letter.is_alphanumeric())?;
    let sign = lower.get(at..)?.chars().next()?;
    let ending = lower.get(at + sign.len_utf8()..)?.trim_end();
    // Letters of `yaml`, and a digit as a second copy has: `.xml` and `.toml` are others.
    let letters = ending.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_near = letters.starts_with('y') && letters.len() > 1 && letters.chars().all(|one| "yaml".contains(one));
    let is_whole = sign == '.' || letters == "yaml" || letters == "yml";
    let stem = name.get(..at)?.trim_end();
    (is_near && is_whole && !stem.is_empty()).then(|| format!("{stem}.yaml"))
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn names_that_are_nearly_those_of_rule_files_are_told_with_the_name_that_was_meant() {
        for (name, whole) in [
            ("leavers.yaml.txt", "leavers.yaml"),
            ("leavers.yaml.bak", "leavers.yaml"),
            ("Leavers.YAML.TXT", "Leavers.YAML"),
            ("leavers.yml~", "leavers.yml"),
            ("leavers.yaml ", "leavers.yaml"),
            ("leavers.yaml.", "leavers.yaml"),
            ("leavers.yaml\u{a0}", "leavers.yaml"),
            ("leavers.yaml (2)", "leavers.yaml"),
            ("leavers.test.yaml.old", "leavers.test.yaml"),
            ("leavers.yaml-2026-01-31", "leavers.yaml"),
            ("people.csv.txt", "people.csv"),
            ("people.xlsx.bak", "people.xlsx"),
            ("own.rhai_old", "own.rhai"),
            ("leavers.yalm", "leavers.yaml"),
            ("leavers.ymal ", "leavers.yaml"),
            ("leavers.yaml2", "leavers.yaml"),
            ("leavers,yaml", "leavers.yaml"),
            ("leavers_yml", "leavers.yaml"),
        ] {
            assert_eq!(meant(name).as_deref(), Some(whole), "{name:?}");
        }
    }

    #[test]
    fn other_files_and_those_that_are_switched_off_are_left_alone() {
        for name in [
            "README.md",
            "notes.txt",
            "leavers.yaml.off",
            "leavers.yaml.disabled",
            "leavers.yaml.example",
            "leavers.off.yaml.off.txt",
            "people.xml",
            "settings.toml",
            "export.jsonl",
            "people.xls",
            "#leavers.yaml#",
            "~$people.xlsx",
            ".leavers.yaml.swp",
            "yaml",
            "",
        ] {
            assert_eq!(meant(name), None, "{name:?}");
        }
    }
}
