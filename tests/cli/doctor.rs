//! `hookgate doctor`: a line for each connection and destination, what to do, and how it ends.

use crate::support::program::{Program, folder};

const RULES: &str = "hook: test\nrules: [{ name: any, stop: true }]\n";

#[test]
fn without_connections_and_destinations_there_is_nothing_to_try() {
    let folder = folder(&[("gateway.yaml", "connections: {}\n"), ("rules/any.yaml", RULES)]);
    let told = Program::new(["doctor"]).within(folder.path()).run().expect(0);
    assert_eq!(
        told,
        "gateway.yaml has neither connections nor destinations, nor published keys, nor a collector of traces\n"
    );
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
fn a_folder_without_rules_is_told_as_such() {
    for files in [
        &[("gateway.yaml", "connections: {}\n")][..],
        &[("gateway.yaml", "connections: {}\n"), ("rules/people.csv", "a\n1\n")],
    ] {
        let folder = folder(files);
        let told = Program::new(["doctor"]).within(folder.path()).run().expect(1);
        assert!(told.starts_with("there are no rules in `rules`") && told.contains("hookgate init DIR"), "{told}");
        let told = Program::new(["check"]).within(folder.path()).run().expect(1);
        assert!(told.contains("hookgate init DIR"), "{told}");
    }
}

#[test]
fn rules_that_do_not_compile_are_told() {
    let folder = folder(&[("gateway.yaml", "connections: {}\n"), ("rules/any.yaml", "rules: [")]);
    let told = Program::new(["doctor"]).within(folder.path()).run().expect(1);
    assert!(told.starts_with("the rules in `rules` do not compile"), "{told}");
}

#[test]
fn a_console_that_the_settings_leave_out_is_noted_and_nothing_is_wrong() {
    let token = "token: a-token-that-is-long-enough";
    let run = |listen: &str, console: bool, format: &str| {
        let settings = format!("admin: {{ {token}, console: {console} }}\n");
        let folder = folder(&[("gateway.yaml", settings.as_str()), ("rules/any.yaml", RULES)]);
        let program = Program::new(["doctor", "--format", format]).within(folder.path());
        program.env("HOOKGATE_ADMIN_LISTEN", listen).run().expect(0)
    };
    let told = run("0.0.0.0:0", true, "text");
    assert!(told.starts_with("note    console  the console is off: other machines reach `admin.listen`"), "{told}");
    assert!(told.contains("nobody can log in\n        help: name people under `admin.login.users`"), "{told}");
    let told = run("0.0.0.0:0", true, "json");
    let line: serde_json::Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["name"], &line["kind"], &line["ok"]),
        (&"console".into(), &"note".into(), &true.into()),
        "{told}"
    );
    for (listen, console) in [("0.0.0.0:0", false), ("127.0.0.1:0", true), ("off", true)] {
        assert!(!run(listen, console, "text").contains("console"), "{listen} {console}");
    }
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

mod destinations {
    use std::io::Read as _;
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    const SIEM: &str = "{\"event\":\"before\"}\n";

