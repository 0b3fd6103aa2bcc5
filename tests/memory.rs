//! Loading holds no more memory than it may: small files that stand for much are refused before the memory is taken, where they
//! pass the budget, and the rules in force go on answering. `tests/tools/peak-memory` prints what each kind takes.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::client::post_with;
use crate::support::program::{Program, Served, folder};

/// What the deployments give a gateway.
const DEPLOYED_KIB: u64 = 256 << 10;
/// What `check` may have of addresses, in KiB: far less than any of these files took before they were counted, and enough for a
/// program that has not been optimised, its threads' stacks included.
const ADDRESSES_KIB: u64 = 800 << 10;

const GOOD: &str =
    "hook: validateUser\nrules:\n  - { name: good, when: { user.login: taken }, reject: LoginReserved }\n";
const TAKEN: &str = r#"{"request":{"user":{"login":"taken"}}}"#;

fn asking(table: &str) -> String {
    format!(
        "hook: validateUser\nlookups: {{ t: {{ table: {table}, key: a }} }}\nrules:\n  - {{ name: good, when: {{ user.login: {{ found_in: t }} }}, reject: LoginReserved }}\n"
    )
}

fn rules(count: usize, rule: impl Fn(usize) -> String) -> String {
    (0..count).fold("hook: validateUser\nrules:\n".to_owned(), |mut all, n| {
        let _ = writeln!(all, "  - {{ name: r{n}, {} }}", rule(n));
        all
    })
}

/// A workbook of one sheet with these rows, as XML.
fn workbook(rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"a\" Type=\"{link}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{link}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row>{rows}</sheetData></worksheet>"
            ),
        ),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Workbooks of which one piece of XML is larger than all that loading may hold.
fn workbooks() -> Vec<(&'static str, Vec<u8>)> {
    static MADE: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
        let long = "x".repeat(80 << 20);
        let row = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>b</v></c></row>";
        let cell = |text: &str| format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>{text}</is></c></row>");
        vec![
            ("one cell", workbook(&cell(&format!("<t>{long}</t>")))),
            ("one cell in many pieces", workbook(&cell(&"<r><t>x&amp;</t></r>".repeat(4 << 20)))),
            ("an attribute", workbook(&row.replace("r=\"2\"", &format!("a=\"{long}\"")))),
            ("a comment", workbook(&format!("<!--{long}-->{row}"))),
        ]
    });
    MADE.clone()
}

/// The files of a folder.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Folders that stand for far more than they are, each with what it is.
fn hostile() -> Vec<(&'static str, Files)> {
    let texts = texts()
        .into_iter()
        .map(|(what, files)| (what, files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()));
    let books = workbooks()
        .into_iter()
        .map(|(what, book)| (what, vec![("a.yaml", asking("t.xlsx").into_bytes()), ("t.xlsx", book)]));
    texts.chain(books).collect()
}

