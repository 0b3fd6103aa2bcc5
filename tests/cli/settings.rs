//! `hookgate settings`: every setting with its value and where it comes from, and never a secret.

use hookgate::config;
use serde_json::Value;

use crate::support::program::{Program, folder};

const SECRET: &str = "Zq7canary9Xw";

fn program<'w>(dir: &tempfile::TempDir, words: impl IntoIterator<Item = &'w str>) -> Program {
    Program::new(words).within(dir.path())
}

/// All of them, by their paths.
fn listed(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'l>(listed: &'l [Value], path: &str) -> &'l Value {
    listed.iter().find(|one| one["setting"] == path).unwrap()
}

#[test]
fn each_setting_is_listed_with_its_value_and_its_origin() {
    let dir = folder(&[
        ("gateway.yaml", "workers: 3\nlimits:\n  wait_ms: 7\n  drain_ms: 8\nprefixes: [/hooks, \"\"]\n"),
        ("image.yaml", "listen: 0.0.0.0:8080\nworkers: 9\n"),
    ]);
    let words = ["settings", "--format", "json", "--rules", "house"];
    let printed = program(&dir, words)
        .env("HOOKGATE_LIMITS_DRAIN_MS", "9")
        .env("HOOKGATE_DEFAULTS", "image.yaml")
        .run()
        .expect(0);
    let listed = listed(&printed);
    let paths: Vec<&str> = listed.iter().map(|one| one["setting"].as_str().unwrap()).collect();
    assert_eq!(paths, config::leaves().iter().map(|leaf| leaf.path.clone()).collect::<Vec<_>>());
    for (path, value, from) in [
        ("workers", "3", "gateway.yaml:1"),
        ("limits.wait_ms", "7", "gateway.yaml:3"),
        ("limits.drain_ms", "9", "variable HOOKGATE_LIMITS_DRAIN_MS"),
        ("listen", "0.0.0.0:8080", "image.yaml:1"),
        ("rules", "house", "flag --rules"),
        ("prefixes", "[/hooks, \"\"]", "gateway.yaml:5"),
        ("time_zone", "UTC", "default"),
        ("auth.jwt", "null", "default"),
    ] {
        let one = of(&listed, path);
        assert_eq!((&one["value"], &one["from"]), (&value.into(), &from.into()), "{path}");
        assert_eq!(one["default"], from == "default");
    }
}

#[test]
fn what_takes_the_place_of_a_setting_is_told() {
    let written = "outbox:\n  postgres: { address: \"postgres://db.example/hookgate\" }\n";
    let dir = folder(&[("gateway.yaml", written)]);
    let printed = program(&dir, ["settings", "outbox.file"]).run().expect(0);
    assert!(printed.contains("default; `outbox.postgres` counts in its place"), "{printed}");
}