    /// A receiver that lets anybody in; how many bytes each of its callers says, when they have gone.
    fn receiver(callers: usize) -> (u16, thread::JoinHandle<Vec<usize>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap()
        };
        (port, thread::spawn(move || (0..callers).map(|_| said()).collect()))
    }

    #[test]
    fn a_receiver_is_connected_to_and_told_nothing_and_files_are_left_as_they_are() {
        let (port, said) = receiver(2);
        let settings = format!(
            "outbox: {{ file: data/outbox.db }}\ndestinations:\n  itsm: {{ http: \"http://127.0.0.1:{port}/hook/s3cret\", allow: [127.0.0.1] }}\n  \
             chat: {{ slack: \"${{env:DOCTOR_TEST_CHAT}}\", allow: [127.0.0.1] }}\n  siem: {{ file: data/siem.jsonl }}\n  new: {{ file: data/new.jsonl }}\n"
        );
        let folder = folder(&[("gateway.yaml", &settings), ("data/siem.jsonl", SIEM), ("rules/any.yaml", RULES)]);
        let chat = format!("http://localhost:{port}/services/T0/s3cret");
        let told = Program::new(["doctor"]).within(folder.path()).env("DOCTOR_TEST_CHAT", &chat).run().expect(0);
        let line = |name: &str| told.lines().find(|line| line.contains(&format!("  {name} "))).unwrap_or_default();
        assert!(line("itsm").starts_with("ok "), "{told}");
        assert!(line("itsm").contains(&format!("destination  http://127.0.0.1:{port} ")), "{told}");
        assert!(line("itsm").ends_with("connected without encryption; nothing was sent"), "{told}");
        assert!(line("siem").ends_with("can be appended to; nothing was written"), "{told}");
        assert!(line("new").ends_with("not there yet; its folder can be written"), "{told}");
        assert!(line("outbox").contains("  outbox       data/outbox.db "), "{told}");
        assert!(line("outbox").ends_with("not there yet; its folder can be written"), "{told}");
        // A chat's address may not be written without encryption unless `tls: off` says so, and this one is local.
        assert!(
            line("chat").starts_with("ok ") && line("chat").contains(&format!("http://localhost:{port} ")),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
        assert!(told.ends_with("4 destinations and the outbox, 0 failed\n"), "{told}");
        assert_eq!(said.join().unwrap(), [0, 0]);
        assert_eq!(std::fs::read_to_string(folder.path().join("data/siem.jsonl")).unwrap(), SIEM);
        let left: Vec<_> = std::fs::read_dir(folder.path().join("data")).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn what_cannot_be_reached_or_written_is_told_with_what_to_do() {
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let settings = format!(
            "outbox: {{ file: nowhere/outbox.db }}\ndestinations:\n  gone: {{ http: \"http://127.0.0.1:{nobody}\", allow: [127.0.0.1] }}\n  \
             guarded: {{ http: \"http://127.0.0.1:{nobody}\" }}\n  named: {{ http: \"https://itsm.example\", bearer: \"${{env:DOCTOR_TEST_UNSET}}\" }}\n  \
             siem: {{ file: nowhere/siem.jsonl }}\n  odd: {{ http: \"${{env:DOCTOR_TEST_ODD}}\" }}\n"
        );
        let folder = folder(&[("gateway.yaml", &settings), ("rules/any.yaml", RULES)]);
        let told = Program::new(["doctor", "--format", "json"]).within(folder.path());
        let told = told.env("DOCTOR_TEST_ODD", "http://localhost.example/s3cret").run().expect(1);
        let lines: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let trouble = |number: usize, of: [&str; 2], wanted: &str| {
            let line = &lines[number];
            assert_eq!([line["name"].as_str().unwrap(), line["kind"].as_str().unwrap()], of);
            assert!(line["trouble"].as_str().unwrap().contains(wanted) && line["help"].is_string(), "{line}");
        };
        trouble(0, ["gone", "destination"], "no connection");
        trouble(1, ["guarded", "destination"], "private address");
        trouble(2, ["named", "destination"], "`DOCTOR_TEST_UNSET` is not set");
        trouble(3, ["siem", "destination"], "cannot be written");
        trouble(4, ["odd", "destination"], "does not begin with `https://`");
        trouble(5, ["outbox", "outbox"], "cannot be made");
        let sum = serde_json::json!({ "connections": 0, "destinations": 5, "issuers": 0, "collectors": 0, "failed": 6, "would_start": true, "rules_compile": true, "rules_found": true });
        assert_eq!(lines[6], sum);
        assert!(!folder.path().join("nowhere").exists());
    }

    #[test]
    fn a_receiver_that_hangs_or_speaks_something_else_is_no_secure_one() {
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = silent.local_addr().unwrap().port();
        let settings =
            format!("destinations: {{ itsm: {{ http: \"https://127.0.0.1:{port}\", allow: [127.0.0.1] }} }}\n");
        let folder = folder(&[("gateway.yaml", &settings), ("rules/any.yaml", RULES)]);
        let told = Program::new(["doctor", "--timeout-ms", "500"]).within(folder.path()).run().expect(1);
        assert!(told.starts_with("failed  itsm") && told.contains("no answer in 500 ms"), "{told}");
    }

    #[tokio::test]
    async fn the_store_is_written_beside_whoever_holds_it_and_nothing_stays() {
        use hookgate::outbox::{Embedded, Place, Store as _, Wanted};
        let settings = "outbox: { file: outbox.db }\ndestinations: { siem: { file: siem.jsonl, accepts: secrets } }\n";
        let folder = folder(&[("gateway.yaml", settings), ("rules/any.yaml", RULES)]);
        let file = folder.path().join("outbox.db");
        let store = Embedded::start(Place::File(file.clone())).unwrap();
        store.put(crate::support::outbox::new_deliveries("e", "asha", "siem", 1_000)).await.unwrap();
        let told = Program::new(["doctor"]).within(folder.path()).run().expect(0);
        let found = "written and synced; 1 waiting, 0 dead; rules may send no secrets";
        assert!(told.contains(found), "{told}");
        let told = Program::new(["doctor"]).env("HOOKGATE_OUTBOX_MEMORY_FOR_SECRETS", "true");
        let told = told.within(folder.path()).run().expect(0);
        assert!(told.contains("; bodies with secrets are kept in memory, and a stop loses them"), "{told}");
        let told = Program::new(["doctor"]).env("HOOKGATE_OUTBOX_ENCRYPTION_KEY", "${env:DOCTOR_TEST_KEY}");
        let told = told.env("DOCTOR_TEST_KEY", "c2hvcnQ=").within(folder.path()).run().expect(1);
        assert!(told.contains("`outbox.encryption_key` cannot be used: the key is not 32 bytes long"), "{told}");
        assert_eq!(store.find(Wanted::default()).await.unwrap().len(), 1);
        drop(store);
        let events = rusqlite::Connection::open(file).unwrap();
        assert_eq!(events.query_row("select count(*) from events", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
}

mod published_keys {
    use serde_json::json;
    use std::net::TcpListener;

    use super::*;
    use crate::auth::token::{RSA, rsa_jwk};
    use crate::support::issuer::Issuer;
    use crate::support::program::Ended;

    fn doctor(address: &str, words: &[&str]) -> Ended {
        let settings =
            format!("auth: {{ jwt: {{ jwks: {{ address: \"{address}\", allow: [127.0.0.1], tls: off }} }} }}\n");
        let folder = folder(&[("gateway.yaml", &settings), ("rules/any.yaml", RULES)]);
        Program::new(["doctor"].into_iter().chain(words.iter().copied())).within(folder.path()).run()
    }

    #[test]
    fn they_are_fetched_once_and_counted() {
        let issuer = Issuer::new(&[json!({ "kty": "oct", "kid": "secret", "k": "c2VjcmV0" }), rsa_jwk("a", &RSA)]);
        let address = format!("http://{}/keys", issuer.address);
        let told = doctor(&address, &[]).expect(0);
        assert!(told.starts_with(&format!("ok      auth.jwt  jwks  {address} ")), "{told}");
        let ending =
            "1 of 2 published keys can be used, fetched without encryption\nthe keys of `auth.jwt`, 0 failed\n";
        assert!(told.ends_with(ending), "{told}");
        assert_eq!(issuer.asked(), 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_do() {
        let issuer = Issuer::new(&[json!({ "kty": "oct", "kid": "secret", "k": "c2VjcmV0" })]);
        let address = format!("http://{}/keys", issuer.address);
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let failed = |address: &str, wanted: &str| {
            let told = doctor(address, &[]).expect(1);
            assert!(told.starts_with("failed  auth.jwt  jwks ") && told.contains(wanted), "{told}");
            assert!(told.contains("\n        help: "), "{told}");
            assert!(told.ends_with("the keys of `auth.jwt`, 1 failed\n"), "{told}");
        };
        failed(&address, "the answer has no key that is known here");
        issuer.publish(200, "<html>".to_owned());
        failed(&address, "the answer is not a set of keys");
        issuer.publish(404, String::new());
        failed(&address, "the answer has the status 404");
        failed(&format!("http://{nobody}/keys"), "no connection");
        failed("http://169.254.169.254/keys", "cannot be fetched");
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}/keys", silent.local_addr().unwrap());
        let told = doctor(&address, &["--timeout-ms", "300"]).expect(1);
        assert!(told.contains("no answer in 300 ms"), "{told}");
    }
}

#[cfg(feature = "full")]
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
    fn json_has_an_object_for_each_and_one_for_the_sum() {
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
                json!({ "would_start": true, "connections": 1, "destinations": 0, "issuers": 0, "collectors": 0, "failed": 0, "rules_compile": true, "rules_found": true }),
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
