//! Directories that say nothing, break off, or answer something else: what a question costs then, and what is left of it.

use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::asking::{Asking, Told};
use crate::support::directory::{Directory, Manner};
use crate::support::wait::until;

fn over(connection: &str, timeout: &str) -> Asking {
    let login = "bind: cn=hookgate, password: s3cret, base: dc=corp";
    let lookup = format!(
        "  found: {{ ldap: ad, filter: \"(cn=${{key}})\", attributes: [cn], on_error: fail, timeout: {timeout} }}"
    );
    Asking::new(&format!("  ad: {{ {connection}, {login} }}"), &lookup)
}

fn address(directory: &Directory) -> String {
    format!("ldap: \"ldap://127.0.0.1:{}\", tls: off", directory.port)
}

#[test]
fn a_directory_that_says_nothing_costs_the_timeout_and_leaves_nothing_behind() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    for connection in [
        format!("ldap: \"ldap://127.0.0.1:{port}\", tls: off"),
        format!("ldap: \"ldap://127.0.0.1:{port}\""),
        format!("ldap: \"ldaps://127.0.0.1:{port}\""),
    ] {
        let asking = over(&connection, "200ms");
        let tasks = || asking.connections.runtime().metrics().num_alive_tasks();
        let began = Instant::now();
        assert_eq!(asking.ask("found", "x").failure(), "no answer in 200 ms", "{connection}");
        // The machine may be busy with other tests: what is shown is that nothing waits longer than it was told.
        assert!(began.elapsed() < Duration::from_millis(1_200), "{connection}: {:?}", began.elapsed());
        until("no task is left", || tasks() == 0);
    }
}

#[test]
fn a_question_that_nobody_heard_is_asked_once_more_over_a_new_connection() {
    let directory = Directory::new(|n| if n == 1 { Manner::Close } else { Manner::Answer });
    let asking = over(&address(&directory), "20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y"), Told::Rows(vec![]));
    assert_eq!(directory.searches.load(Ordering::SeqCst), 3);
}

#[test]
fn a_question_is_asked_twice_at_most_and_once_where_an_answer_began() {
    let closes = Directory::new(|n| if n == 0 { Manner::Answer } else { Manner::Close });
    let asking = over(&address(&closes), "20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y").failure(), "the directory closed the connection");
    assert_eq!(closes.searches.load(Ordering::SeqCst), 3);

    let breaks_off = Directory::new(|n| if n == 0 { Manner::Answer } else { Manner::BreakOff });
    let asking = over(&address(&breaks_off), "20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y").failure(), "the directory closed the connection");
    assert_eq!(breaks_off.searches.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_no_ldap_is_no_answer_and_the_next_question_is_asked_anew() {
    let manners: [fn(usize) -> Manner; 3] = [
        |n| if n == 0 { Manner::Babble(b"HTTP/1.1 400 Bad Request\r\n\r\n") } else { Manner::Answer },
        // A sequence, as every message is, with too little in it.
        |n| if n == 0 { Manner::Babble(&[0x30, 3, 2, 1, 1]) } else { Manner::Answer },
        // An answer to nothing that was asked.
        |n| if n == 0 { Manner::Babble(&[0x30, 12, 2, 1, 99, 0x65, 7, 10, 1, 0, 4, 0, 4, 0]) } else { Manner::Answer },
    ];
    for manner in manners {
        let directory = Directory::new(manner);
        let asking = over(&address(&directory), "1s");
        assert!(matches!(asking.ask("found", "x"), Told::Failed(_)));
        assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    }
}
