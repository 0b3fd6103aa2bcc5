//! `hookgate connect`: what to type into the platform's screen, and what "save & test" found, on a running gateway.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const JWT: &str = "auth: { jwt: { secrets: [\"${env:CYMMETRI_SECRET}\"], claims: { tenantId: as100 } } }\n";
const RULES: (&str, &str) = (
    "rules/a.yaml",
    "hook: validateUser\ncodes: { Not: Not here. }\nrules:\n  - { name: a, when: { user.city: X }, reject: Not }\n",
);

/// The screen for these settings, without a wait; and the code it ends with.
fn screen(settings: &str, words: &[&str]) -> (String, Option<i32>) {
    let dir = folder(&[("gateway.yaml", settings)]);
    let words = ["connect", "--wait", "0"].iter().chain(words).copied();
    let ended = Program::new(words).within(dir.path()).env("CYMMETRI_SECRET", SECRET).run();
    assert!(!ended.stdout.contains(SECRET) && !ended.stderr.contains(SECRET));
    (ended.stdout + &ended.stderr, ended.code)
}

#[test]
fn the_fields_of_the_screen_are_printed_in_the_platforms_words() {
    let tls = "tls: { certificate: a.pem, key: a.key }\nlisten: 192.0.2.4:8443\n";
    let (said, code) = screen(&format!("{JWT}{tls}"), &[]);
    let fields = "type into the platform's Webhooks Configuration:\n\n\
                  \x20 Server                https://192.0.2.4:8443\n\
                  \x20 Service context path  /webhook\n\
                  \x20 Secret                the value of CYMMETRI_SECRET\n\
                  \x20 Token expiry Minutes  1\n\n\
                  hooks that are answered:\n  test, preCreateUser, ";
    assert!(said.starts_with(fields), "{said}");
    assert_eq!((code, said.contains("wrong: ")), (Some(0), false), "{said}");
    let (said, _) = screen(&format!("{JWT}{tls}"), &["--server", "https://hooks.corp.example/"]);
    assert!(said.contains("  Server                https://hooks.corp.example\n"), "{said}");
    let (said, code) = screen(JWT, &["--server", "http://hooks.corp.example"]);
    assert!(said.contains("takes https alone") && code == Some(2), "{said}");
    let (said, code) = screen(JWT, &["--server", "https://hooks.corp.example/webhook"]);
    assert!(said.contains("the path belongs into Service context path") && code == Some(2), "{said}");
}

#[test]
fn what_is_wrong_with_the_settings_is_told_with_what_to_do() {
    let well = format!("{JWT}tls: {{ certificate: a.pem, key: a.key }}\nlisten: 0.0.0.0:8443\n");
    for (settings, message, help) in [
        (JWT.to_owned(), "speaks http with these settings", "`tls.certificate`"),
        (
            well.replace("0.0.0.0", "127.0.0.1"),
            "listens on 127.0.0.1:8443, which only this machine reaches",
            "0.0.0.0:8443",
        ),
        ("insecure: true\n".to_owned(), "no method under `auth` keeps anybody out", "CYMMETRI_SECRET"),
        (well.replace("CYMMETRI_SECRET", "NOT_SET"), "`NOT_SET` is not set", "openssl rand"),
        (well.replace("${env:CYMMETRI_SECRET}", "${file:rules/short}"), "cannot be read", "openssl rand"),
        (
            format!("{well}prefixes: [/acme, /globex]\n"),
            "`prefixes` has `/acme` and `/globex`",
            "meant for this tenant",
        ),
    ] {
        let (said, code) = screen(&settings, &[]);
        assert!(said.contains("\nwrong: ") && said.contains(message) && said.contains(help), "{settings}{said}");
        assert_eq!(code, Some(1));
    }
    let dir = folder(&[("gateway.yaml", JWT)]);
    let said =
        Program::new(["connect", "--wait", "0"]).within(dir.path()).env("CYMMETRI_SECRET", "short").run().expect(1);
    assert!(
        said.contains("the value of CYMMETRI_SECRET has fewer than 32 letters") && !said.contains("short"),
        "{said}"
    );
    // A proxy on this machine that ends TLS is a common set-up, and no mistake.
    let (said, code) = screen(&JWT.replace(" } }\n", " }, trusted_proxies: [127.0.0.1] }\n"), &[]);
    assert_eq!((code, said.contains("wrong: ")), (Some(0), false), "{said}");
}

