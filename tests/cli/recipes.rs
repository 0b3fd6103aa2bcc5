//! `hookgate recipes`: every recipe of the repository is there, is well, and is found by its words.

use std::fs;

use crate::support::program::{Program, folder, root};

/// The names of the folders in examples/recipes.
fn names() -> Vec<String> {
    let folders = fs::read_dir(root().join("examples/recipes")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = folders.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_recipe_is_well_and_its_tests_pass() {
    for name in names() {
        let recipe = root().join("examples/recipes").join(&name);
        let path = recipe.to_str().unwrap();
        let stdout = Program::new(["check", "--rules", path]).run().expect(0);
        assert!(stdout.starts_with("0 errors, 0 warnings"), "{name}: {stdout}");
        let stdout = Program::new(["test", path, "--coverage"]).run().expect(0);
        assert!(stdout.contains(", 0 failed, 0 could not be run"), "{name}: {stdout}");
        let held = stdout.lines().find_map(|line| line.strip_prefix("coverage: ")).unwrap();
        assert!(held.split(", ").next().unwrap().ends_with("rules held (100 %)"), "{name}: {held}");
    }
}

#[test]
fn every_recipe_of_the_repository_is_listed_with_a_sentence() {
    let stdout = Program::new(["recipes"]).run().expect(0);
    let mut listed: Vec<&str> = stdout.lines().filter_map(|line| line.split_once("  ")).map(|(name, _)| name).collect();
    listed.sort_unstable();
    assert_eq!(listed, names(), "a recipe is a folder and a line in src/cli/rules/recipes.rs");
    for line in stdout.lines().filter(|line| line.contains("  ")) {
        let (name, about) = line.split_once("  ").unwrap();
        let about = about.trim();
        assert!(about.ends_with('.') && about.len() > 20, "{name} says `{about}`");
    }
}

#[test]
fn what_is_printed_works_in_a_folder_of_its_own() {
    for name in names() {
        let stdout = Program::new(["recipes", &name]).run().expect(0);
        let mut files: Vec<(String, String)> = Vec::new();
        for line in stdout.lines() {
            let file = line.strip_prefix("# ").filter(|file| !file.contains(' '));
            match (file, files.last_mut()) {
                (Some(file), _) => files.push((file.to_owned(), String::new())),
                (None, Some((_, text))) => *text += &format!("{line}\n"),
                (None, None) => panic!("{name}: a line before the first file: {line}"),
            }
        }
        assert_eq!(files[0].0, format!("{name}.yaml"));
        let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (&**file, text.trim_end())).collect();
        let copied = folder(&files);
        let stdout = Program::new(["test", "."]).within(copied.path()).run().expect(0);
        assert!(stdout.contains(", 0 failed"), "{name}: {stdout}");
    }
}

#[test]
fn words_find_recipes_and_a_word_that_finds_none_says_so() {
    let print = |words: &[&str]| Program::new(std::iter::once("recipes").chain(words.iter().copied())).run();
    let vendor = print(&["vendor", "PARTNER"]).expect(0);
    assert!(vendor.starts_with("# vendor-needs-partner-and-end.yaml\n"), "{vendor}");
    let many = print(&["of"]).expect(0);
    assert!(!many.contains("rules:") && many.contains("`hookgate recipes NAME`"), "{many}");
    let text = print(&["unique-logins"]).refused(2);
    assert!(text.contains("no recipe has `unique-logins`") && text.contains("did you mean `unique-login`?"), "{text}");
}