/// Whatever is a credential, or may be one, and wherever it is written.
#[test]
fn no_credential_is_shown_in_any_format() {
    let written = format!(
        "auth: {{ jwt: {{ secrets: [\"${{env:S}}\", {{ base64: \"${{file:s}}\", claims: {{ tenantId: acme }} }}] }}, \
         header: {{ name: X-Key, secrets: [\"${{env:K}}\"] }} }}\n\
         connections:\n  \
         hr: {{ sql: \"sqlite:hr.db\" }}\n  \
         token: {{ http: \"https://a.example/{SECRET}\", bearer: {SECRET} }}\n  \
         own: {{ http: \"https://a.example\", token: caller, headers: {{ name: {SECRET} }} }}\n  \
         ad: {{ http: \"https://b.example\", user: a, password: \"a-${{env:P}}-{SECRET}\" }}\n\
         destinations:\n  \
         chat: {{ slack: \"https://hooks.slack.com/services/{SECRET}\" }}\n  \
         itsm: {{ http: \"https://itsm.example/{SECRET}\", headers: {{ method: {SECRET} }}, signature: [\"${{env:SIGN}}\"] }}\n\
         traces: {{ headers: {{ user: {SECRET} }} }}\n"
    );
    let dir = folder(&[("gateway.yaml", &written)]);
    let variables = [("HOOKGATE_ADMIN_TOKEN", SECRET), ("HOOKGATE_OUTBOX_ENCRYPTION_KEY", "${env:OUTBOX}")];
    for format in ["text", "json", "yaml"] {
        let run = program(&dir, ["settings", "--format", format]);
        let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value)).run();
        let printed = run.clone().expect(0) + &run.stderr;
        assert!(!printed.contains(SECRET), "{printed}");
    }
    let run = variables
        .iter()
        .fold(program(&dir, ["settings", "--format", "json"]), |run, (name, value)| run.env(name, value));
    let listed = listed(&run.run().expect(0));
    for (path, value) in [
        ("admin.token", "\"(hidden)\""),
        ("outbox.encryption_key", "\"${env:OUTBOX}\""),
        ("auth.jwt", "{ secrets: [\"${env:S}\", { base64: \"${file:s}\", claims: { tenantId: acme } }] }"),
        ("auth.header", "{ name: X-Key, secrets: [\"${env:K}\"] }"),
        ("traces.headers", "{ user: \"(hidden)\" }"),
    ] {
        assert_eq!(of(&listed, path)["value"], value, "{path}");
    }
    let connections = of(&listed, "connections")["value"].as_str().unwrap();
    for part in ["https://a.example/…", "token: caller", "password: \"…${env:P}…\"", "name: \"(hidden)\""] {
        assert!(connections.contains(part), "{connections}");
    }
}

#[test]
fn words_narrow_the_list_and_a_misspelt_one_is_told() {
    let dir = folder(&[]);
    let printed = program(&dir, ["settings", "limits", "body"]).run().expect(0);
    let names: Vec<&str> =
        printed.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["limits.body_bytes", "limits.body_time_ms", "", "`--format"]);
    assert!(printed.contains("\n    largest body of a request, in bytes\n"), "{printed}");
    // What stands in a setting is found as the setting itself is, and said once.
    let printed = program(&dir, ["settings", "jwks"]).run().expect(0);
    assert!(printed.starts_with("auth.jwt ") && printed.contains("in it `jwks`: where the issuer"), "{printed}");
    let printed = program(&dir, ["settings", "destinations", "retry"]).run().expect(0);
    assert_eq!(printed.matches("in it `retry`").count(), 1, "{printed}");
    let stderr = program(&dir, ["settings", "limts"]).run().refused(2);
    assert!(stderr.contains("no setting has `limts`") && stderr.contains("did you mean `limits`?"), "{stderr}");
    let stderr = program(&dir, ["settings"]).env("HOOKGATE_LISTN", "1").run().refused(2);
    assert!(stderr.contains("did you mean `HOOKGATE_LISTEN`?"), "{stderr}");
}

#[test]
fn the_page_explains_each_setting_can_be_read_and_says_what_is_in_force() {
    let dir = folder(&[("gateway.yaml", "limits: { wait_ms: 7 }\n")]);
    let clean = |program: Program| {
        let unset = ["HOOKGATE_JOURNAL_FILE", "HOOKGATE_RELOAD_STATE", "HOOKGATE_ADMIN_LISTEN"];
        unset.iter().fold(program, |program, name| program.env(name, ""))
    };
    let page = clean(program(&dir, ["settings", "--format", "yaml"])).run().expect(0);
    let line = "  # in force: 7 (gateway.yaml:1)\n";
    assert!(page.contains(&format!("{line}  wait_ms: 200\n")), "{page}");
    assert_eq!(page.replace(line, ""), config::DEFAULTS);
    let part = clean(program(&dir, ["settings", "--format", "yaml", "wait_ms"])).run().expect(0);
    assert!(part.starts_with("# What one caller") && part.contains("limits:\n\n  # Longest time a request"), "{part}");
    assert_eq!(part.lines().filter(|line| !line.trim_start().starts_with('#')).count(), 3, "{part}");
}
