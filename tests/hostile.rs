//! Hostile scripts, in a process of their own: an abort would end this one.

use std::process::Command;
use std::sync::Arc;

use hookgate::event::Calendar;
use hookgate::rule::{Form, Inputs, Run};

use crate::support::script::{engine, now, read};

const CHILD: &str = "HOOKGATE_TEST_HOSTILE_SCRIPTS";
/// Most memory the whole corpus may take, in KiB.
const MEMORY_LIMIT_KIB: u64 = 256 << 10;

fn hostile() -> Vec<String> {
    let mut scripts: Vec<String> = include_str!("hostile.txt").split("\n---\n").map(str::to_owned).collect();
    for depth in [10, 100, 1_000, 30_000] {
        scripts.push(format!("{}1{}", "(".repeat(depth), ")".repeat(depth)));
        scripts.push(format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
        scripts.push(format!("{}1{}", "#{a:".repeat(depth), "}".repeat(depth)));
        scripts.push(format!("{}1{}", "{".repeat(depth), "}".repeat(depth)));
        scripts.push(format!("{}1", "-".repeat(depth)));
        scripts.push(format!("{}true", "!".repeat(depth)));
        scripts.push(format!("1{}", "+1".repeat(depth)));
        scripts.push(format!("user{}", ".a".repeat(depth)));
        scripts.push(format!("user{}", "[0]".repeat(depth)));
        scripts.push(format!("1{}", " ?? 1".repeat(depth.min(10_000))));
        scripts.push(format!("{}1{}", "if true {".repeat(depth.min(6_000)), "}".repeat(depth.min(6_000))));
        scripts.push(format!("{}1", "|x| ".repeat(depth.min(15_000))));
        scripts.push(format!("{}1", "let a = 1; ".repeat(depth.min(5_000))));
        scripts.push(format!("user{}", ".trim()".repeat(depth.min(9_000))));
        scripts.push(format!("`{}1{}`", "${`".repeat(depth.min(10_000)), "`}".repeat(depth.min(10_000))));
    }
    scripts
}

#[test]
fn hostile_scripts_end_their_run_and_nothing_else() {
    if std::env::var_os(CHILD).is_some() {
        run_hostile();
        return;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["hostile_scripts_end_their_run_and_nothing_else", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{}\n{text}\n{}", child.status, String::from_utf8_lossy(&child.stderr));
    let number = |name: &str| -> u64 {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
        line.trim().parse().unwrap()
    };
    assert_eq!(number("ended: "), hostile().len() as u64);
    assert!(hostile().len() >= 60);
    assert!(number("peak KiB: ") < MEMORY_LIMIT_KIB, "{text}");
}

fn run_hostile() {
    let scripts = Arc::new(engine());
    let mut ended = 0;
    for text in hostile() {
        let shown: String = text.chars().take(70).collect();
        let scripts = Arc::clone(&scripts);
        let begun = std::time::Instant::now();
        let thread =
            std::thread::Builder::new().stack_size(2 << 20).spawn(move || match scripts.compile(&text, Form::Block) {
                Ok(script) => {
                    let reads = script.reads().iter().map(read).collect();
                    let run = scripts
                        .run(&script, Inputs { reads, now: now(), calendar: Calendar::utc(), answers: Arc::default() });
                    match run {
                        Run::Done(_) => "done".to_owned(),
                        Run::Asks(_) => "asks".to_owned(),
                        Run::Failed(failure) => failure.message,
                    }
                }
                Err(mistakes) => format!("refused: {}", mistakes[0].message),
            });
        let outcome = thread.unwrap().join().unwrap();
        println!("{:>5} ms  {outcome:<60} {shown:?}", begun.elapsed().as_millis());
        ended += 1;
    }
    println!("\nended: {ended}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    println!("peak KiB: {}", peak.trim().trim_end_matches(" kB"));
}