fn texts() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let letters = "x".repeat(100_000);
    let times = |text: &str, count: usize| text.repeat(count);
    let row = format!("{}x\n", times("x,", 99));
    let head = format!("a,{}z\n", (0..98).map(|n| format!("c{n},")).collect::<String>());
    vec![
        (
            "aliases of a long text",
            vec![("a.yaml", format!("{GOOD}let:\n  text: &t {letters}\n  list: [{}]\n", times("*t, ", 25_000)))],
        ),
        (
            "a table of such aliases",
            vec![("a.yaml", asking("t.yaml")), ("t.yaml", format!("- {{ a: &t {letters} }}\n{}", times("- { a: *t }\n", 25_000)))],
        ),
        (
            "aliases of aliases of a text",
            vec![(
                "a.yaml",
                format!("{GOOD}let:\n  a: &a [{letters}, {letters}]\n  b: &b [{}]\n  c: [{}]\n", times("*a, ", 100), times("*b, ", 100)),
            )],
        ),
        (
            "patterns that repeat",
            vec![("a.yaml", rules(700, |n| format!("when: {{ user.login: {{ matches: '^\\w{{20}}{n}$' }} }}, stop: true")))],
        ),
        ("short cells in long rows", vec![("a.yaml", asking("t.csv")), ("t.csv", head + &times(&row, 80_000))]),
        ("one line of cells", vec![("a.yaml", asking("t.csv")), ("t.csv", format!("a,b\n{}\n", times("x,", 8_000_000)))]),
        ("one short column", vec![("a.yaml", asking("t.csv")), ("t.csv", format!("a\n{}", times("1\n", 8_000_000)))]),
        (
            "small objects of JSON",
            vec![("a.yaml", asking("t.json")), ("t.json", format!("[{}{{\"a\":1}}]\n", times("{\"a\":1},", 1_900_000)))],
        ),
        ("a long table of YAML", vec![("a.yaml", asking("t.yaml")), ("t.yaml", times("- { a: 1 }\n", 400_000))]),
        (
            "a long decision table",
            vec![
                ("a.yaml", "hook: validateUser\nrules:\n  - { name: a, table: { inputs: [user.a, user.b], outputs: [reject], rows: t.csv } }\n".to_owned()),
                ("t.csv", format!("user.a,user.b,reject\n{}", times("x,y,LoginReserved\n", 400_000))),
            ],
        ),
        (
            "many scripts",
            vec![("a.yaml", rules(4_000, |n| format!("script: 'let a = {n}; {}'", times("if a == 1 { stop() } ", 20))))],
        ),
        ("long functions", vec![("a.yaml", GOOD.to_owned()), ("f.rhai", format!("fn f() {{ {} }}\n", times("a;", 4_000_000)))]),
        ("nothing but letters", (0..6).map(|n| (["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "f.yaml"][n], format!("{}#{}\n", GOOD.replace("good", ["a", "b", "c", "d", "e", "f"][n]), times("x", 15_000_000)))).collect()),
    ]
}

fn program(words: &[&str], dir: &std::path::Path) -> Program {
    Program::new(words.iter().copied()).within(dir).env("HOOKGATE_JOURNAL_FILE", "null")
}

/// The most that a process has held, in KiB.
fn peak_kib(served: &Served) -> u64 {
    status_kib(served, "VmHWM")
}

fn status_kib(served: &Served, what: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", served.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn refuses(served: &Served) -> bool {
    let answer = post_with(served.address, "/webhook/validateUser", "", TAKEN.as_bytes());
    answer.status == 200 && answer.body.contains("LoginReserved")
}

#[test]
fn a_set_over_budget_is_refused_and_the_old_one_serves_within_what_is_deployed() {
    let dir = folder(&[("rules/a.yaml", GOOD)]);
    let served = program(&["serve", "--listen", "127.0.0.1:0"], dir.path()).serve();
    assert!(refuses(&served));
    for (what, files) in hostile() {
        let rules = dir.path().join("rules");
        // The folder is replaced as a whole, so that no half of it is read.
        let next = dir.path().join("next");
        fs::create_dir(&next).unwrap();
        files.iter().for_each(|(name, text)| fs::write(next.join(name), text).unwrap());
        fs::rename(&rules, dir.path().join("before")).unwrap();
        fs::rename(&next, &rules).unwrap();
        let mut answer = served.ask("POST", "/reload", "");
        for _ in 0..6 {
            // A busy machine takes long to read on.
            if answer.status == 503 {
                answer = served.ask("POST", "/reload", "");
            }
        }
        let told = format!("{what}: {}", answer.body.chars().take(600).collect::<String>());
        assert_eq!(answer.status, 422, "{told}");
        assert!(answer.body.contains("H530") || answer.body.contains("H102"), "{told}");
        assert!(refuses(&served), "{what}: the rules in force answer no more");
        let peak = peak_kib(&served);
        assert!(peak < DEPLOYED_KIB, "{what}: {peak} KiB were held");
        fs::remove_dir_all(dir.path().join("before")).unwrap();
    }
    assert_eq!(served.stop().0, Some(0));
}

/// The limit is the operating system's: what asks for more is ended by it.
#[test]
fn check_says_where_the_memory_goes_and_takes_none_of_it() {
    for (what, files) in hostile() {
        let dir = folder(&[]);
        fs::create_dir(dir.path().join("rules")).unwrap();
        files.iter().for_each(|(name, text)| fs::write(dir.path().join("rules").join(name), text).unwrap());
        let line = format!("ulimit -v {ADDRESSES_KIB}; exec hookgate check --format json");
        let ended = Program::shell(&line).within(dir.path()).run();
        let first = ended.stdout.lines().find(|line| line.contains("\"error\"")).unwrap_or_default();
        let told = format!("{what}: {:?} {} {}", ended.code, first.chars().take(600).collect::<String>(), ended.stderr);
        assert_eq!(ended.code, Some(1), "{told}");
        let finding: serde_json::Value = serde_json::from_str(first).expect(&told);
        assert!(finding["code"] == "H530" || finding["code"] == "H102", "{told}");
        assert!(
            finding["place"]["file"].as_str().is_some_and(|file| file.starts_with("rules/"))
                || finding["code"] == "H102",
            "{told}"
        );
        assert!(finding["help"].to_string().contains("reload.memory_bytes") || finding["code"] == "H102", "{told}");
    }
}

#[test]
fn a_larger_budget_loads_what_a_smaller_one_refuses() {
    let table = (0..40_000).fold("a,b,c\n".to_owned(), |all, n| all + &format!("login{n},b{n},c{n}\n"));
    for (budget, code) in [("8388608", 1), ("268435456", 0)] {
        let dir = folder(&[("rules/a.yaml", &asking("t.csv")), ("rules/t.csv", &table)]);
        let ended = program(&["check"], dir.path()).env("HOOKGATE_RELOAD_MEMORY_BYTES", budget).run();
        assert_eq!(ended.code, Some(code), "{}", ended.stdout);
        assert_eq!(ended.stdout.contains("H530"), code == 1, "{}", ended.stdout);
    }
    // By default: what people have.
    let dir = folder(&[("rules/a.yaml", &asking("t.csv")), ("rules/t.csv", &table)]);
    assert_eq!(program(&["check"], dir.path()).run().code, Some(0));
}

/// What finds the line of a finding is no multiple of the file, and a table that nothing asks is held no longer than it is read.
#[test]
fn files_of_nothing_but_lines_take_no_more_than_they_are() {
    let dir = folder(&[("rules/a.yaml", GOOD)]);
    for n in 0..3 {
        fs::write(dir.path().join(format!("rules/t{n}.csv")), "a\n".to_owned() + &"\n".repeat(15_000_000)).unwrap();
    }
    let served = program(&["serve", "--listen", "127.0.0.1:0"], dir.path()).serve();
    assert!(refuses(&served));
    let (most, now) = (status_kib(&served, "VmHWM"), status_kib(&served, "VmRSS"));
    assert!(most < 140 << 10 && now < 100 << 10, "{most} KiB were held, {now} KiB are");
    assert_eq!(served.stop().0, Some(0));
}

/// To refuse a pattern takes as long as to compile a large one: thousands of them would hold up the next good save.
#[test]
fn patterns_that_are_refused_in_numbers_are_told_in_a_sentence() {
    let text =
        rules(4_000, |n| format!("when: {{ user.login: {{ matches: '^[a-z]{{500}}\\w{{50}}{n}$' }} }}, stop: true"));
    let dir = folder(&[("rules/a.yaml", &text)]);
    let told = program(&["check", "--format", "json"], dir.path()).run();
    assert_eq!(told.code, Some(1));
    assert_eq!(told.stdout.matches("this pattern cannot be used").count(), 20, "{}", told.stdout);
    assert!(
        told.stdout.contains("20 patterns cannot be used: those after this one are not checked"),
        "{}",
        told.stdout
    );
}
