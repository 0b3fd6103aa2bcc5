//! When there are colours: at a terminal that has them, unless somebody says otherwise; the same for the log and for commands.

use crate::support::program::{Program, folder};

/// A rule that is suspect, which `serve` logs as a warning and `check` shows.
const SUSPECT: &str = "hook: validateUser\nrules: [{ name: a, when: { user.userTyp: Vendor }, stop: true }]\n";

/// What a command prints, on both outputs, with these variables and no others.
fn printed(variables: &str, is_terminal: bool, command: &str) -> String {
    let dir = folder(&[("rules/a.yaml", SUSPECT)]);
    let line = match is_terminal {
        true => format!("exec env -i PATH=\"$PATH\" {variables} script -qec 'hookgate {command}' /dev/null"),
        false => format!("exec env -i PATH=\"$PATH\" {variables} hookgate {command} 2>&1"),
    };
    Program::shell(&line).within(dir.path()).run().stdout
}

#[test]
fn colours_are_for_terminals_and_for_who_asks_for_them() {
    let other = Program::new(["serve", "--listen", "127.0.0.1:0"]).serve();
    let serve = format!("serve --log-format text --listen {}", other.address);
    for (variables, is_terminal, has_colours) in [
        ("TERM=xterm", true, true),
        ("TERM=xterm NO_COLOR=1", true, false),
        ("TERM=xterm CLICOLOR=0", true, false),
        ("TERM=dumb", true, false),
        ("TERM=xterm", false, false),
        ("TERM=xterm CLICOLOR_FORCE=1", false, true),
        ("TERM=xterm NO_COLOR=1 CLICOLOR_FORCE=1", false, false),
    ] {
        for command in [&*serve, "check"] {
            let printed = printed(variables, is_terminal, command);
            assert!(printed.contains("userTyp"), "{printed}");
            let told = format!("{variables}, terminal: {is_terminal}, {command}: {printed:?}");
            assert_eq!(printed.contains('\u{1b}'), has_colours, "{told}");
        }
    }
    // Also what a command line is refused with.
    assert!(printed("TERM=xterm", true, "chekc").contains('\u{1b}'));
    assert!(!printed("TERM=xterm NO_COLOR=1", true, "chekc").contains('\u{1b}'));
}

#[test]
fn the_log_is_text_at_a_terminal_and_json_without_colours_otherwise() {
    let other = Program::new(["serve", "--listen", "127.0.0.1:0"]).serve();
    let serve = format!("serve --listen {}", other.address);
    assert!(printed("TERM=xterm NO_COLOR=1", true, &serve).contains(" WARN hookgate::"));
    let json = printed("TERM=xterm CLICOLOR_FORCE=1", false, &serve);
    let line: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "warn");
    assert!(!json.lines().next().unwrap().contains('\u{1b}'));
}
