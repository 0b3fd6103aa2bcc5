//! `hookgate completions` and `hookgate man`: what the shell and the manual know of every command.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use clap::CommandFactory as _;
use hookgate::cli::Cli;

use crate::support::program::Program;

/// Every command, and those below them: `outbox`, `outbox-list`.
fn commands() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for command in Cli::command().get_subcommands() {
        names.insert(command.get_name().to_owned());
        names.extend(command.get_subcommands().map(|below| format!("{}-{}", command.get_name(), below.get_name())));
    }
    assert!(names.contains("outbox-list") && names.contains("man"), "{names:?}");
    names
}

/// Whether a program of this machine takes the text without complaint; true where there is no such program.
fn accepts(program: &str, words: &[&str], text: &str) -> bool {
    use std::io::Write as _;
    let child =
        Command::new(program).args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return true };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    println!("{}", String::from_utf8_lossy(&ended.stderr));
    ended.status.success() && ended.stderr.is_empty()
}

#[test]
fn every_shell_has_its_script_and_bash_can_read_it() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Program::new(["completions", shell]).run().expect(0);
        for word in commands().iter().flat_map(|name| name.split('-')).filter(|word| *word != "dry" && *word != "run") {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
        assert!(script.contains("dry-run") && script.contains("log-level"), "{shell}");
        assert!(!matches!(shell, "bash" | "zsh" | "fish") || accepts(shell, &["-n"], &script), "{shell}");
    }
    assert!(!accepts("bash", &["-n"], "case x in"), "what bash cannot read is noticed");
    assert!(Program::new(["completions", "tcsh"]).run().refused(2).contains("[possible values: bash"));
}

/// What bash proposes after these words.
fn proposed(words: &str) -> String {
    let ask = format!(
        "eval \"$(hookgate completions bash)\"; COMP_WORDS=({words} ''); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); \
         _hookgate hookgate '' x; echo \"${{COMPREPLY[@]}}\""
    );
    Program::shell(&format!("exec bash --norc -c '{}'", ask.replace('\'', r"'\''"))).run().expect(0)
}

#[test]
fn bash_proposes_commands_and_flags() {
    let first = proposed("hookgate");
    assert!(first.contains(" doctor ") && first.contains(" outbox "), "{first}");
    let below = proposed("hookgate outbox");
    assert!(below.contains(" list ") && below.contains(" redrive "), "{below}");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let words = ["man", "--output", pages.to_str().unwrap()];
    Program::new(words).run().expect(0);
    let written: BTreeSet<String> =
        fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut expected: BTreeSet<String> = commands().iter().map(|name| format!("hookgate-{name}.1")).collect();
    expected.insert("hookgate.1".to_owned());
    assert_eq!(written, expected);
    let text = |name: &str| fs::read_to_string(pages.join(name)).unwrap();
    assert_eq!(text("hookgate.1"), Program::new(["man"]).run().expect(0));
    assert!(text("hookgate-serve.1").contains("Address and port to listen on"));
    for name in &written {
        assert!(text(name).starts_with(".ie \\n(.g .ds Aq") && text(name).contains("\n.TH hookgate"), "{name}");
        assert!(accepts("groff", &["-man", "-Tutf8", "-wmac"], &text(name)), "{name}");
    }
    let before: Vec<String> = written.iter().map(|name| text(name)).collect();
    Program::new(words).run().expect(0);
    assert_eq!(before, written.iter().map(|name| text(name)).collect::<Vec<_>>(), "the same pages again");
}
