//! Rules and rows of a table that test everything there is to test, the users they are for, and the plainest evaluator of them.

#![allow(dead_code, reason = "each benchmark uses what it needs")]

pub mod elements;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use regex::Regex;
use serde_json::Value as Json;

const RULES_A_FILE: usize = 100;

/// One test of a rule.
pub enum Test {
    Is(&'static str, String),
    IsNot(&'static str, String),
    In(&'static str, [String; 2]),
    Matches(&'static str, String),
    Begins(&'static str, String),
    Between(&'static str, usize, usize),
    Present(String),
}

/// What the rule (or row) `n` tests: another kind in turn; all together hold of no user here.
pub fn tests(n: usize) -> Vec<Test> {
    let contractor = || Test::Is("userType", "Contractor".to_owned());
    let abroad = || Test::IsNot("country", "India".to_owned());
    let department = |n: usize| Test::Is("department", format!("D{n}"));
    match n % 8 {
        0 => vec![department(n), contractor()],
        1 => vec![Test::In("location", [format!("L{n}"), format!("M{n}")]), contractor()],
        2 => vec![Test::Matches("email", format!("^nobody{n}[a-z]*@"))],
        3 => vec![Test::Begins("login", format!("nobody{n}."))],
        4 => vec![Test::Present(format!("field{}", n % 50)), contractor()],
        5 => vec![Test::Between("grade", n, n + 8), abroad()],
        6 => vec![abroad(), department(n)],
        _ => vec![department(n % 97), Test::Is("location", format!("L{}", n % 89)), contractor()],
    }
}

impl Test {
    fn field(&self) -> &str {
        match self {
            Test::Present(field) => field,
            Test::Is(field, _)
            | Test::IsNot(field, _)
            | Test::In(field, _)
            | Test::Matches(field, _)
            | Test::Begins(field, _)
            | Test::Between(field, _, _) => field,
        }
    }

    fn operators(&self) -> String {
        match self {
            Test::Is(_, value) => value.clone(),
            Test::IsNot(_, value) => format!("{{ is_not: {value} }}"),
            Test::In(_, [one, other]) => format!("[{one}, {other}]"),
            Test::Matches(_, pattern) => format!("{{ matches: '{pattern}' }}"),
            Test::Begins(_, text) => format!("{{ starts_with: {text} }}"),
            Test::Between(_, low, high) => format!("{{ gte: {low}, lt: {high} }}"),
            Test::Present(_) => "{ present: true }".to_owned(),
        }
    }
}

fn rule(n: usize, hook: &str) -> String {
    let mut text = format!("  - name: rule-{n}\n    hook: {hook}\n    when:\n");
    for test in tests(n) {
        let _ = writeln!(text, "      user.{}: {}", test.field(), test.operators());
    }
    text + "    reject: NotAllowed\n"
}

/// `count` rules of validateUser, and behind them `others` of another hook: names of files and what stands in them.
fn texts(count: usize, others: usize) -> Vec<(String, String)> {
    let all: Vec<usize> = (0..count + others).collect();
    let file = |(n, numbers): (usize, &[usize])| {
        let mut text = String::from("codes: { NotAllowed: Not allowed. }\nrules:\n");
        let hook = |n: usize| if n < count { "validateUser" } else { "validateUpdateUser" };
        numbers.iter().for_each(|n| text.push_str(&rule(*n, hook(*n))));
        (format!("{n:04}.yaml"), text)
    };
    all.chunks(RULES_A_FILE).enumerate().map(file).collect()
}

/// The same, compiled.
pub fn rules(count: usize, others: usize) -> (Live, Duration) {
    let file = |(name, text)| (Role::Yaml, Arc::new(File::new(format!("rules/{name}"), text)));
    build(texts(count, others).into_iter().map(file).collect())
}

/// The same for one hook, written into a folder.
pub fn files(count: usize, folder: &Path) {
    texts(count, 0).iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).unwrap());
}

/// One rule whose table has `count` rows in a CSV file.
pub fn rows(count: usize) -> (Live, Duration) {
    let fields = ["department", "location", "userType", "email", "login", "grade", "country"];
    let columns: Vec<String> =
        fields.iter().map(|field| (*field).to_owned()).chain((0..50).map(|n| format!("field{n}"))).collect();
    let inputs: Vec<String> = columns.iter().map(|column| format!("user.{column}")).collect();
    let rule = format!(
        "hook: validateUser\ncodes: {{ NotAllowed: Not allowed. }}\nrules:\n  - name: table\n    table:\n      hit: first\n      \
         inputs: [{}]\n      outputs: [reject]\n      rows: rows.csv\n",
        inputs.join(", ")
    );
    let mut csv = inputs.join(",") + ",reject\n";
    for n in 0..count {
        let tests: HashMap<String, String> =
            tests(n).iter().map(|test| (test.field().to_owned(), test.operators())).collect();
        for column in &columns {
            let _ = tests.get(column).map(|cell| write!(csv, "\"{}\"", cell.replace('"', "\"\"")));
            csv.push(',');
        }
        csv.push_str("NotAllowed\n");
    }
    let file = |name: &str, text: String| (Role::of(name).unwrap(), Arc::new(File::new(format!("rules/{name}"), text)));
    build(vec![file("table.yaml", rule), file("rows.csv", csv)])
}

fn build(files: Vec<(Role, Arc<File>)>) -> (Live, Duration) {
    let sources = Sources::from_files(Path::new("rules"), files);
    let began = Instant::now();
    let built = Live::build(&sources, &Tenant::standard());
    let took = began.elapsed();
    (built.map_err(|report| report.to_text(false)).unwrap().0, took)
}

/// A user whom rules name by department, location or grade `n` and none refuses, padded to `bytes`.
pub fn body(n: usize, bytes: usize) -> String {
    let mut body = format!(
        "{{\"request\":{{\"user\":{{\"firstName\":\"Asha\",\"lastName\":\"Rao\",\"login\":\"asha.rao{n}\",\"email\":\"asha.rao{n}@corp.example\",\
         \"userType\":\"Employee\",\"department\":\"D{n}\",\"location\":\"L{n}\",\"country\":\"India\",\"grade\":{n}"
    );
    let mut field = 100;
    while body.len() + 30 < bytes {
        let _ = write!(body, ",\"attribute{field}\":\"value {field}\"");
        field += 1;
    }
    body + "}}}"
}

/// Rule by rule in native code, with every field found once an event: what an index has to beat.
pub struct Naive {
    fields: Vec<String>,
    rules: Vec<Vec<(usize, Test, Option<Regex>)>>,
}

impl Naive {
    pub fn new(count: usize) -> Self {
        let mut naive = Self { fields: Vec::new(), rules: Vec::new() };
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for n in 0..count {
            let tests = tests(n).into_iter().map(|test| {
                let number = *numbers.entry(test.field().to_owned()).or_insert_with(|| {
                    naive.fields.push(test.field().to_owned());
                    naive.fields.len() - 1
                });
                let regex = if let Test::Matches(_, pattern) = &test { Regex::new(pattern).ok() } else { None };
                (number, test, regex)
            });
            let tests = tests.collect();
            naive.rules.push(tests);
        }
        naive
    }

    /// Whether any rule holds.
    pub fn decide(&self, user: &Json) -> bool {
        let values: Vec<Option<&Json>> = self.fields.iter().map(|field| user.get(field)).collect();
        self.rules
            .iter()
            .any(|tests| tests.iter().all(|(field, test, regex)| test.holds(values[*field], regex.as_ref())))
    }
}

impl Test {
    fn holds(&self, value: Option<&Json>, regex: Option<&Regex>) -> bool {
        let text = value.and_then(Json::as_str);
        match self {
            Test::Is(_, wanted) => text == Some(wanted),
            Test::IsNot(_, wanted) => value.is_some() && text != Some(wanted),
            Test::In(_, list) => text.is_some_and(|text| list.iter().any(|wanted| wanted == text)),
            Test::Matches(..) => text.zip(regex).is_some_and(|(text, regex)| regex.is_match(text)),
            Test::Begins(_, start) => text.is_some_and(|text| text.starts_with(start)),
            Test::Between(_, low, high) => {
                let range = *low as u64..*high as u64;
                value.and_then(Json::as_u64).is_some_and(|number| range.contains(&number))
            }
            Test::Present(_) => value.is_some_and(|value| !value.is_null()),
        }
    }
}
