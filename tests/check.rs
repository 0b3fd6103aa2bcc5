//! Wrong files beside exactly what is printed about them. `UPDATE_EXPECTED=1 cargo test` writes what is printed now.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::server::tenant_of;
use hookgate::diagnostic::{File, Report};
use hookgate::engine::testing::case::Surroundings;
use hookgate::gateway::Live;
use hookgate::lint::{Allows, lint, prove};
use hookgate::rule::{Role, Sources, Tenant};

/// A tenant with a connection of each kind, and destinations.
fn tenant() -> Tenant {
    tenant_of(
        "connections:\n  api: { http: \"https://api.example\" }\n  hr: { sql: \"sqlite:hr.db\" }\n  \
         erp: { sql: \"postgres://erp.example/erp\" }\n  crm: { sql: \"mysql://crm.example/crm\" }\n  \
         ad: { ldap: \"ldaps://ad.example\", base: \"DC=corp,DC=example\" }\ndestinations:\n  \
         itsm: { http: \"https://itsm.example\" }\n  siem: { file: siem.jsonl }\n  \
         vault: { http: \"https://vault.example\", accepts: secrets }\n",
    )
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// A case: its name, and the files it consists of under the names that are printed.
struct Wrong {
    expected: PathBuf,
    files: Vec<(String, PathBuf)>,
}

/// A YAML file by itself, or a folder of several files.
fn cases() -> Vec<Wrong> {
    let mut cases = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            let mut files: Vec<PathBuf> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            files.retain(|file| file.file_name().unwrap() != "expected.txt");
            cases.push(Wrong { expected: path.join("expected.txt"), files: files.into_iter().map(named).collect() });
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            cases.push(Wrong { expected: path.with_extension("txt"), files: vec![named(path)] });
        }
    }
    cases
}

fn named(path: PathBuf) -> (String, PathBuf) {
    (path.file_name().unwrap().to_str().unwrap().to_owned(), path)
}

fn report(case: &Wrong) -> Report {
    let read = |(name, path): &(String, PathBuf)| {
        let text = fs::read_to_string(path).unwrap();
        (Role::of(name).unwrap(), Arc::new(File::new(name.clone(), text)))
    };
    let sources = Sources::from_files(Path::new("rules"), case.files.iter().map(read).collect());
    match Live::build(&sources, &tenant()) {
        Ok((live, mut report)) => {
            analyse(&live, &sources, &mut report);
            report
        }
        Err(report) => report,
    }
}

/// As `hookgate check` does.
fn analyse(live: &Live, sources: &Sources, report: &mut Report) {
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    let findings = lint(&live.rules).findings.into_iter();
    report.findings.extend(findings.filter_map(|finding| prove(&live.rules, finding, &live.tables, &surroundings)));
    let mut allows = Allows::read(sources, report);
    allows.silence(report);
    allows.warn_of_idle(report);
    report.sort();
}

#[test]
fn wrong_files_are_told_exactly_so() {
    let mut wrong = Vec::new();
    let mut codes = BTreeSet::new();
    for case in cases() {
        let report = report(&case);
        let printed = report.to_text(false);
        codes.extend(report.findings.iter().map(|finding| finding.code.id));
        assert!(!report.findings.is_empty(), "{} is not wrong", case.expected.display());
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&case.expected, &printed).unwrap();
        }
        let expected = fs::read_to_string(&case.expected).unwrap_or_default();
        if expected != printed {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- printed\n{printed}", case.expected.display()));
        }
    }
    println!("{} wrong files, {} codes", cases().len(), codes.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases().len() >= 40, "fewer than 40 kinds of mistake");
}

#[test]
fn every_finding_has_a_place_and_renders_for_programs() {
    for case in cases() {
        for finding in report(&case).findings {
            let json = finding.to_json();
            assert!(json["code"].as_str().unwrap().starts_with('H'));
            assert!(finding.to_github().starts_with("::"), "{}", finding.to_github());
            assert!(!finding.to_github().contains('\n'));
            if finding.code.id != "H110" {
                let place = finding.place.as_ref().unwrap_or_else(|| panic!("{} has no place", finding.message));
                assert!(place.span.end <= place.file.text.len() + 1, "{}", finding.message);
            }
        }
    }
}

/// A file cut off anywhere is refused or is a whole rule set; it never brings the loader down.
#[test]
fn a_file_truncated_at_every_byte_is_refused_or_whole() {
    let whole = "hook: preCreateUser\nrules:\n  - name: display-name\n    when:\n      user.firstName: { present: true }\n\
                 \x20   default:\n      user.displayName: \"${user.firstName} ${user.lastName}\"\n  - name: b\n    stop: true\n";
    for end in 0..whole.len() {
        let Some(text) = whole.get(..end) else { continue };
        let file = Arc::new(File::new("prepare.yaml".to_owned(), text.to_owned()));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        if let Ok((live, _)) = Live::build(&sources, &Tenant::standard()) {
            assert!(!live.rules.rules.is_empty());
        }
    }
}

/// Sparse files: what counts is that none is read whole.
#[test]
fn files_and_folders_beyond_their_limits_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let huge = fs::File::create(folder.path().join("huge.yaml")).unwrap();
    huge.set_len(100 << 20).unwrap();
    let report = Sources::read(folder.path()).unwrap_err();
    let finding = report.findings.first().unwrap();
    assert_eq!(finding.code.id, "H102");
    assert!(finding.message.contains("huge.yaml") && finding.message.contains("16 MiB"), "{}", finding.message);
}

#[test]
fn yaml_bombs_are_refused_at_once() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (name, of) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip("abcdefgh".chars()) {
        bomb += &format!("{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n");
    }
    let deep = format!("rules: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let deep_block: String = (0..2_000).map(|n| " ".repeat(n) + "a:\n").collect();
    for (text, code) in [(bomb, "H102"), (deep, "H103"), (deep_block, "H103")] {
        let file = Arc::new(File::new("bomb.yaml".to_owned(), text));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        let report = Live::build(&sources, &Tenant::standard()).unwrap_err();
        assert!(report.findings.iter().any(|finding| finding.code.id == code), "{}", report.to_text(false));
    }
}
