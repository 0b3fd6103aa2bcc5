//! Databases that are not there, say nothing, or hang up: what a question costs then, and what is left of it.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::lookup::Connections;

use super::asking::Asking;
use crate::support::wait::until;

const SCHEMES: [&str; 2] = ["postgres", "mysql"];

fn over(scheme: &str, port: u16, keys: &str, timeout: &str) -> Asking {
    let connection =
        format!("  hr: {{ sql: \"{scheme}://127.0.0.1:{port}/hr\", user: hookgate, password: s3cret-hookgate{keys} }}");
    let lookup = format!(
        "  found: {{ sql: hr, query: \"select a from t where a = :key\", timeout: {timeout}, on_error: fail }}"
    );
    Asking::new(&connection, &lookup)
}

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// The pool's own task, which looks for connections that nobody needs.
const OWN_TASKS: usize = 1;

#[test]
fn a_connection_that_is_refused_is_told_at_once() {
    let (listener, port) = listener();
    drop(listener);
    for scheme in SCHEMES {
        let asking = over(scheme, port, ", tls: off", "60s");
        let began = Instant::now();
        let told = asking.ask("found", "x").failure();
        assert!(told.starts_with("no connection: Connection refused"), "{scheme}: {told}");
        assert!(asking.probe().unwrap_err().starts_with("no connection: Connection refused"), "{scheme}");
        // Far below the timeout: nothing was tried again.
        assert!(began.elapsed() < Duration::from_secs(30), "{scheme}: {:?}", began.elapsed());
    }
}

#[test]
fn a_database_that_says_nothing_costs_the_timeout_and_leaves_nothing_behind() {
    for scheme in SCHEMES {
        for keys in [", tls: off", ""] {
            let (listener, port) = listener();
            let asking = over(scheme, port, keys, "200ms");
            let began = Instant::now();
            let told = asking.ask_all("found", &["a", "b", "c"]);
            // The machine may be busy with other tests: what is shown is that nothing waits longer than it was told.
            assert!(began.elapsed() < Duration::from_millis(1_200), "{scheme}: {:?}", began.elapsed());
            for told in told {
                assert_eq!(told.failure(), "no answer in 200 ms", "{scheme}");
            }
            let tasks = || asking.connections.runtime().metrics().num_alive_tasks();
            until("no task is left", || tasks() == OWN_TASKS);
            // Who would log in while another does waits for what comes of it.
            listener.set_nonblocking(true).unwrap();
            let streams: Vec<TcpStream> = std::iter::from_fn(|| Some(listener.accept().ok()?.0)).collect();
            assert!((1..=3).contains(&streams.len()), "{scheme}: {}", streams.len());
            for mut stream in streams {
                stream.set_nonblocking(false).unwrap();
                stream.read_to_end(&mut Vec::new()).unwrap_or_else(|error| panic!("{scheme}: still open: {error}"));
            }
        }
    }
}

#[test]
fn a_database_that_hangs_up_is_told() {
    for scheme in SCHEMES {
        let (listener, port) = listener();
        thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(|stream: TcpStream| drop(stream)));
        let asking = over(scheme, port, ", tls: off", "20s");
        for _ in 0..3 {
            let told = asking.ask("found", "x").failure();
            assert!(told.contains("connection"), "{scheme}: {told}");
        }
        until("no task is left", || asking.connections.runtime().metrics().num_alive_tasks() == OWN_TASKS);
    }
}

#[test]
fn a_file_without_certificates_is_told_when_the_connection_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    for file in [empty, folder.path().join("missing.pem")] {
        for scheme in SCHEMES {
            let written =
                format!("connections: {{ hr: {{ sql: \"{scheme}://h/hr\", ca: \"{}\" }} }}\n", file.display());
            let settings = hookgate::config::read(Some(File::new("gateway.yaml", written)), [], &[]).unwrap();
            let told = Connections::open(&settings.lookup).unwrap_err().to_text(false);
            assert!(told.contains("cannot be read as certificates") && told.contains("PEM file"), "{told}");
        }
    }
}

#[test]
fn no_password_is_shown_by_what_is_open() {
    for scheme in SCHEMES {
        let shown = format!("{:?}", over(scheme, 1, "", "1s").connections);
        assert!(shown.contains("Pool") && !shown.contains("s3cret"), "{shown}");
    }
}
