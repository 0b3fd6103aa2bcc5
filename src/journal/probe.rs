//! Tests whether records could be written, without writing one.

use std::fs::{OpenOptions, remove_file};
use std::io;
use std::path::Path;

use super::trouble::Trouble;

/// What keeps records from being written to this file; none where they can be. Nothing is left behind.
#[must_use]
pub fn obstacle(file: &Path) -> Option<Trouble> {
    writable(file).err().map(|error| Trouble::writing(file, &error))
}

fn writable(file: &Path) -> io::Result<()> {
    match OpenOptions::new().append(true).open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened.map(drop),
    }
    // Not the file itself: who asks may be another user than the one who will write it.
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.try", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&name)?;
    remove_file(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_named_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.jsonl");
        assert_eq!(obstacle(&file), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let nowhere = folder.path().join("away/journal.jsonl");
        let help = obstacle(&nowhere).unwrap().help;
        let away = folder.path().join("away");
        assert_eq!(help, format!("make the folder `{}`, or let `journal.file` name another", away.display()));
        assert!(obstacle(folder.path()).is_some(), "a folder is no file");
    }
}