/// `hookgate connect` while it waits; killed when dropped.
struct Waiting(Child, Arc<Mutex<String>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Waiting {
    fn start(dir: &std::path::Path, served: &Served, wait: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        command.args(["connect", "--wait", wait]).current_dir(dir).env("CYMMETRI_SECRET", SECRET);
        command.env("HOOKGATE_ADMIN_LISTEN", served.admin.to_string()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said: Arc<Mutex<String>> = Arc::default();
        let (keeping, stdout) = (Arc::clone(&said), BufReader::new(child.stdout.take().unwrap()));
        thread::spawn(move || {
            stdout.lines().map_while(Result::ok).for_each(|line| *keeping.lock().unwrap() += &(line + "\n"));
        });
        let waiting = Self(child, said);
        until("it waits", || waiting.said().contains("waiting for"));
        waiting
    }

    fn said(&self) -> String {
        self.1.lock().unwrap().clone()
    }

    fn says(&self, words: &str) {
        until(words, || self.said().contains(words));
    }

    fn ended(mut self) -> (Option<i32>, String) {
        let code = self.0.wait().unwrap().code();
        until("all is read", || Arc::strong_count(&self.1) == 1);
        (code, self.said())
    }
}

#[test]
fn each_call_of_save_and_test_is_told_until_one_is_accepted() {
    let dir = folder(&[("gateway.yaml", JWT), RULES]);
    let serve = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).env("CYMMETRI_SECRET", SECRET);
    let served = serve.serve();
    let send = |path: &str, words: &[&str]| {
        let to = format!("http://{}{path}", served.address);
        let words =
            ["send", "test", "--to", &to].iter().chain(words).map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Program::new(words.iter().map(String::as_str))
            .env("RIGHT", SECRET)
            .env("OTHER", &SECRET.replace('0', "1"))
            .run()
    };
    let right = ["--secret-env", "RIGHT", "--claim", "tenantId=as100"];
    // One that came before is none of those that are waited for.
    send("/webhook", &right).expect(0);
    let waiting = Waiting::start(dir.path(), &served, "60s");
    send("/webhook", &["--secret-env", "OTHER"]).expect(1);
    waiting.says("call of `test` from 127.0.0.1: refused with 401 Unauthorized\n  jwt: refused: the token is signed with another secret or key\n    help: type the same Secret");
    send("/webhook", &[]).expect(1);
    waiting.says("help: enter a Secret on the screen");
    send("/webhook", &["--secret-env", "RIGHT", "--claim", "tenantId=other"]).expect(1);
    waiting.says("refused with 403 Forbidden");
    waiting.says("`auth.jwt.claims` has its id misspelt");
    send("/webhook", &[&right[..], &["--expires", "-5m"]].concat()).expect(1);
    waiting.says("then raise Token expiry Minutes");
    send("/hooks", &right).expect(1);
    waiting.says("refused with 404 UnknownHook: there is no hook under `/hooks`\n  help: type `/webhook` or nothing as Service context path");
    send("/webhook", &right).expect(0);
    let (code, said) = waiting.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("accepted\n  jwt: accepted: the token is signed with a known key"), "{said}");
    assert!(said.ends_with("right for the platform's screen\n") && !said.contains(SECRET), "{said}");
    assert_eq!(said.matches("call of `test`").count(), 6, "{said}");
}

#[test]
fn at_the_end_of_the_wait_it_is_told_where_to_look() {
    let dir = folder(&[("gateway.yaml", JWT), RULES]);
    let served =
        Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).env("CYMMETRI_SECRET", SECRET).serve();
    let (code, said) = Waiting::start(dir.path(), &served, "1s").ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no call of \"save & test\" has come") && said.contains("a firewall between"), "{said}");
    assert!(said.contains("--secret '${env:CYMMETRI_SECRET}'"), "{said}");
    let waiting = Waiting::start(dir.path(), &served, "60s");
    served.stop();
    let (code, said) = waiting.ended();
    assert!(code == Some(1) && said.contains("no gateway listens at"), "{said}");
}

#[test]
fn where_no_gateway_runs_it_says_what_to_start() {
    let dir = folder(&[("gateway.yaml", "admin: { listen: \"127.0.0.1:1\" }\n")]);
    let said = Program::new(["connect"]).within(dir.path()).env("HOOKGATE_ADMIN_LISTEN", "").run().expect(1);
    assert!(said.contains("no gateway listens at 127.0.0.1:1 (`admin.listen`)\n  help: start one"), "{said}");
    assert!(said.contains("`hookgate serve`"), "{said}");
}

