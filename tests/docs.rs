//! What the documentation shows is true: its calls are made, its rules are loaded, its examples are run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::schema::{objections, rules_folders, tenant_beside};
use crate::support::client::post_with;
use crate::support::platform::TOKEN;
use crate::support::program::{Program, root};
use crate::support::server::{gateway_of_folder, settings, tenant_of};
use crate::support::{Running, example, server};
use hookgate::diagnostic::File;
use hookgate::engine::testing::case;
use hookgate::engine::testing::case::{CaseVerdict, Surroundings};
use hookgate::event::Hooks;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources};
use hookgate::server::bind;

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A fenced block: its language, its text, and the line it begins on.
struct Block<'p> {
    language: &'p str,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (n, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some(Block { language, text: String::new(), line: n + 1 }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text += line;
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    found
}

/// The header of a call in the name of somebody whom the platform knows.
fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}\r\n")
}

/// A `curl` command: the path it calls, the headers that matter, and the body it sends.
fn call(command: &str) -> (String, String, Vec<u8>) {
    let command = command.replace("\\\n", " ");
    let address = command.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:8080/"));
    let path = address.unwrap_or_else(|| panic!("no address in {command}")).trim_start_matches("http://127.0.0.1:8080");
    let (flag, rest) = ["-d ", "--data-binary "]
        .iter()
        .find_map(|flag| command.split_once(flag).map(|(_, rest)| (*flag, rest)))
        .unwrap();
    let argument = match rest.trim().strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap(),
        None => rest.split_whitespace().next().unwrap(),
    };
    let body = match argument.strip_prefix('@') {
        Some(file) => fs::read(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}")),
        None => argument.as_bytes().to_vec(),
    };
    // curl's `-d @file` leaves the ends of lines out.
    let is_sent = |byte: &u8| flag != "-d " || !argument.starts_with('@') || !matches!(byte, b'\r' | b'\n' | 0);
    let headers = if command.contains("-H \"Authorization: Bearer $TOKEN\"") { bearer() } else { String::new() };
    (path.to_owned(), headers, body.into_iter().filter(is_sent).collect())
}

/// Makes every call of a page behind which an answer stands; the hooks that were called.
fn calls(page: &str, server: &Running) -> Vec<String> {
    let text = self::page(page);
    let mut called = Vec::new();
    for pair in blocks(&text).windows(2) {
        let [asked, answered] = pair else { continue };
        if asked.language != "sh" || !asked.text.starts_with("curl ") || answered.language != "json" {
            continue;
        }
        let (path, headers, body) = call(&asked.text);
        let answer = post_with(server.address, &path, &headers, &body);
        assert_eq!((answer.status, &*answer.body), (200, answered.text.trim_end()), "{page}:{}", asked.line);
        called.push(path.trim_start_matches("/webhook").trim_matches('/').to_owned());
    }
    called
}

#[test]
fn the_calls_to_the_twelve_hooks_are_answered_as_it_is_written() {
    let server = server(&settings(), gateway_of_folder(&root().join("rules")));
    let mut called = calls("examples/curl.md", &server);
    called.sort();
    called.dedup();
    let mut hooks: Vec<_> = Hooks::standard().names().map(str::to_owned).collect();
    hooks.sort();
    assert_eq!(called, hooks);
}

#[test]
fn the_calls_of_each_example_are_answered_as_it_is_written() {
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let example = folder.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let (gateway, _platform) = example::gateway(&folder);
        let server = Running::start(bind(&settings(), gateway).unwrap());
        let called = calls(&format!("examples/{example}/README.md"), &server);
        assert!(!called.is_empty(), "{example} shows no call");
        let replies = fs::read_dir(folder.with_file_name("replies")).unwrap().map(|entry| entry.unwrap().path());
        let replies: Vec<PathBuf> = replies.collect();
        assert!(
            replies.iter().all(|reply| folder.with_file_name("requests").join(reply.file_name().unwrap()).is_file())
        );
    }
}

#[test]
fn the_readmes_calls_are_answered_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    for file in fs::read_dir(root().join("rules")).unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&file, rules.join(file.file_name().unwrap())).unwrap();
    }
    let readme = page("README.md");
    let rule = blocks(&readme).into_iter().find(|block| block.language == "yaml").unwrap();
    // It says: at the end of `rules:`, above `tests:`.
    let text = fs::read_to_string(rules.join("validate.yaml")).unwrap();
    fs::write(rules.join("validate.yaml"), text.replace("\ntests:", &format!("\n{}\ntests:", rule.text))).unwrap();
    let server = server(&settings(), gateway_of_folder(&rules));
    assert_eq!(calls("README.md", &server), ["validateUser", "validateUser"]);
}

#[test]
fn the_readme_has_the_two_commands_that_serve_and_test() {
    let readme = page("README.md");
    let commands: Vec<_> =
        blocks(&readme).into_iter().filter(|block| block.language == "sh").map(|block| block.text).collect();
    assert!(commands.contains(&"cargo run --release -- serve\n".to_owned()), "{commands:?}");
    assert!(commands.contains(&"cargo test\n".to_owned()), "{commands:?}");
}

