//! Services whose answers are many and large: they are not kept unasked, they fit what is deployed, and others are heard beside.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::thread;

use crate::support::client::{Client, request};
use crate::support::outside::Outside;
use crate::support::platform::{Manner, Platform};
use crate::support::program::{Program, Served, folder};

/// How much more the program may ever have had in memory, in KiB: what all answers may take while they are read and used, what
/// is kept, and the allocator's share.
const MORE_KIB: u64 = 64 << 10;
/// Most that it may ever have had, in KiB: what the deployments give it.
const DEPLOYED_KIB: u64 = 256 << 10;

/// A service that answers everything with this.
fn service(body: String) -> Platform {
    let platform = Platform::new(&serde_json::json!([]));
    platform.now(Manner::Body(body));
    platform
}

/// An answer of about 600 KB: 900 people with thirty fields each, which take many times that in memory.
fn large() -> String {
    let fields: String = (0..30).map(|n| format!(",\"field{n}\":\"value{n}\"")).collect();
    let rows: Vec<String> = (0..900).map(|n| format!("{{\"id\":{n}{fields}}}")).collect();
    format!("[{}]", rows.join(","))
}

fn rows(count: usize) -> String {
    format!("[{}]", vec!["{\"id\":1}"; count].join(","))
}

/// A gateway whose lookup `l0`, `l1`, … asks the service of that place; `more` is what it says beside its call.
fn gateway(services: &[&Platform], more: &str) -> (tempfile::TempDir, Served) {
    let mut yaml = "lookups: { budget_ms: 20000 }\nconnections:\n".to_owned();
    let mut rules = "hook: validateUser\ncodes: { Found: found }\nlookups:\n".to_owned();
    for (n, service) in services.iter().enumerate() {
        let _ = writeln!(yaml, "  c{n}: {{ http: \"http://{}\", tls: off, allow: [127.0.0.1] }}", service.address);
        let _ = writeln!(rules, "  l{n}: {{ http: c{n}, get: \"/${{key}}\", on_error: fail, {more} }}");
    }
    rules += "rules:\n";
    for n in 0..services.len() {
        let _ = writeln!(
            rules,
            "  - {{ name: r{n}, when: {{ user.ask: l{n}, user.login: {{ found_in: l{n} }} }}, reject: Found }}"
        );
    }
    let dir = folder(&[("gateway.yaml", &yaml), ("rules/a.yaml", &rules)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    (dir, served)
}

fn is_found(served: &Served, lookup: usize, key: &str) -> bool {
    let body = format!(r#"{{"request":{{"user":{{"ask":"l{lookup}","login":"{key}"}}}}}}"#);
    let mut client = Client::connect(served.address);
    client.send(&request("POST", "/webhook/validateUser", "", body.as_bytes()));
    client.answer().unwrap().body.contains("Found")
}

fn peak_kib(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// With all the answers of a hundred questions kept, either would take more than 300 MiB.
#[test]
fn a_hundred_large_answers_take_no_more_memory_than_a_few() {
    for (more, asked) in [("timeout: 10s", 101), ("timeout: 10s, cache: 60s", 100)] {
        let service = service(large());
        let (_dir, served) = gateway(&[&service], more);
        assert!(is_found(&served, 0, "first"));
        let before = peak_kib(&served);
        for n in 1..100 {
            assert!(is_found(&served, 0, &format!("person{n}")), "{more}, {n}: {}", served.log());
        }
        assert!(is_found(&served, 0, "person99"));
        // The last of them is kept where answers are, and nowhere else.
        assert_eq!(service.seen().len(), asked, "{more}");
        let peak = peak_kib(&served);
        println!("{more}: {} MiB with one, {} MiB with all", before >> 10, peak >> 10);
        assert!(peak < before + MORE_KIB, "{more}: {before} KiB, then {peak} KiB");
    }
}

#[test]
fn an_answer_of_too_many_rows_is_none_and_the_log_says_what_to_do() {
    let outside = |service: &Platform, more: &str| {
        let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", service.address);
        Outside::asking(&connection, &format!("get: \"/${{key}}\", timeout: 20s{more}"))
    };
    let service = service(rows(1_000));
    assert_eq!(outside(&service, "").told("a").rows().matches("id").count(), 1_000);
    for (body, more, wanted) in [
        (rows(1_001), "", "the answer has more than 1000 rows"),
        (rows(10_001), ", where: { id: none }", "the answer has more than 10000 rows"),
        (format!("[{}{{}}]", "{},".repeat(1_300_000)), "", "the answer has more than 400000 fields and items of lists"),
        (format!("[[{}1]]", "1,".repeat(900_000)), "", "the answer has more than 400000 fields and items of lists"),
    ] {
        service.now(Manner::Body(body));
        let (_, log) = outside(&service, more).reply("preCreateUser", r#"{"request":{"user":{"key":"a"}}}"#, None);
        assert!(log.contains(wanted) && log.contains("`pages`") && log.contains("`query`"), "{wanted}: {log}");
    }
    // Of many rows those that are wanted count, on all pages together.
    service.now(Manner::Body(rows(10_000)));
    assert_eq!(outside(&service, ", where: { id: none }").told("a").rows(), "[]");
    service.now(Manner::Body(rows(600)));
    let told = outside(&service, ", pages: { number: page, size: 600 }").told("a").trouble();
    assert_eq!(told, "the answer has more than 1000 rows");
}

#[test]
fn one_that_is_well_is_heard_beside_those_that_send_too_much() {
    let many = service(format!("[{}{{}}]", "{},".repeat(1_300_000)));
    let large = service(large());
    let well = service("[{\"id\":1}]".to_owned());
    let (_dir, served) = gateway(&[&many, &large, &well], "timeout: 1s");
    thread::scope(|scope| {
        for n in 0..16 {
            let served = &served;
            scope.spawn(move || {
                for m in 0..3 {
                    is_found(served, n % 2, &format!("{n}-{m}"));
                }
            });
        }
        for n in 0..60 {
            assert!(is_found(&served, 2, &format!("well{n}")), "question {n}: {}", served.log());
        }
    });
    let peak = peak_kib(&served);
    println!("{} MiB at most", peak >> 10);
    assert!(peak < DEPLOYED_KIB, "{peak} KiB were held");
}
