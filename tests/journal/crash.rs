//! A durable journal and a gateway that is killed: what was acknowledged is recorded.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hookgate::journal::{Archive, Found, Settings, verify};

use super::found;

use crate::support::client::{Client, request};
use crate::support::program::{Program, folder};
use crate::support::wait::until;

const RULES: &str =
    "hook: validateUser\nrules: [{ name: no-vendors, when: { user.userType: Vendor }, reject: NoVendors }]\n";
const CALLERS: usize = 8;
const ROUNDS: usize = 4;
const ACKNOWLEDGED_A_ROUND: usize = 60;

#[test]
#[cfg(unix)]
fn nothing_acknowledged_is_missing_after_kill_9() {
    let folder = folder(&[("rules/validate.yaml", RULES)]);
    let mut acknowledged: Vec<String> = Vec::new();
    for _ in 0..ROUNDS {
        let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", "info"];
        let program = Program::new(words).within(folder.path());
        let program = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").env("HOOKGATE_JOURNAL_DURABLE", "true");
        let served = program.serve();
        let (ids, count, is_over) =
            (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (ids, count, is_over, address) =
                    (Arc::clone(&ids), Arc::clone(&count), Arc::clone(&is_over), served.address);
                std::thread::spawn(move || {
                    let mut client = Client::connect(address);
                    let call = request("POST", "/validateUser", "", br#"{"request":{"user":{"login":"a"}}}"#);
                    while !is_over.load(Ordering::Relaxed) && client.send(&call) {
                        let Ok(answer) = client.answer() else { return };
                        assert_eq!(answer.status, 200, "{answer:?}");
                        ids.lock().unwrap().push(answer.header("x-request-id").unwrap().to_owned());
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        until("some are acknowledged", || count.load(Ordering::Relaxed) >= ACKNOWLEDGED_A_ROUND);
        served.signal("KILL");
        is_over.store(true, Ordering::Relaxed);
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        acknowledged.append(&mut ids.lock().unwrap());
    }
    let (file, settings) = (folder.path().join("journal.jsonl"), Settings::default());
    let recorded: HashSet<String> = found(&file, &settings)
        .into_iter()
        .filter_map(|found| match found {
            Found::Line { record, .. } => Some(record.unwrap().id),
            Found::Old(_) | Found::Unread { .. } => None,
        })
        .collect();
    let faults = verify(&Archive::of(&file, &[]).unwrap()).unwrap().faults;
    assert_eq!(faults, [], "what a kill broke off is no fault where the next start went on behind it");
    let missing: Vec<_> = acknowledged.iter().filter(|id| !recorded.contains(*id)).collect();
    assert!(acknowledged.len() >= ROUNDS * ACKNOWLEDGED_A_ROUND);
    assert!(missing.is_empty(), "{} of {} are missing", missing.len(), acknowledged.len());
}
