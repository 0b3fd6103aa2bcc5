//! `hookgate init`: writes a folder to begin with. It asks nothing and overwrites nothing.

use std::fs;
use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::{example, schema};
use crate::cli::exit::{Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The folder to write into; it is made if it is not there
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Write this example in place of the starter rules: hello, unique-mobile, cymmetri-api, joiner-leaver, or a recipe
    #[arg(long, value_name = "NAME")]
    pub example: Option<String>,
}

const SETTINGS: &str = "gateway.yaml";
const SETTINGS_SCHEMA: &str = ".gateway.schema.json";
const RULES_SCHEMA: &str = "rules/.schema.json";
const IGNORE: &str = ".gitignore";

/// What hookgate writes with these settings, and where secrets and keys are kept.
const IGNORED: &str = "\
# What hookgate writes while it runs: records, deliveries that wait, rules and tables in force.
/hookgate-journal.jsonl*
/hookgate-outbox.db*
/hookgate-table-*
/hookgate-rules-*
/hookgate-admin-*
# Secrets and keys.
/tls/
/secrets/
.env
*.key
*.pem
";

macro_rules! starter {
    ($($file:literal),*) => {
        /// The starter rules, by their paths below the folder.
        const STARTER: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../../", $file)))),*];
    };
}
starter!(
    "rules/validate.yaml",
    "rules/prepare.yaml",
    "rules/map.yaml",
    "rules/leave.yaml",
    "rules/notify.yaml",
    "rules/people.csv"
);

/// Every file that is written, by its path below the folder.
///
/// # Errors
/// When there is no example of this name.
fn files(named: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    let mut files = named.map_or_else(|| Ok(STARTER.iter().map(owned).collect()), example::files)?;
    if !files.iter().any(|(path, _)| path == SETTINGS) {
        files.insert(0, (SETTINGS.to_owned(), include_str!("../../../gateway.yaml").to_owned()));
    }
    for (path, text) in &mut files {
        if let Some(line) = editor_line(path).filter(|_| !text.starts_with("# yaml-language-server:")) {
            text.insert_str(0, &line);
        }
    }
    files.push((SETTINGS_SCHEMA.to_owned(), schema::text(true)));
    files.push((RULES_SCHEMA.to_owned(), schema::text(false)));
    Ok(files)
}

/// By which an editor finds the schema of a file.
fn editor_line(path: &str) -> Option<String> {
    let schema = match path.strip_prefix("rules/") {
        Some(below) if Path::new(below).extension().is_some_and(|extension| extension == "yaml") => {
            format!("{}.schema.json", "../".repeat(below.matches('/').count()))
        }
        None if path == SETTINGS => SETTINGS_SCHEMA.to_owned(),
        Some(_) | None => return None,
    };
    Some(format!("# yaml-language-server: $schema={schema}\n"))
}

/// Writes the folder.
///
/// # Errors
/// When a file is already there (nothing is written then) or cannot be written, when there is no such example, and when a
/// rules folder is named: it stands in the folder that is written.
pub fn run(args: &Args, rules: Option<&str>) -> Result<Output, Failure> {
    if let Some(rules) = rules {
        let message = "`init` takes no `--rules`: it writes the folder `rules` into the folder that you name";
        let help = format!(
            "write `hookgate init DIR`, and rename `DIR/rules` afterwards: `rules: {rules}` in its gateway.yaml says so"
        );
        return Err(Failure::message(message).help(help));
    }
    let files = files(args.example.as_deref())?;
    if let Some(path) = args.dir.ancestors().find(|path| path.exists()).filter(|path| !path.is_dir()) {
        let message = format!("`{}` is a file, and no folder can be made there", shown(path));
        return Err(Failure::message(message).help("name a new folder: `hookgate init my-rules`"));
    }
    let is_file = |name: &&str| args.dir.join(name).symlink_metadata().is_ok_and(|there| there.is_file());
    let parents = files.iter().filter_map(|(name, _)| name.split_once('/')).map(|(parent, _)| parent);
    if let Some(parent) = parents.into_iter().find(is_file) {
        let message =
            format!("`{}` is a file, and a folder of this name is to be written", shown(&args.dir.join(parent)));
        return Err(Failure::message(message).help("rename it, or name a new folder: `hookgate init my-rules`"));
    }
    let there = files.iter().map(|(name, _)| args.dir.join(name)).find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = there {
        let message = format!("`{}` is already there, and nothing was written", shown(&path));
        return Err(Failure::message(message).help("name a new folder: `hookgate init my-rules`"));
    }
    let mut stdout = String::new();
    for (place, (name, text)) in files.iter().enumerate() {
        let path = args.dir.join(name);
        if let Err(error) = write(&path, text) {
            // The file that could not be written whole goes too, unless somebody else has made it meanwhile.
            let own = files.iter().take(place + usize::from(error.kind() != ErrorKind::AlreadyExists));
            take_back(own.map(|(name, _)| args.dir.join(name)));
            return Err(unwritten(&path, &error));
        }
        stdout += &format!("wrote {}\n", shown(&path));
    }
    stdout += &ignore(&args.dir.join(IGNORE))?;
    let dir = shown(&args.dir);
    let enter = if dir == "." { String::new() } else { format!("  cd {}\n", typed(&dir)) };
    let tests = "  hookgate test      # runs the tests beside the rules\n";
    let serve = "  hookgate serve     # answers the platform's calls on 127.0.0.1:8080\n";
    Ok(Output::well(format!("{stdout}\nnext:\n{enter}{tests}{serve}")))
}

/// Half a folder would be taken for a whole one, and the next `init` refuses to write into it.
fn take_back(written: impl Iterator<Item = PathBuf>) {
    for path in written {
        // What cannot be removed either stays, and the next `init` names it.
        let _ = fs::remove_file(path);
    }
}

/// As a shell takes it for one word.
fn typed(dir: &str) -> String {
    let is_plain = dir.chars().all(|letter| letter.is_alphanumeric() || "/._-+~@%:,\\".contains(letter));
    if is_plain { dir.to_owned() } else { format!("'{}'", dir.replace('\'', r"'\''")) }
}

/// As a person types it: `rules/map.yaml` rather than `./rules/map.yaml`.
fn shown(path: &Path) -> String {
    let plain = path.strip_prefix(".").unwrap_or(path);
    if plain.as_os_str().is_empty() { ".".to_owned() } else { plain.display().to_string() }
}

/// Writes a file that is not there; what came there meanwhile stays.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::File::create_new(path)?.write_all(text.as_bytes())
}

/// Many a folder has such a file already, for which nothing is refused.
fn ignore(path: &Path) -> Result<String, Failure> {
    let Ok(there) = fs::read_to_string(path) else {
        write(path, IGNORED).map_err(|error| unwritten(path, &error))?;
        return Ok(format!("wrote {}\n", shown(path)));
    };
    let lines = IGNORED.lines().filter(|line| !line.starts_with('#'));
    let missing: Vec<&str> = lines.filter(|line| !there.lines().any(|known| known.trim() == *line)).collect();
    Ok(match missing.is_empty() {
        true => format!("left {} as it is\n", shown(path)),
        false => format!("left {} as it is; add these lines to it:\n  {}\n", shown(path), missing.join("\n  ")),
    })
}

fn unwritten(path: &Path, error: &Error) -> Failure {
    let failure = Failure::message(format!("cannot write `{}`: {error}", path.display()));
    failure.help("name a folder in which you may write, on a disk that has room: `hookgate init my-rules`")
}
