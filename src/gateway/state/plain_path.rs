//! Gives each path one spelling, so that the state of a rules folder is found however its path is written.

use std::path::{Component, Path, PathBuf};

/// A path from the root, the same for every spelling of it: no `.`, no `..`, nothing behind the last name. Links are not
/// resolved: a folder that a link is turned to at each deployment is the same folder.
pub fn plain_path(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(component),
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_path_is_one() {
        for spelling in ["/a/rules", "/a/rules/", "/a//rules", "/a/./rules/.", "/a/b/../rules", "/../a/rules"] {
            assert_eq!(plain_path(Path::new(spelling)), Path::new("/a/rules"), "{spelling}");
        }
        assert!(plain_path(Path::new("rules")).is_absolute());
    }
}