#[test]
fn the_admin_listener_tells_the_newest_calls_to_whoever_knows_the_token() {
    let dir = folder(&[("gateway.yaml", &format!("{JWT}admin: {{ token: \"${{env:ADMIN}}\" }}\n")), RULES]);
    let serve = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = serve.env("CYMMETRI_SECRET", SECRET).env("ADMIN", "a-long-token").serve();
    let to = format!("http://{}/webhook", served.address);
    for _ in 0..40 {
        Program::new(["send", "test", "--to", &to]).run().expect(1);
    }
    assert_eq!(served.ask("GET", "/callers", "").status, 401);
    assert_eq!(served.ask("POST", "/callers", "Authorization: Bearer a-long-token\r\n").status, 405);
    let told = served.ask("GET", "/callers", "Authorization: Bearer a-long-token\r\n");
    let told: Value = serde_json::from_str(&told.body).unwrap();
    let calls = told["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 32);
    let last = calls.last().unwrap();
    assert_eq!(
        (&last["hook"], &last["code"], &last["accepted"]),
        (&"test".into(), &"Unauthorized".into(), &false.into())
    );
    assert_eq!(last["methods"][0]["reason"], "authorization_missing");
    let wrong = Program::new(["connect", "--wait", "5s"]).within(dir.path()).env("CYMMETRI_SECRET", SECRET);
    let wrong = wrong.env("ADMIN", "another").env("HOOKGATE_ADMIN_LISTEN", &served.admin.to_string()).run();
    assert!(
        wrong.code == Some(2) && wrong.stderr.contains("the admin listener does not know this token"),
        "{}",
        wrong.stderr
    );
}

/// What `serve` takes for kept out is no fault here, and a secret counts with the white space at its ends.
#[test]
fn rows_for_all_prefixes_and_white_space_in_a_secret_are_seen() {
    let rows = "prefixes: [/acme]\nauth:\n  jwt: { secrets: [\"${env:OWN}\"], observe: true }\n  for: [{ prefixes: [/acme], \
                address: { allow: [192.0.2.7] } }]\n";
    let dir = folder(&[("gateway.yaml", rows)]);
    let said =
        |secret: &str| Program::new(["connect", "--wait", "0"]).within(dir.path()).env("OWN", secret).run().expect(1);
    assert!(!said(SECRET).contains("keeps anybody out"), "{}", said(SECRET));
    assert!(!said(SECRET).contains("white space"));
    for secret in [format!("{SECRET} "), format!(" {SECRET}"), format!("{SECRET}\t")] {
        assert!(said(&secret).contains("begins or ends with white space"), "{}", said(&secret));
        assert!(!said(&secret).contains(SECRET));
    }
}

#[test]
fn a_certificate_for_other_names_than_the_platform_calls_is_told() {
    let dir = folder(&[(
        "gateway.yaml",
        &format!("{JWT}tls: {{ certificate: certificate.pem, key: key.pem }}\nlisten: 0.0.0.0:8443\n"),
    )]);
    let within =
        |words: &[&str]| Program::new(words.iter().copied()).within(dir.path()).env("CYMMETRI_SECRET", SECRET).run();
    within(&[
        "cert",
        "--self-signed",
        "--name",
        "hooks.corp.example",
        "--name",
        "*.dmz.example",
        "--name",
        "192.0.2.4",
    ])
    .expect(0);
    let to = |server: &str| within(&["connect", "--wait", "0", "--server", server]);
    for right in
        ["https://hooks.corp.example", "https://HOOKS.corp.example:8443", "https://a.dmz.example", "https://192.0.2.4"]
    {
        let said = to(right).expect(0);
        assert!(!said.contains("wrong: "), "{right}: {said}");
    }
    for wrong in ["https://hooks.corp.test", "https://corp.example", "https://a.b.dmz.example", "https://192.0.2.5"] {
        let said = to(wrong).expect(1);
        let host = wrong.trim_start_matches("https://");
        let told = format!("is for hooks.corp.example, *.dmz.example, 192.0.2.4, and the platform would call `{host}`");
        assert!(said.contains(&told) && said.contains(&format!("--name {host}")), "{wrong}: {said}");
    }
}
