//! Set-ups that are wrong in a newcomer's first hour: each message says what is wrong, and what to do.

use std::net::TcpListener;

use crate::support::program::{Ended, Program, folder};
use crate::support::receiver::{HttpReceiver, Reply};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const SETTINGS: &str = "auth: { jwt: { secrets: [\"${env:SECRET}\"], claims: { tenantId: as100 } } }\n";
const RULES: &str = "hook: validateUser\ncodes: { NotHere: Not here. }\nrules:\n  - { name: a, when: { user.city: X }, reject: NotHere }\n";

/// Words of a command, the code it ends with, what is wrong, and what to do.
type Row<'r> = (&'r [&'r str], i32, &'r str, &'r str);

/// Runs each in a folder with rules, settings, and two files that are no secret.
fn hold(rows: &[Row<'_>]) {
    let dir =
        folder(&[("gateway.yaml", SETTINGS), ("rules/a.yaml", RULES), ("misspelt.yaml", "lisen: 127.0.0.1:80\n")]);
    for (words, code, wrong, cure) in rows {
        let program = Program::new(words.iter().copied()).within(dir.path());
        let Ended { code: ended, stdout, stderr } =
            program.env("SECRET", SECRET).env("OTHER", &SECRET.replace('0', "1")).run();
        let said = format!("{stdout}{stderr}");
        assert_eq!(ended, Some(*code), "{words:?}: {said}");
        assert!(
            said.contains(wrong) && said.contains(cure),
            "{words:?} says\n{said}and neither `{wrong}` nor `{cure}`"
        );
        assert!(!said.contains(SECRET), "{said}");
    }
}

#[test]
fn what_cannot_be_begun_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    hold(&[
        (
            &["init", "/proc/rules"],
            2,
            "cannot write `/proc/rules/gateway.yaml`",
            "name a folder in which you may write",
        ),
        (
            &["init", "gateway.yaml/x"],
            2,
            "`gateway.yaml` is a file, and no folder can be made there",
            "name a new folder: `hookgate init my-rules`",
        ),
        (&["init"], 2, "`gateway.yaml` is already there, and nothing was written", "`hookgate init my-rules`"),
        (&["init", "x", "--example", "helo"], 2, "there is no example `helo`", "did you mean `hello`?"),
        (
            &["init", "x", "--example", "nothing like it"],
            2,
            "there is no example",
            "the examples are cymmetri-api, hello",
        ),
        (&["cert", "--self-signed", "--output", "/proc/x"], 2, "cannot write `/proc/x`", "`--output DIR`"),
        (
            &["check", "--rules", "nowhere"],
            1,
            "there is no rules folder `nowhere`",
            "`rules` has rules: `--rules rules`",
        ),
        (
            &["test", "--rules", "."],
            2,
            "`.` holds a gateway.yaml and the rules folder `rules`",
            "write `--rules rules`",
        ),
        (&["serve", "--config", "none.yaml"], 78, "cannot read file `none.yaml`", "`--config gateway.yaml`"),
        (&["serve", "--config", "misspelt.yaml"], 78, "gateway.yaml has no setting `lisen`", "did you mean `listen`?"),
        (&["serve", "--listen", &taken], 2, "another program does", "let `listen` name another port"),
        (&["serve", "--listen", "localhost:8080"], 78, "`listen` is an address and a port", "127.0.0.1:8080"),
    ]);
}

#[test]
fn settings_that_are_asked_for_by_a_wrong_name_say_what_to_do() {
    hold(&[
        (&["settings", "limts"], 2, "no setting has `limts`", "did you mean `limits`?"),
        (&["settings", "--config", "misspelt.yaml"], 2, "no setting `lisen`", "did you mean `listen`?"),
        (&["settings", "--config", "none.yaml"], 2, "cannot read file `none.yaml`", "`--config gateway.yaml`"),
        (&["doctor", "--config", "none.yaml"], 2, "cannot read file `none.yaml`", "`--config gateway.yaml`"),
        (&["doctor", "--rules", "nowhere"], 1, "there are no rules in `nowhere`", "`hookgate init"),
        (&["doctor", "--bearer", "none"], 2, "cannot read `none`", "correct the path"),
    ]);
}

#[test]
fn a_gateway_that_does_not_run_is_told_with_what_to_start() {
    let dir = folder(&[
        ("gateway.yaml", "listen: 127.0.0.1:1\nadmin: { listen: \"127.0.0.1:1\" }\n"),
        ("rules/a.yaml", RULES),
    ]);
    for (words, code) in [(&["reload"][..], 2), (&["connect"], 1), (&["send", "test"], 2)] {
        let ended = Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_ADMIN_LISTEN", "").run();
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code, Some(code), "{said}");
        assert!(said.contains("127.0.0.1:1") && said.contains("`hookgate serve`"), "{words:?}: {said}");
    }
}

