//! gateway.yaml, the environment and flags: what they mean, and what is said when they are wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hookgate::config::{self, DEFAULTS, Flag, Settings};
use hookgate::diagnostic::{File, Report};
use hookgate::event::{Accepted, Kind, OnFailure};
use hookgate::outbox::StoreAt;
use hookgate::telemetry::Format;

use crate::schema::{rules_folders, settings_beside};
use crate::support::generated::is_fresh;
use crate::support::yaml::to_json;

/// gateway.yaml as it is handed out.
const DELIVERED: &str = include_str!("../gateway.yaml");

fn file(text: &str) -> File {
    File::new("gateway.yaml".to_owned(), text.to_owned())
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn from_file(text: &str) -> Result<Settings, Report> {
    config::read(Some(file(text)), [], &[])
}

fn from_environment(pairs: &[(&str, &str)]) -> Result<Settings, Report> {
    config::read(None, variables(pairs), &[])
}

/// The codes of all findings, in reading order.
fn ids(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code.id).collect()
}

/// One finding with its code, the words underlined, and all that is said.
#[track_caller]
fn only(result: Result<Settings, Report>) -> (&'static str, String, String) {
    let report = result.expect_err("a mistake");
    assert_eq!(report.findings.len(), 1, "{}", report.to_text(false));
    let finding = &report.findings[0];
    let place = finding.place.as_ref().expect("a place");
    let underlined = place.file.text[place.span.clone()].to_owned();
    (finding.code.id, underlined, format!("{} / {}", finding.message, finding.help.join(" / ")))
}

#[test]
fn delivered_file_says_what_the_rooms_have_by_themselves() {
    let read = from_file(DEFAULTS).expect("the delivered file is right");
    assert_eq!(format!("{read:#?}"), format!("{:#?}", Settings::default()));
    let none = config::read(None, [], &[]).expect("nothing is needed");
    assert_eq!(format!("{none:#?}"), format!("{:#?}", Settings::default()));
}

/// What `init` writes and the repository has says nothing but the defaults, and examples behind `#`.
#[test]
fn delivered_gateway_yaml_is_short_changes_nothing_and_its_examples_can_be_read() {
    assert!(DELIVERED.lines().count() <= 35);
    let read = from_file(DELIVERED).expect("the delivered file is right");
    assert_eq!(format!("{read:#?}"), format!("{:#?}", Settings::default()));
    let uncommented: Vec<&str> = DELIVERED
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') || rest.starts_with("  ")).unwrap_or(line)
        })
        .collect();
    let read = from_file(&uncommented.join("\n")).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert_eq!((read.server.listen.port(), read.server.auth.keeps_out()), (8080, true));
    assert!(read.server.tls.certificate.is_some());
}

#[test]
fn every_setting_is_explained_at_its_default() {
    let root: Vec<&str> = DEFAULTS.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    for leaf in config::leaves() {
        let key = leaf.path.rsplit('.').next().unwrap();
        let indent = "  ".repeat(leaf.path.matches('.').count());
        assert!(root.iter().any(|line| line.starts_with(&format!("{indent}{key}: "))), "{} is missing", leaf.path);
    }
}

