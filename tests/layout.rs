//! The house holds: imports go down only, libraries stay in their rooms, files and functions stay small.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Floors of the rooms; a room imports rooms on lower floors only.
const FLOORS: [(&str, u32); 16] = [
    ("main", 9),
    ("cli", 8),
    ("config", 7),
    ("server", 6),
    ("gateway", 5),
    ("journal", 4),
    ("lookup", 4),
    ("outbox", 4),
    ("engine", 3),
    ("rule", 2),
    ("event", 1),
    ("diagnostic", 1),
    ("outside", 1),
    ("telemetry", 2),
    ("lib", 0),
    ("hookgate", 0),
];

/// Libraries that have one home: a path prefix below src.
const HOMES: [(&str, &[&str]); 44] = [
    ("actix_web", &["server/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/completions.rs"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("indicatif", &["cli/progress.rs"]),
    ("rhai", &["rule/script"]),
    ("notify", &["gateway/watch.rs", "gateway/reload.rs"]),
    ("granit_parser", &["rule/syntax.rs"]),
    ("regex_syntax", &["rule/lint/pattern_sample.rs"]),
    ("regex", &["rule/condition.rs", "rule/function/", "rule/index/patterns.rs"]),
    ("arc_swap", &["gateway/", "server/tls/in_force.rs", "server/auth/renewal.rs"]),
    ("httparse", &["server/connection/head.rs"]),
    ("actix_server", &["server/http.rs"]),
    ("actix_service", &["server/http.rs"]),
    ("moka", &["lookup/cache.rs"]),
    ("reqwest", &["outside/", "lookup/http", "outbox/http.rs"]),
    ("tower", &["outside/knock.rs"]),
    ("rusqlite", &["lookup/sqlite", "outbox/embedded", "outbox/table.rs"]),
    ("aws_lc_rs", &["outbox/seal.rs", "outbox/signature.rs", "journal/masters.rs", "journal/seal.rs"]),
    ("sqlx", &["lookup/sql_", "lookup/postgres.rs", "lookup/mysql", "outbox/postgres"]),
    ("jsonwebtoken", &["server/auth/", "outside/platform_token.rs"]),
    ("subtle", &["server/auth/secret.rs", "server/admin/token.rs"]),
    ("calamine", &["rule/sheet/workbook.rs", "rule/sheet/value.rs"]),
    ("zip", &["rule/sheet/workbook.rs"]),
    ("encoding_rs", &["rule/encoding.rs"]),
    ("any_ascii", &["rule/function/latin.rs", "rule/function/letter.rs"]),
    ("icu_normalizer", &["event/nfc.rs"]),
    ("icu_properties", &["rule/function/letter.rs"]),
    ("prometheus_client", &["telemetry/metrics/"]),
    ("siphasher", &["telemetry/person.rs", "journal/"]),
    ("ldap3", &["lookup/ldap"]),
    ("rustix", &["server/files.rs", "cli/core_dump.rs"]),
    ("nix", &["outbox/wal_index.rs", "outside/small_file.rs", "journal/room.rs"]),
    ("rustls", &["lookup/ldap", "outside/authorities.rs", "outside/relay/", "outbox/nats", "server/tls/"]),
    ("tokio_rustls", &["server/tls/handshake.rs", "outside/relay/"]),
    ("x509_parser", &["server/tls/material.rs", "server/peer.rs"]),
    ("rcgen", &["cli/cert.rs", "outside/relay/mysql.rs"]),
    ("rustls_native_certs", &["outside/authorities.rs"]),
    ("async_nats", &["outbox/nats"]),
    ("zeroize", &["event/"]),
    ("opentelemetry", &["telemetry/traces/otel.rs", "telemetry/traces/queue.rs"]),
    ("opentelemetry_sdk", &["telemetry/traces/"]),
    ("opentelemetry_http", &["telemetry/traces/heard.rs"]),
    ("opentelemetry_otlp", &["telemetry/traces/collector.rs"]),
];

/// Who sees a secret in plain, and what for. Whoever comes to this list answers for where the secret goes from there.
const SEE_SECRETS: [(&str, &str); 18] = [
    ("event/hide.rs", "values become secrets, and are computed with"),
    ("event/same.rs", "values are compared"),
    ("event/value.rs", "parts of secrets are secrets"),
    ("event/document.rs", "the text that secrets lie in"),
    ("event/write.rs", "the one place where they are written"),
    ("event/reply.rs", "the answer to who sent them"),
    ("engine/decision.rs", "the same, for each kind of hook"),
    ("engine/send.rs", "what goes to a destination that takes secrets"),
    ("engine/asking.rs", "keys of tables: the question leaves nothing behind"),
    ("engine/draft.rs", "rows found by a secret, and the index of rules: neither leaves anything behind"),
    ("engine/matching.rs", "conditions: whether they hold"),
    ("engine/evaluate.rs", "templates, whose text is a secret again"),
    ("engine/case.rs", "a test's rules run on their own output"),
    ("rule/comparison.rs", "operators: whether they hold"),
    ("rule/function/table.rs", "functions, whose answer is a secret again"),
    ("rule/script/veiled.rs", "scripts: joined and compared, and a secret again"),
    ("rule/script/convert.rs", "the same, on the way in"),
    ("rule/compile/case.rs", "the request that a test has written"),
];
/// The same above the engine.
const SEE_SECRETS_ABOVE: [(&str, &str); 2] = [
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
const PURE: [&str; 4] = ["event", "rule", "engine", "diagnostic"];
const WORLDLY: [&str; 8] =
    ["tokio", "std::net", "std::fs", "std::process", "Timestamp::now", "SystemTime", "Zoned::now", "std::env"];

struct Source {
    /// Below src, with `/`.
    name: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap_or_default()
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

/// The rooms that a file imports.
fn imports(source: &Source) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for line in source.code() {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split(['}', ';']).next().unwrap().split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let end = name.trim().find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let name = name.trim();
                rooms.insert(name[..end.unwrap_or(name.len())].to_owned());
            }
        }
    }
    rooms.retain(|room| room != source.room() && !room.is_empty());
    rooms
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        for room in imports(&source) {
            // On floor 1 the rooms do not know each other; `lib.rs` and `main.rs` only put rooms together.
            let is_down = floor(&room) < floor(source.room());
            if !is_down && !matches!(source.room(), "lib" | "main") {
                wrong.push(format!("src/{} imports `{room}`, which is not below it", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_of_a_room_do_not_import_each_other_in_circles() {
    let mut wrong = Vec::new();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let Some((folder, _)) = source.name.rsplit_once('/') else { continue };
        let module = source.name.trim_end_matches(".rs").to_owned();
        for line in source.code().filter(|line| line.trim_start().starts_with("use super::")) {
            let rest = line.trim_start().trim_start_matches("use super::");
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            edges.entry(module.clone()).or_default().insert(format!("{folder}/{name}"));
        }
    }
    for start in edges.keys() {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = edges[start].iter().collect();
        while let Some(module) = next.pop() {
            if module == start {
                wrong.push(format!("src/{start}.rs imports itself through its siblings"));
                break;
            }
            if seen.insert(module) {
                next.extend(edges.get(module).into_iter().flatten());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
