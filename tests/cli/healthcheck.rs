//! `hookgate healthcheck`: alive is who answers, ready who can do everything; neither is waited for without end.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::support::post;
use crate::support::program::{Ended, Program, folder};

fn asked(listen: &str, words: &[&str]) -> Ended {
    Program::new(["healthcheck"].iter().chain(words).copied()).env("HOOKGATE_ADMIN_LISTEN", listen).run()
}

#[test]
fn a_gateway_that_runs_is_alive_and_one_that_ended_is_not() {
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).serve();
    let address = served.admin.to_string();
    assert_eq!(asked(&address, &[]).expect(0), format!("alive at {address}\n"));
    assert_eq!(asked(&address, &["--ready"]).expect(0), format!("ready at {address}\n"));
    served.stop();
    let stdout = asked(&address, &[]).expect(1);
    assert!(stdout.starts_with(&format!("no answer from {address}: ")), "{stdout}");
}

#[test]
fn it_is_asked_at_home_where_it_listens_everywhere() {
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).serve();
    let everywhere = format!("0.0.0.0:{}", served.admin.port());
    assert_eq!(asked(&everywhere, &[]).expect(0), format!("alive at {}\n", served.admin));
}

/// A restart gives no full disk room.
#[test]
fn a_gateway_that_can_store_nothing_is_alive_and_not_ready() {
    let settings = "listen: 127.0.0.1:0\noutbox: { file: outbox/o.db }\n\
                    destinations: { it: { http: \"http://127.0.0.1:9/\", tls: off, allow: [127.0.0.1] } }\n";
    let rules = "hook: postCreateUser\nrules: [{ name: tell, deliver: { to: it, body: { a: b } } }]\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", rules), ("outbox/x", "")]);
    fs::remove_dir_all(dir.path().join("outbox")).unwrap();
    let served = Program::new(["serve"]).within(dir.path()).serve();
    assert_eq!(post(served.address, "/postCreateUser", br#"{"request":{"user":{"login":"a"}}}"#).status, 503);
    let address = served.admin.to_string();
    assert_eq!(asked(&address, &["--ready"]).expect(1), format!("not ready at {address}: status 503\n"));
    assert_eq!(asked(&address, &[]).expect(0), format!("alive at {address}\n"));
}

#[test]
fn whoever_says_nothing_or_something_else_is_not_alive() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // Nobody takes the connection: the operating system does.
    let stdout = asked(&address, &[]).expect(1);
    assert!(stdout.starts_with(&format!("no answer from {address}: ")), "{stdout}");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = stream;
            let _ = stream.write_all(b"220 mail.example.com ESMTP\r\n");
            let _ = stream.read(&mut [0; 512]);
        }
    });
    assert_eq!(
        asked(&address, &[]).expect(1),
        format!("no answer from {address}: the program that listens there is not hookgate\n")
    );
}

#[test]
fn settings_that_name_no_port_are_told() {
    let stderr = asked("127.0.0.1:0", &[]).refused(2);
    assert!(stderr.contains("admin listener") && stderr.contains("help: set `admin.listen`"), "{stderr}");
}
