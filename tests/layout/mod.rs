//! The house holds: imports go down only and in no circle, libraries stay in their rooms, files, functions and folders stay
//! small.

mod reading;
mod references;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::references::{Crate, circles};

/// Most files of src side by side.
const FOLDER_LIMIT_FILES: usize = 20;

/// Floors of the rooms; a room imports rooms on lower floors only.
const FLOORS: [(&str, u32); 21] = [
    ("main", 12),
    ("cli", 11),
    ("console", 10),
    ("report", 9),
    ("config", 8),
    ("server", 7),
    ("gateway", 6),
    ("journal", 5),
    ("lint", 5),
    ("lookup", 5),
    ("outbox", 5),
    ("engine", 4),
    ("rule", 3),
    ("setting", 3),
    ("telemetry", 2),
    ("yaml", 2),
    ("diagnostic", 1),
    ("event", 1),
    ("outside", 1),
    ("hookgate", 0),
    ("lib", 0),
];

/// Libraries that have one home: a path prefix below src.
const HOMES: [(&str, &[&str]); 47] = [
    ("actix_http", &["server/admin/listener.rs"]),
    ("actix_web", &["server/", "console/"]),
    ("argon2", &["server/admin/login/password.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/completions.rs"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("indicatif", &["cli/progress.rs"]),
    ("rhai", &["rule/script/"]),
    ("notify", &["gateway/reload/watch.rs", "gateway/reload/reloader.rs"]),
    ("granit_parser", &["yaml/syntax.rs"]),
    ("regex_syntax", &["lint/solver/pattern.rs"]),
    ("regex", &["rule/condition/pattern.rs", "rule/function/", "rule/index/patterns.rs"]),
    ("arc_swap", &["gateway/", "server/tls/in_force.rs", "server/auth/renewal.rs"]),
    ("httparse", &["server/connection/head.rs"]),
    ("actix_server", &["server/admin/listener.rs", "server/connection/listener.rs"]),
    ("actix_service", &["server/admin/listener.rs", "server/connection/listener.rs"]),
    ("maud", &["console/"]),
    ("moka", &["lookup/cache.rs"]),
    ("reqwest", &["outside/", "lookup/http/", "outbox/http/receiver.rs"]),
    ("tower", &["outside/connectivity_probe.rs"]),
    ("rusqlite", &["lookup/sql/sqlite", "outbox/sqlite/"]),
    (
        "aws_lc_rs",
        &[
            "outbox/seal.rs",
            "outbox/http/signature.rs",
            "journal/key/masters.rs",
            "journal/key/seal.rs",
            "server/admin/login/random.rs",
        ],
    ),
    ("sqlx", &["lookup/sql/", "outbox/postgres/"]),
    ("jsonwebtoken", &["server/auth/", "outside/platform_token.rs"]),
    ("subtle", &["server/auth/secret.rs", "server/admin/token.rs", "server/admin/login/random.rs"]),
    ("calamine", &["rule/sheet/workbook.rs", "rule/sheet/value.rs"]),
    ("zip", &["rule/sheet/workbook.rs"]),
    ("encoding_rs", &["rule/encoding.rs"]),
    ("any_ascii", &["rule/function/person/latin.rs", "rule/function/text/letter.rs"]),
    ("icu_normalizer", &["event/nfc.rs"]),
    ("icu_properties", &["rule/function/text/letter.rs"]),
    ("prometheus_client", &["telemetry/metrics/"]),
    ("siphasher", &["telemetry/person.rs", "journal/"]),
    ("ldap3", &["lookup/ldap/"]),
    ("rustix", &["server/connection/descriptors.rs", "cli/service/core_dump.rs", "cli/console/typed.rs"]),
    ("nix", &["outbox/sqlite/wal_index.rs", "outside/small_file.rs", "journal/room.rs"]),
    (
        "rustls",
        &[
            "lookup/ldap/",
            "outside/authorities.rs",
            "outside/pinned.rs",
            "outside/relay/",
            "outbox/nats/",
            "server/tls/",
        ],
    ),
    ("tokio_rustls", &["server/tls/handshake.rs", "outside/relay/"]),
    ("x509_parser", &["server/tls/material.rs", "server/tls/names.rs", "server/connection/peer.rs"]),
    ("rcgen", &["cli/service/cert.rs", "outside/relay/mysql.rs"]),
    ("rustls_native_certs", &["outside/authorities.rs"]),
    ("async_nats", &["outbox/nats/"]),
    ("zeroize", &["event/"]),
    ("opentelemetry", &["telemetry/traces/otel.rs", "telemetry/traces/queue.rs"]),
    ("opentelemetry_sdk", &["telemetry/traces/"]),
    ("opentelemetry_http", &["telemetry/traces/heard.rs"]),
    ("opentelemetry_otlp", &["telemetry/traces/collector.rs"]),
];

/// Who sees a secret in plain, and what for. Whoever comes to this list answers for where the secret goes from there.
const SEE_SECRETS: [(&str, &str); 19] = [
    ("event/secret/hide.rs", "values become secrets, and are computed with"),
    ("event/json/same.rs", "values are compared"),
    ("event/json/held.rs", "the memory they take"),
    ("event/json/value.rs", "parts of secrets are secrets"),
    ("event/json/document.rs", "the text that secrets lie in"),
    ("event/json/write.rs", "the one place where they are written"),
    ("event/reply.rs", "the answer to who sent them"),
    ("engine/decision.rs", "the same, for each kind of hook"),
    ("engine/perform.rs", "what goes to a destination that takes secrets"),
    ("engine/asking.rs", "keys of tables: the question leaves nothing behind"),
    ("engine/draft.rs", "rows found by a secret, and the index of rules: neither leaves anything behind"),
    ("engine/matching.rs", "conditions: whether they hold"),
    ("engine/evaluate.rs", "templates, whose text is a secret again"),
    ("engine/testing/case.rs", "a test's rules run on their own output"),
    ("rule/condition/comparison.rs", "operators: whether they hold"),
    ("rule/function/table.rs", "functions, whose answer is a secret again"),
    ("rule/script/secret.rs", "scripts: joined and compared, and a secret again"),
    ("rule/script/convert.rs", "the same, on the way in"),
    ("rule/compile/case_request.rs", "the request that a test has written"),
];
/// The same above the engine.
const SEE_SECRETS_ABOVE: [(&str, &str); 3] = [
    ("report/secrets.rs", "what is taken out of texts that are shown"),
    ("cli/request.rs", "the request that `dry-run` and `send` make"),
    ("outbox/identity.rs", "a fingerprint with a pepper that nobody else knows"),
];
/// How a secret comes into plain sight.
const WAYS_TO_SEE: [&str; 8] = [
    ".expose()",
    "Secret::expose",
    ".expose_ref()",
    ".exposed",
    "Value::exposed",
    ".compared()",
    ".written()",
    "Secrets::Written",
];

/// Rooms that never see tokio, sockets, files (but one) or the machine's clock.
const PURE: [&str; 6] = ["event", "yaml", "rule", "engine", "lint", "diagnostic"];
const WORLDLY: [&str; 8] =
    ["tokio", "std::net", "std::fs", "std::process", "Timestamp::now", "SystemTime", "Zoned::now", "std::env"];

struct Source {
    /// Below src, with `/`.
    name: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        room_of(&self.name)
    }

    /// The lines that are code, up to the file's own tests.
    fn code(&self) -> impl Iterator<Item = &str> {
        let end = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        self.text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    let read = |path: PathBuf| Source {
        name: path.strip_prefix(&root).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
    };
    found.into_iter().map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn floor(room: &str) -> u32 {
    FLOORS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("room `{room}` has no floor")).1
}

/// What each file refers to.
fn with_references<T>(then: impl FnOnce(&BTreeMap<&str, BTreeSet<&str>>) -> T) -> T {
    let sources = sources();
    let files = sources.iter().map(|source| (source.name.as_str(), source.text.as_str()));
    let read = Crate::read(files.filter(|(name, _)| *name != "main.rs"));
    then(&read.references())
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn imports_go_down_only() {
    with_references(|references| {
        let mut wrong = Vec::new();
        let all = references.iter().flat_map(|(from, files)| files.iter().map(move |to| (from, to)));
        // On one floor the rooms do not know each other; `lib.rs` only puts rooms together.
        for (from, to) in all.filter(|(from, to)| room_of(from) != room_of(to) && **from != "lib.rs") {
            if floor(room_of(to)) >= floor(room_of(from)) {
                wrong.push(format!("src/{from} refers to src/{to}, whose room is not below"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let circles = with_references(circles);
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// A reader finds a file by its folder's list; twenty names are read at a glance.
#[test]
fn folders_stay_small() {
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources() {
        let folder = source.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        *files.entry(folder.to_owned()).or_default() += 1;
    }
    files.retain(|_, count| *count > FOLDER_LIMIT_FILES);
    assert!(files.is_empty(), "more than {FOLDER_LIMIT_FILES} files side by side: {files:?}");
}

#[test]
fn a_library_has_one_home() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (library, homes) in HOMES {
            let uses = |line: &str| {
                let at_start = |prefix: &str| line.trim_start().starts_with(prefix);
                let named = format!("{library}::");
                line.match_indices(&named)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
                    || at_start(&format!("use {library};"))
            };
            let at_home = homes.iter().any(|home| source.name.starts_with(home));
            if !at_home && source.code().any(uses) {
                wrong.push(format!("src/{} uses {library}, which lives in {}", source.name, homes.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn who_sees_secrets_is_listed() {
    let listed: Vec<&str> = SEE_SECRETS.iter().chain(&SEE_SECRETS_ABOVE).map(|(file, _)| *file).collect();
    let sources = sources();
    let sees = |source: &&Source| source.code().any(|line| WAYS_TO_SEE.iter().any(|way| line.contains(way)));
    let found: BTreeSet<&str> = sources.iter().filter(sees).map(|source| source.name.as_str()).collect();
    let listed: BTreeSet<&str> = listed.into_iter().collect();
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "these see secrets and are not listed: {unlisted:?}");
    let idle: Vec<_> = listed.difference(&found).collect();
    assert!(idle.is_empty(), "these are listed and see no secrets: {idle:?}");
}

#[test]
fn the_inner_rooms_do_not_see_the_world() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.room()) && source.name != "rule/source.rs") {
        for (n, line) in source.code().enumerate() {
            for word in WORLDLY.iter().filter(|word| line.contains(**word)) {
                wrong.push(format!("src/{} uses {word} (code line {})", source.name, n + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_and_functions_stay_small() {
    let mut file_lines = Vec::new();
    let mut function_lines = Vec::new();
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        file_lines.push(lines);
        if lines > 400 {
            wrong.push(format!("src/{} has {lines} lines, more than 400", source.name));
        }
        if !source.text.starts_with("//!") {
            wrong.push(format!("src/{} does not open with a sentence on what it is for", source.name));
        }
        for (name, lines) in functions(&source.text) {
            function_lines.push(lines);
            if lines > 60 {
                wrong.push(format!("src/{}: function {name} has {lines} lines, more than 60", source.name));
            }
        }
    }
    let (files, functions) = (median(file_lines), median(function_lines));
    println!("median lines: file {files}, function {functions}");
    if files > 120 {
        wrong.push(format!("the median file has {files} lines, more than 120"));
    }
    if functions > 10 {
        wrong.push(format!("the median function has {functions} lines, more than 10"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Name and lines of each function, by the indentation of its first and last line.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().take(5).collect();
        let Some(at) = words.iter().position(|word| *word == "fn") else { continue };
        let before_is_modifiers =
            words[..at].iter().all(|word| word.starts_with("pub") || matches!(*word, "const" | "async"));
        if !before_is_modifiers || line.trim_end().ends_with(';') {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(indent));
        let end =
            if line.trim_end().ends_with('}') { Some(0) } else { lines[n..].iter().position(|line| *line == closing) };
        let name = words.get(at + 1).unwrap_or(&"").split(['(', '<']).next().unwrap_or_default();
        found.extend(end.map(|end| (name.to_owned(), end + 1)));
    }
    found
}

fn median(mut numbers: Vec<usize>) -> usize {
    numbers.sort_unstable();
    numbers[numbers.len() / 2]
}

#[test]
fn a_face_has_no_code() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.name.ends_with("/mod.rs")) {
        for line in
            source.code().filter(|line| line.contains("fn ") || line.contains("struct ") || line.contains("impl "))
        {
            wrong.push(format!("src/{} holds code: {}", source.name, line.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The map of `tests/tools/mutants` says for each room which tests hold it.
#[test]
fn each_room_has_tests_for_its_mutants() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tool = fs::read_to_string(root.join("tests/tools/mutants")).unwrap();
    let rows: BTreeSet<&str> = tool.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let rooms = FLOORS.iter().map(|(room, _)| format!("src/{room}")).filter(|room| root.join(room).is_dir());
    let missing: Vec<String> = rooms.filter(|room| !rows.contains(room.as_str())).collect();
    assert!(missing.is_empty(), "the map has no line for {}", missing.join(", "));
}
