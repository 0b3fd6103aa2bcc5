//! Signals to a server and all processes that it has started: kill(2) returns before each of their threads has had its.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use super::wait::until;

/// Stops a process and those it has started. On return none of their threads runs.
pub fn hang(id: u32) {
    // Each stops before its children are listed: it starts no more of them then.
    let mut stopped = BTreeSet::new();
    let mut left = vec![id];
    while let Some(id) = left.pop() {
        if stopped.insert(id) {
            send("STOP", id);
            until("each thread of the process has stopped", || states(id).iter().all(|state| is_still(*state)));
            left.extend(children(id));
        }
    }
}

/// Lets them go on. On return none of their threads is stopped.
pub fn go_on(id: u32) {
    let mut left = vec![id];
    while let Some(id) = left.pop() {
        left.extend(children(id));
        send("CONT", id);
        until("no thread of the process is stopped", || !states(id).contains(&'T'));
    }
}

/// One of them may have ended meanwhile: that is no failure.
fn send(name: &str, id: u32) {
    let _ = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).output().unwrap();
}

fn children(id: u32) -> Vec<u32> {
    let found = Command::new("pgrep").args(["-P", &id.to_string()]).output().unwrap().stdout;
    String::from_utf8(found).unwrap().split_whitespace().map(|id| id.parse().unwrap()).collect()
}

/// The states of its threads, as the kernel writes them: `R` runs, `S` sleeps, `T` is stopped, `Z` has ended.
fn states(id: u32) -> Vec<char> {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else { return Vec::new() };
    let status = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());
    // Before the state stands the program's name in brackets, which may have brackets in it.
    status.filter_map(|text| text.rsplit_once(") ")?.1.chars().next()).collect()
}

fn is_still(state: char) -> bool {
    matches!(state, 'T' | 'Z' | 'X')
}

#[test]
fn what_a_process_has_started_hangs_with_it_and_goes_on_with_it() {
    // Two generations, the younger of which has work to do.
    let script = "bash -c 'while :; do :; done & wait' & wait";
    let mut process = Command::new("bash").args(["-c", script]).spawn().unwrap();
    let family = || {
        let children = children(process.id());
        let theirs = children.iter().flat_map(|child| self::children(*child));
        [process.id()].into_iter().chain(children.iter().copied()).chain(theirs).collect::<Vec<_>>()
    };
    until("all have started", || family().len() == 3);
    let family = family();
    hang(process.id());
    let hung: Vec<Vec<char>> = family.iter().map(|id| states(*id)).collect();
    go_on(process.id());
    let gone_on: Vec<Vec<char>> = family.iter().map(|id| states(*id)).collect();
    for id in &family {
        send("KILL", *id);
    }
    let _ = process.wait();
    assert_eq!(hung, vec![vec!['T']; 3]);
    assert!(gone_on.iter().flatten().all(|state| matches!(state, 'R' | 'S')), "{gone_on:?}");
}