#[test]
fn calls_that_do_not_come_through_say_what_to_do() {
    let dir = folder(&[("gateway.yaml", SETTINGS), ("rules/a.yaml", RULES)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).env("SECRET", SECRET).serve();
    let other = HttpReceiver::start(|_| Reply::Status(501, ""));
    let (right, plain) = (format!("http://{}/webhook", served.address), format!("https://{}", served.address));
    let elsewhere = format!("http://{}", other.address);
    let signed = ["--secret-env", "SECRET", "--claim", "tenantId=as100"];
    let send = |to: &'static [&'static str]| -> Vec<String> { to.iter().map(|word| (*word).to_owned()).collect() };
    let rows: [(Vec<String>, &str, i32, &str, &str); 9] = [
        (send(&["--secret-env", "OTHER"]), &right, 1, "the token is not accepted", "a wrong secret"),
        (
            send(&["--secret-env", "SECRET", "--claim", "tenantId=x"]),
            &right,
            1,
            "does not let them in",
            "another tenant",
        ),
        (
            signed.iter().map(|w| (*w).to_owned()).chain(send(&["--expires", "-5m"])).collect(),
            &right,
            1,
            "the token is not accepted",
            "expired",
        ),
        (vec![], &right, 1, "wants to know who calls", "`--secret-file`"),
        (send(&["--secret-env", "NOT_SET"]), &right, 2, "`NOT_SET` is not set", "`auth.jwt.secrets`"),
        (send(&["--secret-file", "none"]), &right, 2, "`none` cannot be read", "`auth.jwt.secrets`"),
        (vec![], &plain, 2, "InvalidContentType", "let `--to` begin with `http://`"),
        (vec![], &elsewhere, 1, "status 501", "check what runs at this address"),
        (vec![], "https://no-such-host.invalid", 2, "no connection", "correct the name in `--to`"),
    ];
    for (words, to, code, wrong, cure) in &rows {
        let words = ["send", "test", "--to", to].into_iter().chain(words.iter().map(String::as_str));
        let words: Vec<&str> = words.collect();
        hold(&[(&words, *code, wrong, cure)]);
    }
    hold(&[
        (&["send", "valdateUser"], 2, "there is no hook `valdateUser`", "did you mean `validateUser`?"),
        (&["send", "test", "none.json"], 2, "cannot read `none.json`", "leave it out for the hook's sample"),
    ]);
}

#[test]
fn a_self_signed_certificate_says_how_it_is_trusted() {
    let dir = folder(&[
        ("gateway.yaml", "tls: { certificate: tls/certificate.pem, key: tls/key.pem }\n"),
        ("rules/a.yaml", RULES),
    ]);
    Program::new(["cert", "--self-signed", "--output", "tls"]).within(dir.path()).run().expect(0);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    let listen = served.address.to_string();
    // Without `--to` it is the gateway of these settings.
    let send = |words: &[&str]| {
        let words = ["send", "test"].into_iter().chain(words.iter().copied());
        Program::new(words).within(dir.path()).env("HOOKGATE_LISTEN", &listen).run()
    };
    let said = send(&[]).refused(2);
    assert!(said.contains("certificate") && said.contains("`--ca FILE`"), "{said}");
    let said = send(&["--ca", "tls/certificate.pem"]).expect(0);
    assert!(said.contains(&format!("POST https://localhost:{}/webhook/test", served.address.port())), "{said}");
}

/// With the defaults in place of what somebody wrote, hookgate would let everybody in.
#[test]
fn a_settings_file_with_another_name_is_told_and_not_passed_over() {
    const RULES: &str = "hook: test\nrules: [{ name: a, stop: true }]\n";
    for name in ["gateway.yml", "gateway.yaml.txt", "Gateway.YAML", "gateway.yaml.bak"] {
        let folder = folder(&[(name, "insecure: true\n"), ("rules/a.yaml", RULES)]);
        for command in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"], &["doctor"]] {
            let ended = Program::new(command.iter().copied()).within(folder.path()).run();
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(said.contains(&format!("`{name}` is not read")), "{command:?} {said}");
            assert!(said.contains("rename it to `gateway.yaml`"), "{command:?} {said}");
        }
    }
    // One that is named is read, and samples and copies beside the settings file are left alone.
    let named = folder(&[("gateway.yml", "time_zone: UTC\n"), ("rules/a.yaml", RULES)]);
    Program::new(["check", "--config", "gateway.yml"]).within(named.path()).run().expect(0);
    let sample = folder(&[("gateway.yaml.example", "x"), ("rules/a.yaml", RULES)]);
    Program::new(["check"]).within(sample.path()).run().expect(0);
    let both = folder(&[("gateway.yaml", "time_zone: UTC\n"), ("gateway.yaml.bak", "x"), ("rules/a.yaml", RULES)]);
    Program::new(["check"]).within(both.path()).run().expect(0);
}
