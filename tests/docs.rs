//! What the documentation shows is true: its calls are made, its rules are loaded, its commands are run.

mod blocks;
mod calls;
mod commands;
mod examples;
mod first_hour;
mod languages;
mod links;
mod picture;
mod promises;
mod settings;
mod shape;

pub use languages::{DESTINATIONS, language, whole_rule_files};

use crate::support::program::root;
use crate::support::server;
use crate::support::server::{gateway_of_folder, settings};
use blocks::{blocks, page};
use calls::calls;
use hookgate::event::Hooks;

#[test]
fn the_calls_to_the_twelve_hooks_are_answered_as_it_is_written() {
    let server = server(&settings(), gateway_of_folder(&root().join("rules")));
    let mut called = calls("examples/curl.md", &server);
    called.sort();
    called.dedup();
    let mut hooks: Vec<_> = Hooks::standard().names().map(str::to_owned).collect();
    hooks.sort();
    assert_eq!(called, hooks);
}

#[test]
fn the_readme_has_the_two_commands_that_serve_and_test() {
    let readme = page("README.md");
    let commands: Vec<_> =
        blocks(&readme).into_iter().filter(|block| block.language == "sh").map(|block| block.text).collect();
    assert!(commands.contains(&"cargo run --release -- serve\n".to_owned()), "{commands:?}");
    assert!(commands.contains(&"cargo test\n".to_owned()), "{commands:?}");
}