/// What rules of the reference send to.
pub const DESTINATIONS: &str = "outbox: { encryption_key: \"${env:OUTBOX_KEY}\" }\ndestinations:\n  itsm: { http: \"https://itsm.example/events\" }\n  chat: { slack: \"${env:CHAT}\" }\n  \
                            siem: { file: siem.jsonl }\n  vault: { http: \"https://vault.example\", accepts: secrets }\n";

/// Whether a block is a whole rule file.
fn is_whole_file(block: &Block<'_>) -> bool {
    block.language == "yaml" && block.text.starts_with("# rules/")
}

/// The whole rule files of a page, each with its name.
pub fn whole_rule_files(page: &str) -> Vec<(String, String)> {
    let whole = blocks(page).into_iter().filter(is_whole_file);
    whole.map(|block| (block.text.lines().next().unwrap().trim_start_matches("# ").to_owned(), block.text)).collect()
}

/// The pages about the language: the short one, and the reference behind it.
pub fn language() -> Vec<String> {
    let parts = fs::read_dir(root().join("docs/language")).unwrap();
    let parts = parts.map(|entry| format!("docs/language/{}", entry.unwrap().file_name().to_str().unwrap()));
    let mut pages: Vec<String> = parts.collect();
    pages.extend(["docs/rules.md", "docs/language.md"].map(str::to_owned));
    pages.sort();
    pages
}

/// Blocks that are whole files: they say so in their first line.
#[test]
fn every_whole_rule_file_of_the_reference_is_right_and_passes_its_tests() {
    let mut files = 0;
    for name in language() {
        let page = page(&name);
        for block in blocks(&page).iter().filter(|block| is_whole_file(block)) {
            let at = format!("{name}:{}", block.line);
            let file = block.text.lines().next().unwrap().trim_start_matches("# ").to_owned();
            let mut sources = vec![(Role::Yaml, Arc::new(File::new(file, block.text.clone())))];
            if block.text.contains("table: people.csv") {
                let people = File::new("rules/people.csv".to_owned(), "login,mobile\na,+91 98200 12345\n".to_owned());
                sources.push((Role::Csv, Arc::new(people)));
            }
            let built = Live::build(&Sources::from_files(Path::new("rules"), sources), &tenant_of(DESTINATIONS));
            let (live, report) = built.unwrap_or_else(|report| panic!("{at}\n{}", report.to_text(false)));
            assert!(report.findings.is_empty(), "{at}\n{}", report.to_text(false));
            assert!(objections(&block.text).is_empty(), "{at}: {:?}", objections(&block.text));
            assert!(pass(&live, &at) > 0, "{at}");
            files += 1;
        }
    }
    assert!(files >= 16, "only {files} whole files");
}

/// Blocks that are parts of a file are at least YAML with keys that a rule file or a rule has.
#[test]
fn every_part_of_a_rule_file_in_the_reference_can_be_read() {
    for name in language() {
        for block in blocks(&page(&name)).iter().filter(|block| block.language == "yaml") {
            let text = &block.text;
            let is_list = text.trim_start().starts_with("- ");
            let is_rule = ["when:", "set:"].iter().any(|key| text.starts_with(key)) && !text.contains("rules:");
            let objections = objections(&match (is_list, is_rule) {
                (true, _) => format!("rules:\n{text}"),
                (_, true) => format!("rules:\n  - name: a\n    {}", text.replace('\n', "\n    ")),
                _ => text.clone(),
            });
            assert!(objections.is_empty(), "{name}:{}: {objections:?}", block.line);
        }
    }
}

/// Runs the cases of a set; how many there are. Panics over one that does not pass.
fn pass(live: &Live, what: &str) -> usize {
    let surroundings =
        Surroundings { now: jiff::Timestamp::now(), calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    for case in &live.rules.cases {
        let result = case::run(&live.rules, case, &live.tables, &surroundings);
        let told = format!("{what}: {}: {:?} {:?}", case.name, result.verdict, result.trace);
        assert!(matches!(result.verdict, CaseVerdict::Passed), "{told}");
    }
    live.rules.cases.len()
}

#[test]
fn every_example_is_without_a_finding_and_passes_its_tests() {
    let mut examples = 0;
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let (live, report) =
            Live::read(&folder, &tenant_beside(&folder)).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty(), "{}", report.to_text(false));
        assert!(pass(&live, &folder.display().to_string()) > 0, "{} has no test", folder.display());
        examples += 1;
    }
    assert!(examples >= 2, "only {examples} examples");
}

/// The replies beside the requests are what the server sends. A request is named after its hook, as in
/// `runDeprovision.left`, or stands for itself.
#[test]
fn the_replies_of_each_example_are_the_ones_that_are_served() {
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let (gateway, _platform) = example::gateway(&folder);
        let server = Running::start(bind(&settings(), gateway).unwrap());
        for file in fs::read_dir(folder.with_file_name("replies")).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let hook =
                name.split('.').next().and_then(|hook| Hooks::standard().named(hook).map(|hook| hook.name.clone()));
            let hook = hook.unwrap_or("validateUser".to_owned());
            let request = fs::read(folder.with_file_name("requests").join(file.file_name().unwrap())).unwrap();
            let answer = post_with(server.address, &format!("/webhook/{hook}"), &bearer(), &request);
            assert_eq!(
                answer.json(),
                serde_json::from_str::<serde_json::Value>(&fs::read_to_string(&file).unwrap()).unwrap(),
                "{}",
                file.display()
            );
        }
    }
}