/// A value other than the default, and how it shows in the settings.
const OTHERS: [(&str, &str, &str); 127] = [
    ("tls.certificate", "/etc/tls/other.crt", "certificate: Some(\"/etc/tls/other.crt\")"),
    ("tls.key", "/etc/tls/other.key", "key: Some(\"/etc/tls/other.key\")"),
    ("tls.client_ca", "/etc/tls/other.pem", "client_ca: Some(\"/etc/tls/other.pem\")"),
    ("tls.client_certificates", "required", "client_certificates: Required"),
    ("tls.min_version", "1.3", "min_version: V1_3"),
    ("tls.warn_days", "16", "warn_days: 16"),
    ("tls.poll_ms", "151", "poll_ms: 151"),
    ("listen", "[::1]:9000", "listen: [::1]:9000"),
    ("instance", "hooks-1", "instance: Some(\"hooks-1\")"),
    ("instance", "null", "instance: None"),
    ("insecure", "true", "insecure: true"),
    ("auth.require", "any", "require: Any"),
    ("auth.jwt", "{ secrets: [\"${env:SECRET}\"], claims: { tenantId: as100 } }", "name: \"tenantId\""),
    ("auth.bearer", "{ secrets: \"${env:SECRET}\" }", "bearer: Some("),
    ("auth.header", "{ name: X-Api-Key, secrets: [\"${env:SECRET}\"] }", "name: \"X-Api-Key\""),
    ("auth.certificate", "{ names: [cymmetri.example], observe: true }", "names: [\"cymmetri.example\"]"),
    ("auth.address", "{ allow: [10.0.0.0/8] }", "10.0.0.0/8"),
    ("auth.trusted_proxies", "[192.0.2.1]", "192.0.2.1/32"),
    ("auth.for", "[{ hooks: [policyMap], open: true }]", "whose: Hooks([\"policyMap\"])"),
    ("rules", "/etc/hookgate/rules", "rules: \"/etc/hookgate/rules\""),
    ("prefixes", "[/hooks]", "\"/hooks\""),
    ("time_zone", "Asia/Kolkata", "Asia/Kolkata"),
    ("admin.listen", "[::1]:9001", "listen: Some([::1]:9001)"),
    ("admin.listen", "off", "listen: None"),
    ("admin.token", "${env:ADMIN_TOKEN}", "Credential(${env:ADMIN_TOKEN})"),
    ("admin.unready_ms", "16", "unready_ms: 16"),
    ("admin.console", "false", "console: false"),
    ("admin.external_url", "https://gate.example:8081/", "external_url: Some(\"https://gate.example:8081\")"),
    ("admin.tls.certificate", "/etc/tls/admin.crt", "certificate: Some(\"/etc/tls/admin.crt\")"),
    ("admin.tls.key", "/etc/tls/admin.key", "key: Some(\"/etc/tls/admin.key\")"),
    ("admin.tls.min_version", "1.3", "min_version: V1_3"),
    ("admin.tls.warn_days", "17", "warn_days: 17"),
    ("admin.tls.poll_ms", "152", "poll_ms: 152"),
    (
        "admin.peers",
        "[{ name: second, address: \"http://10.1.2.3:8081\", tls: off, token: \"${env:OTHER}\" }]",
        "peers: [Peer { name: \"second\", address: \"http://10.1.2.3:8081\", token: Some(Credential(${env:OTHER})), ca: None }]",
    ),
    (
        "admin.login.users",
        "[{ name: asha, password_hash: \"${file:asha}\", rights: [look, act] }]",
        "rights: Rights { look: true, people: false, act: true }",
    ),
    (
        "admin.login.users",
        "[{ name: asha, password_hash: \"$argon2id$x\", rights: look }]",
        "password_hash: Credential(…)",
    ),
    (
        "admin.login.oidc",
        "{ issuer: \"https://id.example/\", client_id: hookgate, client_secret: \"${env:S}\", claim: groups, rights: { admins: [look] } }",
        "issuer: \"https://id.example/\"",
    ),
    ("admin.login.session_minutes", "61", "session_minutes: 61"),
    ("admin.login.idle_minutes", "16", "idle_minutes: 16"),
    ("workers", "3", "workers: 3"),
    ("limits.head_bytes", "2000", "head_limit_bytes: 2000"),
    ("limits.heads_bytes", "2097152", "heads_limit_bytes: 2097152"),
    ("limits.headers", "9", "header_limit: 9"),
    ("limits.bodies_bytes", "2000000", "bodies_limit_bytes: 2000000"),
    ("limits.json_keys", "101", "member_limit: 101"),
    ("limits.connections_per_address", "5", "address_connection_limit: Some(5)"),
    ("limits.requests_at_once_per_hook", "6", "hook_request_limit: 6"),
    ("limits.wait_ms", "7", "wait_limit_ms: 7"),
    (
        "limits.per_caller",
        "{ per_second: 8 }",
        "per_caller: Some(PerCaller { per_second: 8, burst: 8, callers: 10000 })",
    ),
    ("limits.script_ms", "9", "milliseconds: 9"),
    ("limits.script_operations", "110", "operations: 110"),
    ("limits.body_bytes", "2048", "body_limit_bytes: 2048"),
    ("limits.json_depth", "7", "depth_limit: 7"),
    ("limits.body_time_ms", "101", "body_time_limit_ms: 101"),
    ("limits.head_time_ms", "102", "head_time_limit_ms: 102"),
    ("limits.keep_alive_ms", "0", "keep_alive_ms: 0"),
    ("limits.connections", "11", "connection_limit: 11"),
    ("limits.requests_at_once", "12", "request_limit: 12"),
    ("limits.drain_ms", "13", "drain_limit_ms: 13"),
    ("reload.quiet_ms", "14", "quiet_ms: 14"),
    ("reload.poll_ms", "150", "poll_ms: 150"),
    ("reload.memory_bytes", "8388609", "memory_bytes: 8388609"),
    ("reload.shrink", "35%", "shrink: Percent(35)"),
    ("reload.shrink", "any", "shrink: Any"),
    ("reload.state", "/var/lib/hookgate", "state: Folder(\"/var/lib/hookgate\")"),
    ("reload.state", "off", "state: Nowhere"),
    ("reload.keep", "7", "keep: 7"),
    ("reload.watch", "false", "is_watching: false"),
    ("reload.follow", "[/srv/export, tables]", "follow: [\"/srv/export\", \"tables\"]"),
    ("fields", "{ costCentre: text, shift: [day, night] }", "\"shift\": OneOf([\"day\", \"night\"])"),
    ("settings", "{ company: Acme, offices: [Pune, Goa] }", "\"company\": Text(\"Acme\")"),
    ("fields", "{ costCentre: date }", "\"costCentre\": Date"),
    ("fields", "{ onCall: true_false }", "\"onCall\": TrueFalse"),
    ("log.level", "warn,hookgate::gateway=trace", "written: \"warn,hookgate::gateway=trace\""),
    ("log.format", "json", "format: Json"),
    ("log.buffer_bytes", "65537", "buffer_bytes: 65537"),
    ("log.person", "plain", "person: Plain"),
    ("log.person", "off", "person: Off"),
    ("traces.collector", "https://collector.example:4318", "collector: Some(\"https://collector.example:4318\")"),
    ("traces.headers", "{ X-Scope: \"${env:SCOPE}\" }", "Credential(${env:SCOPE})"),
    ("traces.ca", "/etc/tls/collector.pem", "ca: Some(\"/etc/tls/collector.pem\")"),
    ("traces.sample_percent", "12", "sample_percent: 12"),
    ("traces.service", "hooks-eu", "service: \"hooks-eu\""),
    ("traces.timeout_ms", "101", "timeout_ms: 101"),
    ("accepted", "error_false", "accepted: ErrorFalse"),
    ("on_failure.validate", "{ reject: NotNow }", "on_failure: Reject(\"NotNow\")"),
    ("on_failure.validate", "undecided", "on_failure: Undecided"),
    ("on_failure.transform", "unavailable", "on_failure: Unavailable"),
    ("on_failure.map", "unavailable", "on_failure: Unavailable"),
    ("on_failure.decide", "unavailable", "on_failure: Unavailable"),
    ("on_failure.notify", "unavailable", "on_failure: Unavailable"),
    ("on_failure.probe", "unavailable", "on_failure: Unavailable"),
    ("lookups.budget_ms", "1999", "budget: 1.999s"),
    ("secrets", "[attr.PAN, taxNumber]", "keys: [\"taxNumber\"]"),
    ("lookups.rounds", "3", "round_limit: 3"),
    ("connections", "{ hr: { sql: \"sqlite:hr.db\" } }", "\"hr\": Sql"),
    ("outbox.name", "tenant-7", "name: \"tenant-7\""),
    ("outbox.file", "/var/lib/hookgate/outbox.db", "store: File(\"/var/lib/hookgate/outbox.db\")"),
    (
        "outbox.postgres",
        "{ address: \"postgres://db.example/hookgate\" }",
        "address: \"postgres://db.example/hookgate\"",
    ),
    ("dates.order", "mdy", "order: MonthFirst"),
    ("dates.two_digit_years", "1950", "two_digit_years: Some(1950)"),
    ("dates.weekend", "[fri, sat]", "is_free: [false, false, false, false, true, true, false]"),
    ("dates.holidays", "[2026-01-26]", "written: [\"2026-01-26\"]"),
    ("outbox.window_ms", "1999", "window_ms: 1999"),
    ("outbox.mode", "640", "mode: Mode(640)"),
    ("journal.mode", "0660", "mode: Mode(660)"),
    ("journal.file", "/var/log/hookgate.jsonl", "file: Some(\"/var/log/hookgate.jsonl\")"),
    ("journal.file", "null", "file: None"),
    ("journal.key", "${env:JOURNAL_KEY}", "keys: [Credential(${env:JOURNAL_KEY})]"),
    ("journal.total_bytes", "8388608", "total_bytes: 8388608"),
    ("journal.spare_bytes", "0", "spare_bytes: 0"),
    ("journal.show_facts", "false", "shows_facts: false"),
    ("journal.durable", "true", "is_durable: true"),
    ("journal.queue_records", "16", "queue_limit_records: 16"),
    ("journal.queue_bytes", "2097152", "queue_limit_bytes: 2097152"),
    ("journal.rotate_bytes", "1024", "rotate_bytes: 1024"),
    ("journal.rotate_hours", "17", "rotate_hours: 17"),
    ("journal.keep_files", "18", "keep_files: 18"),
    ("outbox.stop_ms", "15", "stop_limit_ms: 15"),
    ("outbox.encryption_key", "${env:OUTBOX_KEY}", "encryption_keys: [Credential(${env:OUTBOX_KEY})]"),
    (
        "outbox.encryption_key",
        "[\"${env:NEW_KEY}\", \"${file:old.key}\"]",
        "encryption_keys: [Credential(${env:NEW_KEY}), Credential(${file:old.key})]",
    ),
    ("outbox.memory_for_secrets", "true", "memory_for_secrets: true"),
    ("destinations", "{ siem: { file: siem.jsonl } }", "name: \"siem\""),
    ("destinations", "{ itsm: { http: \"https://itsm.example\", retry: { age_ms: 60000 } } }", "age: 60s"),
    ("hooks", "{ appUpdated: { kind: notify } }", "\"appUpdated\""),
    ("hooks", "{ test: { paths: ping } }", "\"ping\""),
    ("hooks", "{ policyMap: { requests_at_once: 31 } }", "request_limit: Some(31)"),
];

