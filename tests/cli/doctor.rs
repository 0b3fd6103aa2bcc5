//! `hookgate doctor`: a line a connection, what to do, and how it ends.

use crate::support::program::{Program, folder};

const RULES: &str = "hook: test\nrules: [{ name: any, stop: true }]\n";

#[test]
fn without_connections_there_is_nothing_to_try() {
    let folder = folder(&[("gateway.yaml", "connections: {}\n"), ("rules/any.yaml", RULES)]);
    let told = Program::new(["doctor"]).within(folder.path()).run().expect(0);
    assert_eq!(told, "gateway.yaml has no connections\n");
}

#[test]
fn what_cannot_be_read_is_told_before_anything_is_tried() {
    let folder = folder(&[("gateway.yaml", "connections: { hr: {} }\n"), ("rules/any.yaml", RULES)]);
    let told = Program::new(["doctor"]).within(folder.path()).run().refused(2);
    assert!(told.contains("`hr` needs one address"), "{told}");
    let bearer = ["doctor", "--bearer", "missing.txt"];
    let told = Program::new(bearer).run().refused(2);
    assert!(told.contains("cannot read `missing.txt`"), "{told}");
    assert!(Program::new(["doctor", "--timeout-ms", "0"]).run().refused(2).contains("--timeout-ms"));
}

#[test]
fn rules_that_do_not_compile_are_told() {
    let folder = folder(&[("gateway.yaml", "connections: {}\n"), ("rules/any.yaml", "rules: [")]);
    let told = Program::new(["doctor"]).within(folder.path()).run().expect(1);
    assert!(told.starts_with("the rules in `rules` do not compile"), "{told}");
}

#[cfg(not(feature = "ldap"))]
#[test]
fn what_this_build_does_not_ask_is_told() {
    let settings = "connections: { ad: { ldap: \"ldaps://ad.example\" } }\n";
    let folder = folder(&[("gateway.yaml", settings), ("rules/any.yaml", RULES)]);
    let told = Program::new(["doctor"]).within(folder.path()).run().expect(1);
    assert!(told.contains("this build of hookgate does not ask directories"), "{told}");
    assert!(told.contains("help: build it with `--features ldap`"), "{told}");
    let told = Program::new(["serve"]).within(folder.path()).run().refused(78);
    assert!(told.contains("connection `ad` cannot be used: this build of hookgate does not ask directories"), "{told}");
}

#[cfg(feature = "ldap")]
mod directories {
    use std::net::TcpListener;

    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;
    use crate::support::directory::{Directory, Manner};

    /// A folder with these connections, of which rules ask `ad` twice.
    fn with(connections: &str) -> TempDir {
        let lookup = "{ ldap: ad, filter: \"(cn=${key})\", attributes: [cn], on_error: fail }";
        let rules = format!("lookups:\n  one: {lookup}\n  two: {lookup}\n{RULES}");
        folder(&[("gateway.yaml", &format!("connections:\n{connections}")), ("rules/any.yaml", &rules)])
    }

    fn row(name: &str, port: u16, more: &str) -> String {
        format!("  {name}: {{ ldap: \"ldap://127.0.0.1:{port}\", tls: off{more} }}\n")
    }

    fn as_json(folder: &TempDir, words: &[&str], code: i32) -> Vec<Value> {
        let words = ["doctor", "--format", "json"].into_iter().chain(words.iter().copied());
        let told = Program::new(words).within(folder.path()).run().expect(code);
        let read = |line: &str| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(millis) = line.get_mut("milliseconds") {
                assert!(millis.as_u64().unwrap() < 30_000, "{millis}");
                millis.take();
            }
            line
        };
        told.lines().map(read).collect()
    }

    #[test]
    fn each_connection_has_a_line_with_what_was_found_or_what_to_do() {
        let directory = Directory::new(|_| Manner::Answer);
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let login = ", bind: cn=hookgate, password: \"${env:DOCTOR_TEST_PASSWORD}\"";
        let connections =
            row("ad", directory.port, "") + &row("gone", nobody, "") + &row("named", directory.port, login);
        let folder = with(&connections);
        let told = Program::new(["doctor"]).within(folder.path()).run().expect(1);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 6, "{told}");
        assert!(lines[0].starts_with("ok      ad     ldap  ldap://127.0.0.1:"), "{told}");
        assert!(lines[0].ends_with("let in without a name without encryption; asked by 2 lookups"), "{told}");
        assert!(lines[1].starts_with("failed  gone   ldap  ldap://127.0.0.1:"), "{told}");
        assert!(lines[1].ends_with("nobody listens at this address; asked by no lookup"), "{told}");
        assert_eq!(lines[2], "        help: check host and port, and that it runs");
        assert!(lines[3].contains("the environment variable `DOCTOR_TEST_PASSWORD` is not set"), "{told}");
        assert_eq!(lines[5], "3 connections, 2 failed");

        let program = Program::new(["doctor"]).within(folder.path()).env("DOCTOR_TEST_PASSWORD", "s3cret");
        let told = program.run().expect(1);
        assert!(told.contains("logged in without encryption") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn json_has_an_object_a_connection_and_one_for_the_sum() {
        let directory = Directory::new(|_| Manner::Answer);
        let told = as_json(&with(&row("ad", directory.port, "")), &[], 0);
        assert_eq!(
            told,
            [
                json!({
                    "name": "ad", "kind": "ldap", "address": format!("ldap://127.0.0.1:{}", directory.port), "ok": true,
                    "milliseconds": null, "found": "let in without a name without encryption",
                    "trouble": null, "help": null, "lookups": 2,
                }),
                json!({ "connections": 1, "failed": 0, "rules_compile": true }),
            ]
        );
    }

    #[test]
    fn connections_that_hang_are_tried_at_once_and_given_up_at_the_limit() {
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = silent.local_addr().unwrap().port();
        let connections: String = ["ad", "b", "c", "d"].map(|name| row(name, port, "")).concat();
        let began = std::time::Instant::now();
        let told = as_json(&with(&connections), &["--timeout-ms", "1500"], 1);
        assert!(told[..4].iter().all(|line| line["trouble"] == "no answer in 1500 ms"), "{told:?}");
        // One after the other they would take six seconds.
        assert!(began.elapsed().as_millis() < 5_500, "{:?}", began.elapsed());
    }
}