/// Every `hookgate …` command that a page shows is one that the program knows.
#[test]
fn the_commands_that_are_shown_are_understood() {
    let mut shown = BTreeMap::new();
    for name in [
        "README.md",
        "docs/language.md",
        "docs/operating.md",
        "examples/README.md",
        "examples/hello/README.md",
        "examples/unique-mobile/README.md",
        "examples/joiner-leaver/README.md",
        "examples/cymmetri-api/README.md",
    ] {
        let text = page(name);
        for block in blocks(&text).iter().filter(|block| block.language == "sh") {
            for line in block.text.lines() {
                let line = line.split(" #").next().unwrap().trim();
                let words = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("hookgate "));
                shown.extend(words.map(|words| (words.to_owned(), name)));
            }
        }
    }
    assert!(shown.len() >= 5, "{shown:?}");
    for (words, page) in shown {
        // With what a command is given, so that a command within a command tells its own flags.
        let command = words.split_whitespace().take_while(|word| !word.starts_with("--"));
        let help = Program::new(command.chain(["--help"])).run().expect(0);
        for flag in words.split_whitespace().filter(|word| word.starts_with("--")) {
            let flag = flag.split('=').next().unwrap();
            assert!(
                help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                "{page}: `{words}` has {flag}, which is unknown:\n{help}"
            );
        }
    }
}

/// Every `hookgate scan` behind which its output stands prints that, but for hashes and times.
#[test]
fn the_scans_that_are_shown_come_out_as_it_is_written() {
    let text = page("docs/operating.md");
    let without_changing = |text: &str| {
        let hash = regex::Regex::new(r"\([0-9a-f]{12}\)").unwrap().replace_all(text, "(…)").into_owned();
        regex::Regex::new(r"decided in [0-9.]+ s").unwrap().replace_all(&hash, "decided in … s").into_owned()
    };
    let mut scans = 0;
    for pair in blocks(&text).windows(2) {
        let [asked, told] = pair else { continue };
        if !asked.text.starts_with("hookgate scan ") || !told.language.is_empty() {
            continue;
        }
        let printed = Program::shell(asked.text.trim_end()).run().expect(1);
        assert_eq!(without_changing(&printed), told.text, "docs/operating.md:{}", asked.line);
        scans += 1;
    }
    assert_eq!(scans, 2);
}

/// Every test that SECURITY.md puts behind a promise is there: as a file, or as a function in it.
#[test]
fn the_tests_behind_the_promises_are_there() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let words: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let tools = words.iter().filter(|word| word.starts_with("tests/tools/"));
    let missing = tools.filter(|word| !root().join(word).exists());
    let mut wrong: Vec<String> = missing.map(|word| (*word).to_owned()).collect();
    let tests: Vec<&&str> = words.iter().filter(|word| word.contains("::") && !word.contains(' ')).collect();
    assert!(tests.len() > 20, "{tests:?}");
    for test in tests {
        let steps: Vec<&str> = test.split("::").collect();
        let (file, function) = steps.split_at(steps.len().min(2));
        let is_there = |path: &str| fs::read_to_string(root().join("tests").join(path)).ok();
        let found = is_there(&format!("{}.rs", file.join("/"))).map(|text| (text, function.first().copied()));
        let in_one_file = || is_there(&format!("{}.rs", file[0])).or_else(|| is_there(&format!("{}/mod.rs", file[0])));
        let found = found.or_else(|| Some((in_one_file()?, file.get(1).copied())));
        let holds = found.is_some_and(|(text, name)| name.is_none_or(|name| text.contains(&format!("fn {name}("))));
        if !holds {
            wrong.push((*test).to_owned());
        }
    }
    assert!(wrong.is_empty(), "SECURITY.md names what is not there: {}", wrong.join(", "));
}

/// What was acknowledged and has not arrived stands below `/data`, and goes with a container whose volume has no name.
#[test]
fn a_container_that_serves_has_a_volume_with_a_name() {
    let mut runs = Vec::new();
    for name in ["README.md", "docs/operating.md"] {
        let text = page(name).replace("\\\n", " ");
        for line in text.lines().filter(|line| line.contains("docker run ")) {
            // Up to the remark behind it.
            runs.push(line.split_once("docker run ").unwrap().1.split("  #").next().unwrap().trim().to_owned());
        }
    }
    let serves: Vec<&String> = runs.iter().filter(|run| run.contains(" -p ")).collect();
    assert!(serves.len() >= 3, "{runs:?}");
    assert!(serves.iter().all(|run| run.contains(" -v hookgate:/data ")), "{serves:?}");
}