/// Settings that make sense together alone.
const TOGETHER: [(&str, &str, &str); 7] = [
    ("tls.", "HOOKGATE_TLS_CERTIFICATE", "a.crt"),
    ("tls.", "HOOKGATE_TLS_KEY", "a.key"),
    ("tls.", "HOOKGATE_TLS_CLIENT_CA", "ca.pem"),
    ("tls.", "HOOKGATE_TLS_CLIENT_CERTIFICATES", "optional"),
    ("admin.tls.", "HOOKGATE_ADMIN_TLS_CERTIFICATE", "a.crt"),
    ("admin.tls.", "HOOKGATE_ADMIN_TLS_KEY", "a.key"),
    ("admin.login.oidc", "HOOKGATE_ADMIN_EXTERNAL_URL", "https://gate.example"),
];

#[test]
fn every_setting_can_be_set_by_the_environment() {
    let usual = format!("{:?}", Settings::default());
    for leaf in config::leaves() {
        let others: Vec<_> = OTHERS.iter().filter(|(path, ..)| *path == leaf.path).collect();
        assert!(!others.is_empty(), "no value is tried for {}", leaf.path);
        for (_, value, shown) in others {
            let variable = leaf.variable();
            let is_beside = |(of, name, _): &&(&str, &str, &str)| *name != variable && leaf.path.starts_with(of);
            let beside = TOGETHER.iter().filter(is_beside).map(|(_, name, value)| (*name, *value));
            let set: Vec<_> = beside.chain([(&*variable, *value)]).collect();
            let set = from_environment(&set);
            let set = format!("{:?}", set.unwrap_or_else(|report| panic!("{}", report.to_text(false))));
            assert_ne!(set, usual, "{} changes nothing", leaf.variable());
            let count = |text: &str| text.matches(shown).count();
            assert!(count(&set) > count(&usual), "{}={value} does not show as {shown}", leaf.variable());
        }
    }
}

#[test]
fn names_of_variables_follow_from_the_keys() {
    let names: Vec<String> = config::leaves().iter().map(config::Leaf::variable).collect();
    for name in ["HOOKGATE_LISTEN", "HOOKGATE_LIMITS_BODY_BYTES", "HOOKGATE_LOG_LEVEL", "HOOKGATE_ON_FAILURE_MAP"] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "two settings share a variable");
}

#[test]
fn later_layers_win() {
    let written = "listen: 127.0.0.1:1\nworkers: 1\nlimits:\n  json_depth: 5\n";
    let environment = variables(&[("HOOKGATE_LISTEN", "127.0.0.1:2"), ("HOOKGATE_WORKERS", "2"), ("HOME", "/root")]);
    let flags = [Flag { name: "--listen", path: "listen", value: "127.0.0.1:3".to_owned() }];
    let settings = config::read(Some(file(written)), environment, &flags).unwrap();
    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.server.workers, 2);
    assert_eq!(settings.server.depth_limit, 5);
    assert_eq!(settings.server.body_limit_bytes, 1 << 20);
}

/// What an image sets, as its Dockerfile has it, with this gateway.yaml mounted over its own.
fn in_an_image(mounted: &str, environment: &[(&str, &str)]) -> Result<Settings, Report> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.yaml");
    fs::write(&file, mounted).unwrap();
    let defaults = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/image.yaml");
    let environment = variables(&[("HOOKGATE_DEFAULTS", defaults)]).into_iter().chain(variables(environment));
    config::load(Some(&file), environment, &[])
}

