//! Lists the files of the examples that have rules, for `hookgate init --example NAME`.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

/// The parts of an example that somebody begins with.
const PARTS: [&str; 3] = ["gateway.yaml", "requests", "rules"];

/// Writes `examples.rs` for the program: each example with its files, by their paths below it.
pub fn write() -> Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("examples");
    println!("cargo::rerun-if-changed=examples");
    let mut out = String::from("&[\n");
    for example in below(&root)?.into_iter().filter(|example| example.join("rules").is_dir()) {
        let mut files = Vec::new();
        PARTS.iter().try_for_each(|part| collect(&example.join(part), &mut files))?;
        let named = example.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(out, "    Example {{ name: {named:?}, files: &[");
        for file in files {
            let (name, file) = (file.strip_prefix(&example).unwrap_or(&file).to_string_lossy(), file.to_string_lossy());
            let _ = writeln!(out, "        ({name:?}, include_str!({file:?})),");
        }
        out += "    ] },\n";
    }
    out += "]\n";
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(folder.join("examples.rs"), out)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        below(path)?.iter().try_for_each(|inner| collect(inner, files))
    } else {
        files.extend(path.is_file().then(|| path.to_owned()));
        Ok(())
    }
}

fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let found: Result<Vec<PathBuf>> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let mut found = found?;
    found.sort();
    Ok(found)
}
