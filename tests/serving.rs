//! Rules replaced while requests are answered: none fails, each sees one whole set, a save is soon live.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use hookgate::gateway::{Gateway, Live, Loaded, Pace, ReloadGuard, ReloadHandle, Reloader};
use hookgate::rule::Tenant;
use hookgate::server::bind;

use crate::support::reload::SETTLED;
use crate::support::server::{Running, settings};
use crate::support::wait::{during, until};
use crate::support::{Client, request};

/// How often the rules are rewritten.
const SAVES: u64 = 20;
/// Most requests that one client sends.
const REQUESTS_PER_CLIENT: u64 = 2_000_000;

const BODY: &[u8] = br#"{"request":{"targetAttribute":"version","user":{"login":"asha.rao"}}}"#;

/// Every fifth save has a mistake.
fn is_broken(number: u64) -> bool {
    number % 5 == 4
}

/// Puts version `number` into force as a whole, as a deployment does: a folder made aside, and the link turned to it.
/// A rule file and a table have the number; a set made of two versions would show it.
fn save(base: &Path, number: u64) {
    let folder = base.join(format!("version {number}"));
    fs::create_dir(&folder).unwrap();
    let value = if is_broken(number) { "mapedValue" } else { "mappedValue" };
    let rules = format!(
        "hook: policyMap\nlookups: {{ versions: {{ table: version.csv, key: key }} }}\nlet: {{ row: {{ lookup: versions, key: now }} }}\n\
         rules:\n  - {{ name: together, {value}: \"{number}/${{row.version}}\" }}\n"
    );
    fs::write(folder.join("a.yaml"), rules).unwrap();
    fs::write(folder.join("version.csv"), format!("key,version\nnow,{number}\n")).unwrap();
    symlink(&folder, base.join("next")).unwrap();
    fs::rename(base.join("next"), base.join("rules")).unwrap();
}

/// A gateway that is served and whose rules are replaced as they are saved.
struct Serving {
    base: tempfile::TempDir,
    server: Running,
    handle: ReloadHandle,
    _reloading: ReloadGuard,
}

impl Serving {
    fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        save(base.path(), 0);
        let rules: PathBuf = base.path().join("rules");
        let (live, _) = Live::read(&rules, &Tenant::standard()).unwrap();
        let in_force = Some(live.rules.hash.clone());
        let gateway = Arc::new(Gateway::new(live));
        let server = Running::start(bind(&settings(), Arc::clone(&gateway)).unwrap());
        let pace = Pace { quiet_ms: 30, poll_ms: 600_000 };
        let reloader = Reloader::new(&rules, pace, in_force, move |change| {
            gateway.replace(Live::build(&change.sources, &Tenant::standard())?.0);
            Ok(Loaded::default())
        });
        let handle = reloader.handle();
        let serving = Self { base, server, handle, _reloading: reloader.start().unwrap() };
        until("the folder is watched", || serving.handle.status().watching);
        serving
    }
}

/// Asks what is in force. Panics over an answer that is of no whole set, and over a request that fails.
fn ask(client: &mut Client) -> u64 {
    assert!(client.send(&request("POST", "/webhook/policyMap", "", BODY)));
    let answer = client.answer().unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let value = answer.json()["response"]["mappedValue"].as_str().unwrap().to_owned();
    let (rule, table) = value.split_once('/').unwrap_or_else(|| panic!("of no version: {value}"));
    assert_eq!(rule, table, "an answer of two sets");
    let number = rule.parse().unwrap();
    assert!(!is_broken(number), "a broken set answers: {number}");
    number
}

/// A client that asks without a pause until it is told to stop; versions never go back. How many requests it sent.
fn asking(serving: &Serving, stop: &Arc<AtomicBool>, asked: &Arc<AtomicU64>) -> JoinHandle<()> {
    let (address, stop, asked) = (serving.server.address, Arc::clone(stop), Arc::clone(asked));
    thread::spawn(move || {
        let mut client = Client::connect(address);
        let mut newest = 0;
        for _ in 0..REQUESTS_PER_CLIENT {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let number = ask(&mut client);
            assert!(number >= newest, "version {number} after {newest}");
            newest = number;
            asked.fetch_add(1, Ordering::Relaxed);
        }
    })
}

#[test]
fn rules_are_replaced_under_load_without_a_failed_or_mixed_answer() {
    let serving = Serving::new();
    let (stop, asked): (Arc<AtomicBool>, Arc<AtomicU64>) = Default::default();
    let clients: Vec<_> = (0..3).map(|_| asking(&serving, &stop, &asked)).collect();
    let mut client = Client::connect(serving.server.address);
    let (mut in_force, mut broken) = (0, 0);
    for number in 1..=SAVES {
        let asked_before = asked.load(Ordering::Relaxed);
        save(serving.base.path(), number);
        if is_broken(number) {
            broken += 1;
            until("the mistake is told", || serving.handle.status().failures == broken);
            assert_eq!(ask(&mut client), in_force, "what ran before runs on");
            let report = serving.handle.status().last_failure.unwrap().report;
            assert!(report.contains("did you mean `mappedValue`?"), "{report}");
        } else {
            until("the save is live", || ask(&mut client) == number);
            in_force = number;
        }
        until("requests go on", || {
            asked.load(Ordering::Relaxed) > asked_before || clients.iter().any(JoinHandle::is_finished)
        });
    }
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|client| client.join().unwrap());
    assert!(asked.load(Ordering::Relaxed) >= SAVES);
    comes_to_rest(&serving);
}

/// After the last edit nothing is read again.
fn comes_to_rest(serving: &Serving) {
    let mut before = serving.handle.status();
    until("no more looks", || {
        during(SETTLED, || {});
        let now = serving.handle.status();
        let is_at_rest = now == before;
        before = now;
        is_at_rest
    });
    let status = serving.handle.status();
    assert_eq!(status.loads, SAVES - SAVES / 5, "{status:?}");
    during(SETTLED, || {});
    assert_eq!(serving.handle.status(), status);
}
