//! Progress of long commands: seen at a terminal, and nowhere else; what is piped has no control characters.

use std::net::TcpListener;

use crate::support::program::{Program, folder};

const TOLD: &str = "waiting for connections and destinations";

/// What `hookgate doctor` prints on both outputs while it waits a second for a service that never answers.
fn doctored(line: &str) -> String {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let settings =
        format!("connections: {{ hr: {{ http: \"http://{}\", allow: [127.0.0.1] }} }}\n", silent.local_addr().unwrap());
    let dir =
        folder(&[("gateway.yaml", &*settings), ("rules/a.yaml", "hook: test\nrules: [{ name: a, stop: true }]\n")]);
    let told = Program::shell(line).within(dir.path()).run().stdout;
    assert!(told.contains("no answer") && told.contains("hr"), "{told}");
    told
}

#[test]
fn a_long_command_tells_what_it_does_at_a_terminal_that_can_show_it() {
    let doctor = "hookgate doctor --timeout-ms 1500";
    assert!(doctored(&format!("TERM=xterm script -qec '{doctor}' /dev/null")).contains(TOLD));
    for quiet in [
        format!("TERM=dumb script -qec '{doctor}' /dev/null"),
        format!("TERM=xterm script -qec '{doctor} 2>/dev/null' /dev/null"),
        format!("TERM=xterm {doctor} 2>&1"),
    ] {
        assert!(!doctored(&quiet).contains(TOLD), "{quiet}");
    }
}

#[test]
fn what_is_piped_has_no_control_characters() {
    let dir = folder(&[(
        "rules/a.yaml",
        "hook: validateUser\nlet: { unused: 1 }\nrules: [{ name: a, when: { user.userTyp: Vendor }, stop: true }]\n\
         tests:\n  - { name: fails, request: { user: {} }, expect: { user: { grade: 7 } } }\n",
    )]);
    for words in [
        &["--help"][..],
        &["--version"],
        &["check"],
        &["chekc"],
        &["test", "--coverage"],
        &["docs"],
        &["dry-run", "validateUser", "--explain"],
        &["doctor"],
        &["explain", "H201"],
        &["schema"],
        &["man"],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["completions", "fish"],
    ] {
        let ended = Program::new(words.iter().copied()).env("TERM", "xterm-256color").within(dir.path()).run();
        let printed = ended.stdout + &ended.stderr;
        assert!(!printed.is_empty(), "{words:?}");
        let found = printed.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(found, None, "{words:?}: {printed:?}");
    }
}
