//! Directories that say nothing, break off, or answer something else: what a question costs then, and what is left of it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::asking::{Asking, Told};
use crate::support::wait::until;

/// What a directory does when it is asked.
#[derive(Clone, Copy)]
enum Manner {
    /// Answers that nothing is found.
    Answer,
    /// Closes the connection.
    Close,
    /// Sends one entry, and closes the connection.
    BreakOff,
    /// Sends what is no LDAP.
    Babble,
}

/// A directory that lets everybody in.
struct Directory {
    port: u16,
    searches: Arc<AtomicUsize>,
}

impl Directory {
    /// Behaves as `manner` says of the n-th search, counted from 0.
    fn new(manner: fn(usize) -> Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let searches = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&searches);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let counter = Arc::clone(&counter);
                thread::spawn(move || serve(stream, &counter, manner));
            }
        });
        Self { port, searches }
    }

    fn asking(&self, timeout: &str) -> Asking {
        asking(&format!("ldap: \"ldap://127.0.0.1:{}\", tls: off", self.port), timeout)
    }
}

/// Reads requests as long as they are short: `30 length 02 01 id operation …` (RFC 4511, 4.1.1).
fn serve(mut stream: TcpStream, searches: &AtomicUsize, manner: fn(usize) -> Manner) {
    let mut head = [0; 2];
    while stream.read_exact(&mut head).is_ok() {
        let mut body = vec![0; head[1].into()];
        stream.read_exact(&mut body).unwrap();
        let (id, is_search) = (body[2], body[3] == 0x63);
        // Result 0, with neither name nor text, of a search or a bind.
        let done = [0x30, 12, 2, 1, id, if is_search { 0x65 } else { 0x61 }, 7, 10, 1, 0, 4, 0, 4, 0];
        let manner = if is_search { manner(searches.fetch_add(1, Ordering::SeqCst)) } else { Manner::Answer };
        match manner {
            Manner::Answer => stream.write_all(&done).unwrap(),
            Manner::Close => return,
            Manner::BreakOff => {
                return stream.write_all(&[0x30, 12, 2, 1, id, 0x64, 7, 4, 3, b'd', b'c', b'=', 0x30, 0]).unwrap();
            }
            Manner::Babble => stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap(),
        }
    }
}

fn asking(connection: &str, timeout: &str) -> Asking {
    let login = "bind: cn=hookgate, password: s3cret, base: dc=corp";
    let lookup = format!(
        "  found: {{ ldap: ad, filter: \"(cn=${{key}})\", attributes: [cn], on_error: fail, timeout: {timeout} }}"
    );
    Asking::new(&format!("  ad: {{ {connection}, {login} }}"), &lookup)
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
        let asking = asking(&connection, "200ms");
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
    let asking = directory.asking("20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y"), Told::Rows(vec![]));
    assert_eq!(directory.searches.load(Ordering::SeqCst), 3);
}

#[test]
fn a_question_is_asked_twice_at_most_and_once_where_an_answer_began() {
    let closes = Directory::new(|n| if n == 0 { Manner::Answer } else { Manner::Close });
    let asking = closes.asking("20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y").failure(), "the directory closed the connection");
    assert_eq!(closes.searches.load(Ordering::SeqCst), 3);

    let breaks_off = Directory::new(|n| if n == 0 { Manner::Answer } else { Manner::BreakOff });
    let asking = breaks_off.asking("20s");
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
    assert_eq!(asking.ask("found", "y").failure(), "the directory closed the connection");
    assert_eq!(breaks_off.searches.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_no_ldap_is_no_answer() {
    let directory = Directory::new(|n| if n == 0 { Manner::Babble } else { Manner::Answer });
    let asking = directory.asking("1s");
    assert!(matches!(asking.ask("found", "x"), Told::Failed(_)));
    assert_eq!(asking.ask("found", "x"), Told::Rows(vec![]));
}
