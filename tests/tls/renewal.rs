//! Certificates replaced while requests are answered: none fails, connections stay, and what cannot be used changes nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hookgate::server::Settings;

use super::{encrypted, probe};
use crate::support::authority::{Authority, For, Issued};
use crate::support::program::{Program, folder};
use crate::support::secure::{Manner, Secure, VERSIONS, der};
use crate::support::wait::{during, until};
use crate::support::{Running, gateway, server};

/// How often the certificate is replaced.
const RENEWALS: usize = 10;
/// Most requests of one client.
const REQUESTS_PER_CLIENT: u64 = 1_000_000;

/// Puts a pair into force as a mounted secret changes: a folder made aside, and the link `..data` turned to it.
fn mount(base: &Path, number: usize, pair: &Issued) {
    let version = base.join(format!("..{number}"));
    fs::create_dir(&version).unwrap();
    pair.write(&version);
    symlink(&version, base.join("..next")).unwrap();
    fs::rename(base.join("..next"), base.join("..data")).unwrap();
}

/// A server whose files are mounted like a secret.
fn mounted(base: &Path, pair: &Issued) -> Running {
    mount(base, 0, pair);
    let aside = tempfile::tempdir().unwrap();
    let mut settings: Settings = encrypted(aside.path(), pair);
    for (name, there) in [("tls.crt", &mut settings.tls.certificate), ("tls.key", &mut settings.tls.key)] {
        symlink(Path::new("..data").join(name), base.join(name)).unwrap();
        *there = Some(base.join(name));
    }
    server(&settings, gateway())
}

fn serves(server: &Running, manner: &Manner) -> Vec<u8> {
    Secure::connect(server.address, manner).unwrap().certificate()
}

/// A client that asks until it is told to stop, over one connection or a new one each time. Panics over a request that fails.
fn asking(
    server: &Running,
    manner: &Manner,
    keeps: bool,
    stop: &Arc<AtomicBool>,
    asked: &Arc<AtomicU64>,
) -> JoinHandle<()> {
    let (address, manner, stop, asked) = (server.address, manner.clone(), Arc::clone(stop), Arc::clone(asked));
    thread::spawn(move || {
        let connect = || Secure::connect(address, &manner).unwrap();
        let mut client = connect();
        for _ in 0..REQUESTS_PER_CLIENT {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            assert_eq!(client.ask(&probe()).unwrap().status, 200);
            asked.fetch_add(1, Ordering::Relaxed);
            if !keeps {
                client = connect();
            }
        }
    })
}

#[test]
fn certificates_are_replaced_under_load_without_a_failed_request_or_a_lost_connection() {
    let (base, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let first = authority.issue("gate 0", For::Server);
    let server = mounted(base.path(), &first);
    let manner = Manner::new(&authority.pem(), &VERSIONS, None);
    let (stop, asked): (Arc<AtomicBool>, Arc<AtomicU64>) = Default::default();
    let clients: Vec<_> = [true, true, false].map(|keeps| asking(&server, &manner, keeps, &stop, &asked)).into();
    let mut oldest = Secure::connect(server.address, &manner).unwrap();
    for number in 1..=RENEWALS {
        let pair = authority.issue(&format!("gate {number}"), For::Server);
        mount(base.path(), number, &pair);
        until("the new certificate is served", || serves(&server, &manner) == der(&pair.certificate));
        assert_eq!(oldest.ask(&probe()).unwrap().status, 200);
        let before = asked.load(Ordering::Relaxed);
        until("requests go on", || {
            asked.load(Ordering::Relaxed) > before || clients.iter().any(JoinHandle::is_finished)
        });
    }
    assert_eq!(oldest.certificate(), der(&first.certificate), "the connection from before the first renewal");
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|client| client.join().unwrap());
    assert!(asked.load(Ordering::Relaxed) >= u64::try_from(RENEWALS).unwrap());
}

#[test]
fn what_is_half_written_or_does_not_fit_changes_nothing() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let (old, new) = (authority.issue("old", For::Server), authority.issue("new", For::Server));
    let server = server(&encrypted(folder.path(), &old), gateway());
    let manner = Manner::new(&authority.pem(), &VERSIONS, None);
    let certificate = folder.path().join("tls.crt");
    let long_since = |what: &str| {
        during(Duration::from_millis(500), || assert_eq!(serves(&server, &manner), der(&old.certificate), "{what}"));
    };
    for (what, text) in [
        ("half a certificate", &new.certificate[..new.certificate.len() / 2]),
        ("an empty file", ""),
        ("another pair's certificate", &*new.certificate),
        ("an expired one", &*authority.issue("late", For::LateServer).certificate),
    ] {
        fs::write(&certificate, text).unwrap();
        long_since(what);
    }
    fs::remove_file(&certificate).unwrap();
    long_since("no file");
    new.write(folder.path());
    until("the new certificate is served", || serves(&server, &manner) == der(&new.certificate));
    let until: jiff::Timestamp = "2199-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(server.counters.certificate_expires_s(), Some(until.as_second()));
}

#[test]
fn the_log_tells_once_why_a_changed_certificate_is_not_in_force_and_when_one_is() {
    let authority = Authority::new("ours");
    let (old, new) = (authority.issue("old", For::Server), authority.issue("new", For::Server));
    let files = [("gateway.yaml", "listen: 127.0.0.1:0\ntls: { certificate: tls.crt, key: tls.key, poll_ms: 100 }\n")];
    let folder = folder(&files);
    old.write(folder.path());
    let served = Program::new(["serve", "--rules", &*format!("{}/rules", crate::support::program::root().display())])
        .within(folder.path())
        .serve();
    assert_eq!(served.logged("listening").unwrap()["scheme"], "https");
    fs::write(folder.path().join("tls.crt"), &new.certificate).unwrap();
    let message = "the changed certificate is not in force, the one from before is";
    until("the mistake is told", || served.logged(message).is_some());
    let line = served.logged(message).unwrap();
    assert!(line["cause"].as_str().unwrap().contains("`tls.key` is not the key of the first certificate"), "{line}");
    assert!(line["help"].as_str().unwrap().contains("same renewal"), "{line}");
    during(Duration::from_millis(600), || {});
    assert_eq!(served.log().matches(message).count(), 1, "{}", served.log());
    fs::write(folder.path().join("tls.key"), &new.key).unwrap();
    until("the new one is told", || served.logged("certificate loaded").is_some());
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn a_hangup_has_the_files_looked_at_at_once() {
    let authority = Authority::new("ours");
    let (old, new) = (authority.issue("old", For::Server), authority.issue("new", For::Server));
    let files = [("gateway.yaml", "tls: { certificate: tls.crt, key: tls.key, poll_ms: 3600000 }\n")];
    let folder = folder(&files);
    old.write(folder.path());
    let rules = format!("{}/rules", crate::support::program::root().display());
    let served = Program::new(["serve", "--listen", "127.0.0.1:0", "--rules", &rules]).within(folder.path()).serve();
    let manner = Manner::new(&authority.pem(), &VERSIONS, None);
    // The second time nothing but the hangup can have had them looked at: the next look would be in an hour.
    for pair in [&new, &old] {
        pair.write(folder.path());
        until("the changed certificate is served", || {
            served.signal("HUP");
            Secure::connect(served.address, &manner).unwrap().certificate() == der(&pair.certificate)
        });
    }
}