/// What is told of overridden settings, without the folders of files.
fn told(settings: &Settings) -> Vec<String> {
    let folders = regex::Regex::new("[^ ]*/").unwrap();
    settings.overridden.iter().map(|one| folders.replace_all(&one.to_string(), "").into_owned()).collect()
}

/// Whatever the image set by another variable could be changed by no gateway.yaml.
#[test]
fn the_image_sets_nothing_but_the_file_below_gateway_yaml() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let (dockerfile, sent) = (read("Dockerfile"), read(".dockerignore"));
    let variables: Vec<&str> = dockerfile.split_whitespace().filter(|word| word.starts_with("HOOKGATE_")).collect();
    assert_eq!(variables, ["HOOKGATE_DEFAULTS=/etc/hookgate/defaults.yaml"]);
    assert!(
        dockerfile.contains("\nCOPY deploy/image.yaml /etc/hookgate/defaults.yaml\n")
            && sent.contains("\n!deploy/image.yaml\n")
    );
    assert!(
        !dockerfile.contains("COPY gateway.yaml"),
        "with every setting in it, it would leave nothing of the image's"
    );
}

#[test]
fn what_is_mounted_wins_over_what_the_image_sets_and_need_not_repeat_it() {
    let StoreAt::File(usual) = Settings::default().outbox.store else { panic!("a file") };
    for mounted in ["workers: 1\n", "journal: { durable: true }\noutbox: { stop_ms: 1 }\n"] {
        let settings = in_an_image(mounted, &[]).unwrap();
        assert_eq!(settings.server.listen.to_string(), "0.0.0.0:8080");
        assert_eq!(settings.journal.file, Some("/data/journal.jsonl".into()));
        assert!(matches!(&settings.outbox.store, StoreAt::File(file) if file == Path::new("/data/outbox.db")));
        assert_eq!((settings.state_folder(), told(&settings)), (Some("/data".into()), vec![]));
    }
    let mounted = "journal: { file: null }\nlisten: 127.0.0.1:9000\n";
    let settings = in_an_image(mounted, &[]).unwrap();
    assert_eq!((settings.journal.file.as_ref(), settings.server.listen.port()), (None, 9000));
    let expected = [
        "gateway.yaml:2 overrides `listen` of image.yaml:4",
        "gateway.yaml:1 overrides `journal.file` of image.yaml:8",
    ];
    assert_eq!(told(&settings), expected);
    // A database takes the file's place, which the variable of images before kept from it.
    let settings = in_an_image("outbox:\n  postgres: { address: \"postgres://db.example/hookgate\" }\n", &[]).unwrap();
    assert!(matches!(settings.outbox.store, StoreAt::Postgres(_)));
    // A file made elsewhere that has every setting counts too, and what it costs is told.
    let settings = in_an_image(DEFAULTS, &[]).unwrap();
    assert!(matches!(&settings.outbox.store, StoreAt::File(file) if *file == usual));
    assert_eq!(settings.overridden.len(), 3, "{:?}", settings.overridden);
}

#[test]
fn a_variable_that_overrides_the_file_is_told_with_the_line() {
    let mounted = "workers: 1\n\noutbox:\n  postgres: { address: \"postgres://db.example/hookgate\" }\n";
    let environment =
        [("HOOKGATE_WORKERS", "2"), ("HOOKGATE_TIME_ZONE", "Asia/Kolkata"), ("HOOKGATE_OUTBOX_FILE", "a.db")];
    let settings = in_an_image(mounted, &environment).unwrap();
    let expected = [
        "HOOKGATE_WORKERS of the environment overrides `workers` of gateway.yaml:1",
        "HOOKGATE_OUTBOX_FILE of the environment overrides `outbox.postgres` of gateway.yaml:4",
        "gateway.yaml:4 overrides `outbox.file` of image.yaml:6",
    ];
    assert_eq!(told(&settings), expected);
    assert_eq!(settings.server.workers, 2);
    // What nobody wrote is overridden by nobody.
    assert_eq!(told(&in_an_image("dates: { order: mdy }\n", &environment).unwrap()), Vec::<String>::new());
    assert_eq!(told(&in_an_image(mounted, &[("HOOKGATE_WORKERS", "")]).unwrap()).len(), 1);
}

#[test]
fn a_file_of_defaults_that_cannot_be_read_or_has_a_mistake_is_one_of_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, wrong) = (folder.path().join("none.yaml"), folder.path().join("wrong.yaml"));
    fs::write(&wrong, "listn: 0.0.0.0:8080\n").unwrap();
    let load = |defaults: &Path| {
        let environment = variables(&[("HOOKGATE_DEFAULTS", defaults.to_str().unwrap()), ("HOOKGATE_WORKERS", "many")]);
        config::load(None, environment, &[]).unwrap_err()
    };
    let report = load(&missing);
    assert_eq!(ids(&report).len(), 2, "{}", report.to_text(false));
    let text = report.to_text(false);
    assert!(
        text.contains("none.yaml") && text.contains("HOOKGATE_DEFAULTS names it") && text.contains("H702"),
        "{text}"
    );
    assert_eq!(ids(&load(&wrong)).len(), 2);
    assert!(load(&wrong).to_text(false).contains("did you mean `listen`?"));
}

#[test]
fn the_machines_name_is_put_where_settings_are_loaded() {
    let instance = |written: &str| in_an_image(written, &[]).unwrap().instance;
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    assert_eq!(instance("workers: 1\n"), Some(host.clone()));
    assert_eq!(instance("instance: \"eu-${host}\"\n"), Some(format!("eu-{host}")));
    assert_eq!((instance("instance: hooks-1\n"), instance("instance: null\n")), (Some("hooks-1".to_owned()), None));
    let (id, ..) = only(from_file("instance: \"\"\n"));
    assert_eq!(id, "H702");
}

