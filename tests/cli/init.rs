//! `hookgate init` and `hookgate schema`: what is handed out works, and is what stands in the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::post;
use crate::support::program::{Program, folder, root};

/// Every file below a folder, by its path, with its text.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(inner) = open.pop() {
        for path in fs::read_dir(inner).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_init_writes_is_tested_checked_and_served() {
    let dir = folder(&[]);
    let stdout = Program::new(["init", "made/here"]).within(dir.path()).run().expect(0);
    let next = "\nnext:\n  cd made/here\n  hookgate test      # runs the tests beside the rules\n  hookgate serve ";
    assert!(stdout.starts_with("wrote made/here/gateway.yaml\n") && stdout.contains(next), "{stdout}");
    let made = dir.path().join("made/here");
    assert!(
        Program::new(["test"]).within(&made).run().expect(0).starts_with("56 passed, 0 failed, 0 could not be run")
    );
    assert!(Program::new(["check"]).within(&made).run().expect(0).starts_with("0 errors, 0 warnings"));
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(&made).serve();
    let taken = br#"{"request":{"user":{"login":"new.hire","mobile":"+91 98200 12345"}}}"#;
    let answer = post(served.address, "/webhook/validateUser", taken);
    assert_eq!(answer.body, r#"{"response":{"error":true,"message":"MobileAlreadyExist"}}"#);
}

#[test]
fn init_writes_into_this_folder_what_is_in_the_repository() {
    let dir = folder(&[]);
    let stdout = Program::new(["init"]).within(dir.path()).run().expect(0);
    assert!(stdout.contains("wrote rules/map.yaml\n") && !stdout.contains("cd "), "{stdout}");
    let mut written = files(dir.path());
    assert!(written.remove(".gitignore").is_some());
    let mut expected = files(&root().join("rules"));
    expected = expected.into_iter().map(|(name, text)| (format!("rules/{name}"), text)).collect();
    for name in ["gateway.yaml", ".gateway.schema.json"] {
        expected.insert(name.to_owned(), fs::read_to_string(root().join(name)).unwrap());
    }
    assert_eq!(written, expected);
}

/// Everything that hookgate itself writes there, and the certificate of a first try.
#[test]
fn what_hookgate_writes_and_secrets_stay_out_of_version_control() {
    let dir = folder(&[]);
    let program = |line: &str| Program::shell(line).within(dir.path());
    program("git init -q . && hookgate init && hookgate cert --self-signed --output tls && printf x > .env")
        .run()
        .expect(0);
    let before = program("git status --short --untracked-files=all").run().expect(0);
    assert!(before.contains("gateway.yaml") && !before.contains("tls/") && !before.contains(".env"), "{before}");
    let keeps = [("HOOKGATE_JOURNAL_FILE", "hookgate-journal.jsonl"), ("HOOKGATE_RELOAD_STATE", ".")];
    let sends = "{ siem: { file: hookgate-outbox.db-siem } }";
    let served = keeps
        .iter()
        .fold(Program::new(["serve", "--listen", "127.0.0.1:0"]), |all, (name, value)| all.env(name, value));
    let served = served.env("HOOKGATE_DESTINATIONS", sends).within(dir.path()).serve();
    let user = br#"{"request":{"user":{"login":"new.hire","mobile":"+91 98200 12345"}}}"#;
    post(served.address, "/webhook/validateUser", user);
    let running = program("git status --short --untracked-files=all").run().expect(0);
    assert_eq!(running, before);
    assert_eq!(served.stop().0, Some(0));
    assert_eq!(program("git status --short --untracked-files=all").run().expect(0), before);
    assert!(fs::read_dir(dir.path()).unwrap().count() > 6, "it has written files");
}

#[test]
fn init_never_overwrites_and_then_writes_nothing_at_all() {
    let dir = folder(&[("rules/notify.yaml", "mine\n")]);
    let stderr = Program::new(["init", "."]).within(dir.path()).run().refused(2);
    assert!(stderr.contains("rules/notify.yaml` is already there, and nothing was written"), "{stderr}");
    assert!(stderr.contains("help: name a new folder: `hookgate init my-rules`"), "{stderr}");
    assert_eq!(files(dir.path()).len(), 1);
    assert_eq!(fs::read_to_string(dir.path().join("rules/notify.yaml")).unwrap(), "mine\n");
}

/// A folder under version control has such a file most often.
#[test]
fn a_gitignore_that_is_there_stays_and_what_it_lacks_is_told() {
    let dir = folder(&[(".gitignore", "/tls/\n/own\n")]);
    let stdout = Program::new(["init"]).within(dir.path()).run().expect(0);
    assert!(
        stdout.contains("left .gitignore as it is; add these lines to it:\n  /hookgate-journal.jsonl*\n"),
        "{stdout}"
    );
    assert!(!stdout.contains("  /tls/\n"), "{stdout}");
    assert_eq!(fs::read_to_string(dir.path().join(".gitignore")).unwrap(), "/tls/\n/own\n");
}

#[test]
fn each_example_is_written_whole_names_its_schema_and_passes_its_tests() {
    let recipes = Program::new(["recipes"]).run().expect(0);
    let recipes = recipes.split_once("\n\n").unwrap().0.lines().map(|line| line.split(' ').next().unwrap().to_owned());
    let examples = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap());
    let examples = examples.filter(|entry| entry.path().join("rules").is_dir());
    let examples: Vec<String> = examples.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(examples.len() >= 4);
    for name in examples.iter().cloned().chain(recipes) {
        let dir = folder(&[]);
        Program::new(["init", "--example", &name]).within(dir.path()).run().expect(0);
        let passed = Program::new(["test"]).within(dir.path()).run().expect(0);
        assert!(passed.contains(" passed, 0 failed, 0 could not be run"), "{name}: {passed}");
        Program::new(["check"]).within(dir.path()).run().expect(0);
        let written = files(dir.path());
        assert!(written["gateway.yaml"].starts_with("# yaml-language-server: $schema=.gateway.schema.json\n"));
        assert!(!written["gateway.yaml"].contains("examples/"), "{name}");
        let is_rules = |path: &String| {
            let path = Path::new(path);
            path.starts_with("rules") && path.extension().is_some_and(|extension| extension == "yaml")
        };
        for (path, text) in written.iter().filter(|(path, _)| is_rules(path)) {
            let schema = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=");
            let schema = dir.path().join(path).parent().unwrap().join(schema.expect(path));
            assert!(schema.canonicalize().unwrap().ends_with("rules/.schema.json"), "{name}: {path}");
        }
    }
    for part in ["rules/mobile.yaml", "rules/people.csv", "requests/taken.json"] {
        let dir = folder(&[]);
        Program::new(["init", "--example", "unique-mobile"]).within(dir.path()).run().expect(0);
        assert!(dir.path().join(part).is_file(), "{part}");
    }
}

