//! Callers that are slow at TLS: cut like any others, and nobody waits for them.

use std::time::Duration;

use hookgate::server::Settings;

use super::{encrypted, probe};
use crate::support::authority::{Authority, For};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::wait::until;
use crate::support::{Client, End, gateway, server};

struct Slow {
    _folder: tempfile::TempDir,
    settings: Settings,
    manner: Manner,
}

/// Limits that a test can wait for.
fn slow() -> Slow {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let usual = encrypted(folder.path(), &authority.issue("gate", For::Server));
    let settings = Settings { head_time_limit_ms: 300, keep_alive_ms: 300, ..usual };
    Slow { _folder: folder, settings, manner: Manner::new(&authority.pem(), &VERSIONS, None) }
}

#[test]
fn a_slow_handshake_is_cut_and_holds_nobody_up() {
    let Slow { settings, manner, _folder } = slow();
    let server = server(&settings, gateway());
    let mut silent: Vec<Client> = (0..50).map(|_| Client::connect(server.address)).collect();
    // The head of a first message that never comes whole.
    silent.iter_mut().step_by(2).for_each(|client| assert!(client.send(&[22, 3, 1, 2, 0, 1])));
    let mut good = Secure::connect(server.address, &manner).unwrap();
    assert_eq!(good.ask(&probe()).unwrap().status, 200);
    for client in &mut silent {
        assert_eq!(client.answer(), Err(End::Closed));
    }
}

#[test]
fn handshakes_count_as_connections_until_they_are_cut() {
    let Slow { settings, manner, _folder } = slow();
    // Long enough for the third to be late with its own request on a machine that has other work.
    let server =
        server(&Settings { workers: 1, connection_limit: 2, head_time_limit_ms: 1_500, ..settings }, gateway());
    let mut silent: Vec<Client> = (0..2).map(|_| Client::connect(server.address)).collect();
    let mut third = Secure::connect(server.address, &manner).unwrap();
    // One was cut before the third was let in.
    let is_cut = |client: &mut Client| client.answer_within(Duration::from_millis(1)) == Err(End::Closed);
    assert!(silent.iter_mut().any(is_cut));
    assert_eq!(third.ask(&probe()).unwrap().status, 200);
}

#[test]
fn a_slow_second_head_is_cut() {
    let Slow { settings, manner, _folder } = slow();
    let server = server(&settings, gateway());
    let mut client = Secure::connect(server.address, &manner).unwrap();
    assert_eq!(client.ask(&probe()).unwrap().status, 200);
    let answer = client.ask(b"POST /test HTTP/1.1\r\nHost: x\r\n").unwrap();
    assert_eq!((answer.status, &*answer.code()), (408, "HeadTooSlow"));
    until("it is counted", || server.counters.cut() == 1);
}