#[test]
fn a_mistake_is_told_even_where_a_later_layer_replaces_it() {
    let (id, underlined, _) =
        only(config::read(Some(file("workers: many\n")), variables(&[("HOOKGATE_WORKERS", "2")]), &[]));
    assert_eq!((id, &*underlined), ("H702", "many"));
}

#[test]
fn empty_variables_and_headings_count_as_not_set() {
    assert!(from_environment(&[("HOOKGATE_LISTEN", "")]).is_ok());
    assert!(from_file("limits:\n  # body_bytes: 1\nhooks:\nworkers: 1\n").is_ok());
}

#[test]
fn variables_that_kubernetes_makes_of_services_are_no_settings() {
    let links = [
        ("HOOKGATE_SERVICE_HOST", "10.0.0.1"),
        ("HOOKGATE_SERVICE_PORT", "8080"),
        ("HOOKGATE_SERVICE_PORT_HTTP", "8080"),
        ("HOOKGATE_PORT", "tcp://10.0.0.1:8080"),
        ("HOOKGATE_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("HOOKGATE_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("HOOKGATE_ADMIN_PORT_9090_TCP_PROTO", "tcp"),
    ];
    assert!(from_environment(&links).is_ok());
}

#[test]
fn unknown_settings_say_what_was_probably_meant() {
    for (written, underlined, help) in [
        ("lisen: 1\n", "lisen", "did you mean `listen`?"),
        ("limits:\n  json_dept: 4\n", "json_dept", "did you mean `json_depth`?"),
        ("body_bytes: 2048\n", "body_bytes", "its place is `limits.body_bytes`"),
        ("colour: red\n", "colour", "the settings here are `listen`"),
    ] {
        let (id, at, said) = only(from_file(written));
        assert_eq!((id, &*at), ("H701", underlined));
        assert!(said.contains(help), "{said}");
    }
    let (id, at, said) = only(from_environment(&[("HOOKGATE_LIMIT_BODY_BYTES", "2048")]));
    assert_eq!((id, &*at), ("H701", "HOOKGATE_LIMIT_BODY_BYTES"));
    assert!(said.contains("did you mean `HOOKGATE_LIMITS_BODY_BYTES`?"), "{said}");
}

#[test]
fn value_of_an_unknown_variable_is_not_shown() {
    let report = from_environment(&[("HOOKGATE_DB_PASSWORD", "canary-41")]).unwrap_err();
    let all = format!("{}{}{}", report.to_text(false), report.findings[0].to_json(), report.findings[0].to_github());
    assert!(all.contains("HOOKGATE_DB_PASSWORD") && !all.contains("canary-41"), "{all}");
}

#[test]
fn ranges_hold_at_both_ends() {
    for (path, from, to) in [
        ("admin.unready_ms", 0, 600_000),
        ("workers", 0, 256),
        ("limits.head_bytes", 1024, 131_072),
        ("limits.heads_bytes", 1_048_576, 1_099_511_627_776),
        ("limits.headers", 8, 96),
        ("limits.body_bytes", 1024, 67_108_864),
        ("limits.bodies_bytes", 1_048_576, 1_099_511_627_776),
        ("limits.json_keys", 100, 100_000_000),
        ("limits.connections_per_address", 1, 1_000_000),
        ("limits.requests_at_once_per_hook", 1, 100_000),
        ("limits.wait_ms", 1, 60_000),
        ("limits.script_ms", 1, 1_000),
        ("limits.script_operations", 100, 50_000),
        ("limits.json_depth", 4, 128),
        ("limits.body_time_ms", 100, 600_000),
        ("limits.head_time_ms", 100, 600_000),
        ("limits.keep_alive_ms", 0, 3_600_000),
        ("limits.connections", 1, 1_000_000),
        ("limits.requests_at_once", 1, 100_000),
        ("limits.drain_ms", 0, 600_000),
        ("reload.quiet_ms", 10, 60_000),
        ("reload.poll_ms", 100, 3_600_000_i64),
        ("reload.memory_bytes", 4_194_304, 1_099_511_627_776),
    ] {
        let variable = config::leaves().iter().find(|leaf| leaf.path == path).unwrap().variable();
        let set = |number: i64| from_environment(&[(&variable, &number.to_string())]);
        assert!(set(from).is_ok() && set(to).is_ok(), "{path}");
        for outside in [from - 1, to + 1] {
            let (id, _, said) = only(set(outside));
            assert_eq!(id, "H703", "{path}: {said}");
            assert!(said.contains(&format!("from {from} to {to}, not `{outside}`")), "{said}");
        }
        // What the file says to an administrator is what holds.
        let key = path.rsplit('.').next().unwrap();
        let above = DEFAULTS.split(&format!("{key}: ")).next().unwrap();
        let comment = above.rsplit("\n\n").next().unwrap();
        assert!(comment.contains(&format!("{from}")) && comment.contains(&format!("{to}")), "{path}: {comment}");
    }
}

#[test]
fn a_field_is_declared_by_its_name_and_what_it_holds() {
    for (written, underlined, says) in [
        ("{ user.costCentre: text }", "user.costCentre", "write the name alone"),
        ("{ costCentre: txt }", "txt", "not `txt`"),
        ("{ shift: [] }", "[]", "no value it could hold"),
        ("{ shift: [day, day] }", "day", "`day` stands there twice"),
        ("{ shift: [day, \" \"] }", "\" \"", "is blank"),
        ("{ shift: { day: night } }", "{ day: night }", "not a mapping"),
        ("[costCentre]", "[costCentre]", "`fields` is a mapping"),
    ] {
        let (_, at, said) = only(from_file(&format!("fields: {written}\n")));
        assert!(at == underlined && said.contains(says), "{written}: {at}: {said}");
    }
}

#[test]
fn a_share_of_rows_has_its_sign() {
    for written in ["20", "120%", "-5%", "half", "2.5%"] {
        let (id, at, said) = only(from_file(&format!("reload: {{ shrink: {written} }}\n")));
        assert_eq!((id, &*at), ("H702", written));
        assert!(said.contains("such as `20%`, or `any`"), "{said}");
    }
}

#[test]
fn values_of_the_wrong_kind_are_underlined() {
    for (written, id, underlined, says) in [
        ("listen: localhost:8080\n", "H702", "localhost:8080", "names such as `localhost` are not looked up"),
        ("admin: { listen: 8081 }\n", "H702", "8081", "`admin.listen` is an address and a port"),
        ("admin: { token: \"${vault:x}\" }\n", "H702", "\"${vault:x}\"", "`${env:NAME}` or `${file:PATH}`"),
        ("time_zone: Asia/Kolkatta\n", "H702", "Asia/Kolkatta", "did you mean `Asia/Kolkata`?"),
        ("workers: 1.5\n", "H702", "1.5", "write digits alone"),
        ("limits: { body_bytes: 1 MiB }\n", "H702", "1 MiB", "the unit belongs to the setting's name"),
        ("limits: 5\n", "H202", "5", "`limits` is a mapping"),
        ("limits: { per_caller: 5 }\n", "H202", "5", "`limits.per_caller` is a mapping"),
        ("limits: { per_caller: { per_seconds: 5 } }\n", "H201", "per_seconds", "did you mean `per_second`?"),
        ("limits: { per_caller: { per_second: 0 } }\n", "H202", "0", "from 1 to 1000000"),
        ("limits: { per_caller: { burst: 5 } }\n", "H203", "burst", "`per_second`"),
        ("hooks: { test: { requests_at_once: 0 } }\n", "H202", "0", "from 1 to 100000"),
        ("outbox: { name: \"a b\" }\n", "H707", "\"a b\"", "letters, digits"),
        ("outbox: { encryption_key: [] }\n", "H707", "[]", "encrypts nothing"),
        ("outbox: { memory_for_secrets: maybe }\n", "H202", "maybe", "`outbox.memory_for_secrets`"),
        ("rules: \"\"\n", "H702", "\"\"", "names no folder"),
        ("log: { level: inof }\n", "H702", "inof", "write off, error, warn, info, debug or trace"),
        ("log: { level: \"info,hookgate=chatty\" }\n", "H702", "\"info,hookgate=chatty\"", "`chatty` is not a level"),
        ("log: { format: xml }\n", "H215", "xml", "`auto`, `text` or `json`"),
        ("prefixes: []\n", "H703", "[]", "not 0"),
        ("prefixes: [webhook]\n", "H702", "webhook", "write a prefix as `/webhook`"),
        ("on_failure: { map: { refuse: X } }\n", "H201", "refuse", "`reject`"),
        ("accepted: { data: true }\n", "H202", "{ data: true }", "`accepted` is a text"),
    ] {
        let report = from_file(written).expect_err(written);
        let finding = report.findings.iter().find(|finding| finding.code.id == id);
        let finding = finding.unwrap_or_else(|| panic!("{written}{}", report.to_text(false)));
        let place = finding.place.as_ref().unwrap();
        assert_eq!(&place.file.text[place.span.clone()], underlined);
        let said = format!("{} / {}", finding.message, finding.help.join(" / "));
        assert!(said.contains(says), "{written}{said}");
    }
}

#[test]
fn a_destination_in_nats_has_one_subject_and_one_credential() {
    let row = |keys: &str| format!("destinations: {{ bus: {{ nats: \"tls://mq.example\", {keys} }} }}\n");
    assert!(from_file(&row("subject: hookgate.events.Ünï-1, token: \"${env:T}\"")).is_ok());
    for subject in ["\"\"", "\"hookgate.*\"", "\"hookgate.>\"", "\"a b\"", "\"a..b\"", "\".a\"", "\"a.\"", "\"a\\nb\""]
    {
        let (id, underlined, said) = only(from_file(&row(&format!("subject: {subject}"))));
        assert_eq!((id, &*underlined), ("H707", subject));
        assert!(said.contains("words with points between them"), "{said}");
    }
    let (id, _, said) = only(from_file(&row("subject: a, token: \"${env:T}\", user: u, password: \"${env:P}\"")));
    assert_eq!(id, "H707");
    assert!(said.contains("one credential"), "{said}");
    let (_, _, said) = only(from_file("destinations: { bus: { nats: \"nats://mq.example\", subject: a } }\n"));
    assert!(said.contains("write `tls://…`"), "{said}");
}

#[cfg(not(feature = "nats"))]
#[test]
fn a_build_without_nats_says_what_to_build() {
    let settings = from_file("destinations: { bus: { nats: \"tls://mq.example\", subject: a } }\n").unwrap();
    let trouble = settings.outbox.destinations[0].open().unwrap_err();
    assert_eq!(trouble.to_string(), "this hookgate was built without NATS; build it with `--features full`");
}

#[test]
fn environment_and_flags_have_places_too() {
    let flags = [Flag { name: "--listen", path: "listen", value: String::new() }];
    let report = config::read(None, variables(&[("HOOKGATE_WORKERS", "-1")]), &flags).unwrap_err();
    let text = report.to_text(false);
    assert_eq!(ids(&report), ["H703", "H702"]);
    assert!(text.contains("environment HOOKGATE_WORKERS:1:1") && text.contains("flag --listen:1:1"), "{text}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let written = "lisen: 1\nworkers: -1\ntime_zone: Nowhere\nhooks: { new: { paths: [\"a b\"] } }\n";
    let report = config::read(Some(file(written)), variables(&[("HOOKGATE_X", "1")]), &[]).unwrap_err();
    let mut found = ids(&report);
    found.sort_unstable();
    assert_eq!(found, ["H701", "H701", "H702", "H703", "H704"], "{}", report.to_text(false));
}

#[test]
fn a_row_adds_a_hook_or_changes_one() {
    let written = "accepted: empty\non_failure: { notify: unavailable }\nhooks:\n  \
        appUpdated: { kind: notify, paths: [/app-updated/, app/changed], fields: [formVariable] }\n  \
        preCreateUser: { refusable: true, on_failure: { reject: TryAgainLater } }\n  \
        validateuser: { accepted: echo }\n  runDeprovision: { kind: notify }\n";
    let settings = from_file(written).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let hook = |name: &str| settings.tenant.hooks.named(name).unwrap().clone();
    let new = hook("appUpdated");
    assert_eq!((new.kind, &*new.paths), (Kind::Notify, &["app-updated".to_owned(), "app/changed".to_owned()][..]));
    assert!(new.has_field("formVeriable") && !new.has_field("other"));
    assert_eq!(new.on_failure, OnFailure::Unavailable);
    assert_eq!(hook("preCreateUser").on_failure, OnFailure::Reject("TryAgainLater".to_owned()));
    assert_eq!((hook("validateUser").accepted, hook("validateUpdateUser").accepted), (Accepted::Echo, Accepted::Empty));
    assert_eq!(
        (hook("runDeprovision").kind, hook("runDeprovision").on_failure),
        (Kind::Notify, OnFailure::Unavailable)
    );
    assert_eq!(settings.tenant.hooks.rows.len(), 13);
    assert_eq!(settings.tenant.hooks.rows[12].name, "appUpdated");
}

#[test]
fn a_prefix_is_written_once_in_whatever_case() {
    for written in ["prefixes: [/TASKS, /tasks]\n", "prefixes: [/a, /tasks/, /tasks]\n", "prefixes: [\"\", /a, \"\"]\n"]
    {
        let (id, _, said) = only(from_file(written));
        assert_eq!(id, "H702", "{said}");
        assert!(said.contains("are one prefix"), "{said}");
    }
}

#[test]
fn rows_that_cannot_be_are_refused() {
    for (written, underlined, says) in [
        ("hooks: { appUpdated: {} }\n", "appUpdated", "needs `kind`"),
        ("hooks: { app updated: { kind: notify } }\n", "app updated", "cannot be a hook's name"),
        ("hooks: { a: { kind: map }, A: { kind: map } }\n", "A", "`a` and `A` are one hook"),
        ("hooks: { a: { kind: map, paths: [POLICYMAP] } }\n", "[POLICYMAP]", "two hooks, `policyMap` and `a`"),
        ("hooks: { test: { paths: [validateUser] } }\n", "[validateUser]", "two hooks, `validateUser` and `test`"),
        ("hooks: { a: { kind: map, paths: [webhook/test] } }\n", "[webhook/test]", "`/webhook/test` would mean two"),
        ("hooks: { a: { kind: map, paths: [] } }\n", "[]", "never called"),
        ("hooks: { a: { kind: map, paths: [a?b] } }\n", "a?b", "cannot stand in a hook's URL"),
        (
            "prefixes: [\"\", /tenant-b]\nhooks: { a: { kind: map, paths: [a, Tenant-b/a] } }\n",
            "[a, Tenant-b/a]",
            "`/tenant-b/a` of `a` would be under two prefixes",
        ),
        ("hooks: { validateUser: { on_failure: { reject: no } } }\n", "no", "is not a refusal code"),
        ("on_failure: { validate: { reject: 1st } }\n", "1st", "is not a refusal code"),
        ("on_failure: { decide: { reject: NotNow } }\n", "{ reject: NotNow }", "on `runDeprovision`"),
        ("hooks: { validateUser: { refusable: false } }\n", "false", "on `validateUser`"),
    ] {
        let (id, at, said) = only(from_file(written));
        assert_eq!((id, &*at), ("H704", underlined), "{said}");
        assert!(said.contains(says), "{written}{said}");
    }
}

#[test]
fn a_kind_may_refuse_where_its_hooks_may() {
    let written = "on_failure: { decide: { reject: NotNow } }\nhooks: { runDeprovision: { refusable: true } }\n";
    assert!(from_file(written).is_ok());
}

#[test]
fn files_are_found_by_flag_and_by_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    fs::write(path("a.yaml"), "workers: 1\n").unwrap();
    fs::write(path("b.yaml"), "workers: 2\nlog: { format: text }\n").unwrap();
    let named = variables(&[("HOOKGATE_CONFIG", path("b.yaml").to_str().unwrap())]);
    let by_variable = config::load(None, named.clone(), &[]).unwrap();
    assert_eq!((by_variable.server.workers, by_variable.telemetry.format), (2, Format::Text));
    assert_eq!(config::load(Some(&path("a.yaml")), named, &[]).unwrap().server.workers, 1);
}

#[test]
fn files_that_cannot_be_read_say_so_with_all_else_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("latin.yaml"), b"rules: caf\xe9\n").unwrap();
    fs::write(path("large.yaml"), "# padding\n".repeat(200_000)).unwrap();
    for (name, id) in [("none.yaml", "H101"), ("latin.yaml", "H101"), ("large.yaml", "H102"), (".", "H101")] {
        let report = config::load(Some(&path(name)), variables(&[("HOOKGATE_WORKERS", "x")]), &[]).unwrap_err();
        assert_eq!(ids(&report), [id, "H702"], "{name}");
    }
}

#[test]
fn a_flag_stands_for_a_setting() {
    for flag in ["--rules", "--log-level", "--log-format"] {
        let all = <hookgate::cli::Cli as clap::CommandFactory>::command();
        assert!(all.get_arguments().any(|arg| arg.get_long() == flag.strip_prefix("--")), "{flag}");
    }
    let global = hookgate::cli::Global { log_level: Some("loud".to_owned()), ..Default::default() };
    let failure = global.settings([]).unwrap_err();
    assert!(failure.to_text().contains("flag --log-level"), "{}", failure.to_text());
    assert_eq!((failure.exit.code(), failure.at_start().exit.code()), (2, 78));
}

#[test]
fn settings_of_tls_that_contradict_each_other_are_told() {
    for (written, words) in [
        ("tls: { certificate: a.crt }", "belong together"),
        ("tls: { key: a.key }", "belong together"),
        ("tls: { client_certificates: required }", "where nothing is encrypted"),
        ("tls: { client_ca: ca.pem }", "where nothing is encrypted"),
        ("tls: { certificate: a.crt, key: a.key, client_certificates: optional }", "no authority vouches"),
        ("tls: { certificate: a.crt, key: a.key, client_ca: ca.pem }", "no certificates are asked for"),
    ] {
        let report = config::read(Some(file(written)), [], &[]).unwrap_err().to_text(false);
        assert!(report.contains(words), "{written}: {report}");
    }
    for written in ["tls: null", "tls: { certificate: null }", "tls: { min_version: 1.3 }"] {
        config::read(Some(file(written)), [], &[]).unwrap();
    }
    let report = config::read(Some(file("tls: { min_version: 1.1 }")), [], &[]).unwrap_err().to_text(false);
    assert!(report.contains("`1.2` or `1.3`"), "{report}");
}

#[test]
fn client_certificates_that_let_in_and_are_never_asked_for_are_a_mistake_in_its_place() {
    let certificate = "auth:\n  certificate: { names: [platform.example]";
    for more in ["", "tls: { certificate: a.crt, key: a.key }\n", "  require: any\n"] {
        let written = format!("{certificate} }}\n{more}");
        let report = config::read(Some(file(&written)), [], &[]).unwrap_err();
        assert_eq!(ids(&report), ["H710"], "{written}");
        let told = report.to_text(false);
        for words in ["gateway.yaml:2:16", "callers are asked for no certificate", "`tls.client_certificates`"] {
            assert!(told.contains(words), "{written}: {told}");
        }
    }
    let asked = "tls: { certificate: a.crt, key: a.key, client_ca: ca.pem, client_certificates: optional }";
    for written in [format!("{certificate} }}\n{asked}\n"), format!("{certificate}, observe: true }}\n")] {
        config::read(Some(file(&written)), [], &[]).unwrap();
    }
}

/// Whoever answers on a way that is not encrypted can ask for the password in clear text.
#[test]
fn a_password_of_a_database_goes_in_clear_text_only_where_that_is_said() {
    const LOGIN: &str = "user: u, password: \"${env:P}\"";
    let places = |row: &str| {
        let outbox = row.replacen("sql:", "address:", 1).replace("mysql:", "postgres:");
        [format!("connections: {{ hr: {{ {row} }} }}\n"), format!("outbox: {{ postgres: {{ {outbox} }} }}\n")]
    };
    for (row, is_well) in [
        (format!("sql: \"postgres://hr.example/hr\", {LOGIN}"), true),
        (format!("sql: \"postgres://hr.example/hr\", {LOGIN}, tls: off"), false),
        (format!("sql: \"mysql://10.0.0.1:3306/hr\", {LOGIN}, tls: off"), false),
        (format!("sql: \"mysql://localhost.example/hr\", {LOGIN}, tls: off"), false),
        (format!("sql: \"postgres://hr.example/hr\", {LOGIN}, tls: off, cleartext_password: allow"), true),
        (format!("sql: \"postgres://localhost:5432/hr\", {LOGIN}, tls: off"), true),
        (format!("sql: \"mysql://127.0.0.1/hr\", {LOGIN}, tls: off"), true),
        (format!("sql: \"postgres://[::1]:5432/hr\", {LOGIN}, tls: off"), true),
        (format!("sql: \"postgres://LocalHost/hr\", {LOGIN}, tls: off"), true),
        (format!("sql: \"mysql://127.0.0.2:3306/hr\", {LOGIN}, tls: off"), true),
        (format!("sql: \"postgres://[::2]/hr\", {LOGIN}, tls: off"), false),
        (format!("sql: \"postgres://127.0.0.1.example/hr\", {LOGIN}, tls: off"), false),
        ("sql: \"postgres://hr.example/hr\", tls: off".to_owned(), true),
    ] {
        for text in places(&row) {
            match from_file(&text) {
                Ok(_) => assert!(is_well, "{text}"),
                Err(report) => {
                    let told = report.to_text(false);
                    assert!(
                        !is_well && told.contains("in clear text") && told.contains("`cleartext_password: allow`"),
                        "{told}"
                    );
                    assert!(!told.contains("error[H701]"), "{told}");
                }
            }
        }
    }
    // A key that means nothing is a mistake.
    for row in [
        format!("sql: \"postgres://hr.example/hr\", {LOGIN}, cleartext_password: allow"),
        format!("sql: \"postgres://hr.example/hr\", {LOGIN}, tls: on, cleartext_password: allow"),
    ] {
        for text in places(&row) {
            assert!(from_file(&text).unwrap_err().to_text(false).contains("means nothing"), "{text}");
        }
    }
    let sqlite = "connections: { hr: { sql: \"sqlite:hr.db\", cleartext_password: allow } }\n";
    assert!(from_file(sqlite).unwrap_err().to_text(false).contains("means nothing"));
}

#[test]
fn the_table_of_settings_is_fresh() {
    is_fresh("docs/settings.md", &config::to_markdown());
}

/// Every gateway.yaml of the repository, and what is wrong in one by the schema is wrong by the loader.
#[test]
fn the_schema_of_settings_says_what_the_loader_says() {
    let schema = jsonschema::validator_for(&config::schema()).unwrap();
    let objections = |text: &str| -> Vec<String> {
        let json = to_json(text).unwrap_or_else(|| panic!("no YAML: {text}"));
        schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
    };
    assert_eq!(objections(DEFAULTS), Vec::<String>::new());
    assert_eq!(objections(DELIVERED), Vec::<String>::new());
    for rules in rules_folders() {
        let Some(file) = settings_beside(&rules) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(objections(&text), Vec::<String>::new(), "{}", file.display());
    }
    for wrong in [
        "lisen: 127.0.0.1:80",
        "limits: { body_bytes: 12 }",
        "limits: { wait: 12 }",
        "log: { format: xml }",
        "insecure: perhaps",
        "lookups: { rounds: 0 }",
        "traces: { sample_percent: 101 }",
        "on_failure: { validate: { rejects: Code } }",
        "hooks: { mine: { kind: nothing } }",
        "connections: { hr: { sqls: 1 } }",
    ] {
        assert!(!objections(wrong).is_empty(), "{wrong}");
        assert!(from_file(wrong).is_err(), "{wrong}");
    }
}