#[test]
fn an_unknown_example_is_told_with_those_that_exist() {
    let dir = folder(&[]);
    let stderr = Program::new(["init", "--example", "unique-mobil"]).within(dir.path()).run().refused(2);
    assert!(stderr.contains("did you mean `unique-mobile`?"), "{stderr}");
    assert!(stderr.contains("the examples are cymmetri-api, hello, joiner-leaver, unique-mobile"), "{stderr}");
    assert!(stderr.contains("`hookgate recipes`"), "{stderr}");
    assert_eq!(files(dir.path()).len(), 0);
    let help = Program::new(["init", "--help"]).run().expect(0);
    let help: Vec<&str> = help.split_whitespace().collect();
    let help = help.join(" ");
    assert!(help.contains("hello, unique-mobile, cymmetri-api, joiner-leaver"), "{help}");
}

#[test]
fn the_schemas_that_are_printed_are_those_of_the_repository() {
    for (words, name) in [(&["schema"][..], "rules/.schema.json"), (&["schema", "--settings"], ".gateway.schema.json")]
    {
        let printed = Program::new(words.iter().copied()).run().expect(0);
        assert_eq!(printed, fs::read_to_string(root().join(name)).unwrap(), "{name}");
    }
}

#[test]
fn a_rules_folder_is_refused_for_it_would_not_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let said = Program::new(["init", "--rules", "policies"]).within(dir.path()).run().refused(2);
    assert!(said.contains("`init` takes no `--rules`") && said.contains("rules: policies"), "{said}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
