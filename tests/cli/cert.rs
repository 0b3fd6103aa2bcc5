//! `hookgate cert`: what is written, for whom, and that nothing is overwritten.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::program::Program;

#[test]
fn certificate_and_key_are_written_the_key_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["cert", "--self-signed", "--name", "hooks.corp.example", "--name", "10.1.2.3", "--output", "new/tls"];
    let said = Program::new(words).within(folder.path()).run().expect(0);
    assert!(said.contains("wrote new/tls/certificate.pem, valid for hooks.corp.example, 10.1.2.3 until "), "{said}");
    assert!(said.contains("    certificate: \"new/tls/certificate.pem\"\n    key: \"new/tls/key.pem\"\n"), "{said}");
    assert!(said.contains("In production"), "{said}");
    let key = folder.path().join("new/tls/key.pem");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&key).unwrap();
    let refused = Program::new(words).within(folder.path()).run().refused(2);
    assert!(refused.contains("is already there, and nothing was written"), "{refused}");
    assert_eq!(fs::read(&key).unwrap(), before);
    fs::remove_file(folder.path().join("new/tls/certificate.pem")).unwrap();
    Program::new(words).within(folder.path()).run().refused(2);
    assert_eq!(fs::read(&key).unwrap(), before);
}

#[test]
fn what_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |words: &[&str]| Program::new(words.iter().copied()).within(folder.path()).run().refused(2);
    assert!(refused(&["cert"]).contains("--self-signed"));
    assert!(refused(&["cert", "--self-signed", "--name", "gäste.example"]).contains("host name or an IP address"));
    assert!(refused(&["cert", "--self-signed", "--days", "0"]).contains("1..=825"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_name_is_a_host_and_no_address_of_a_server() {
    let folder = tempfile::tempdir().unwrap();
    for (name, help) in [
        ("https://hooks.corp.example", "write `--name hooks.corp.example`"),
        ("https://hooks.corp.example:8443/webhook", "write `--name hooks.corp.example`"),
        ("hooks.corp.example:8443", "write `--name hooks.corp.example`"),
        ("[::1]", "write `--name ::1`"),
        ("hooks corp", "such as `--name hooks.corp.example`"),
        ("hooks..example", "such as `--name hooks.corp.example`"),
    ] {
        let said = Program::new(["cert", "--self-signed", "--name", name]).within(folder.path()).run().refused(2);
        assert!(said.contains("host name or an IP address") && said.contains(help), "{name}: {said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let words = ["cert", "--self-signed", "--name", "*.corp.example", "--name", "::1", "--name", "host_1"];
    Program::new(words).within(folder.path()).run().expect(0);
}

/// What is printed to try it works with the settings that are there.
#[test]
fn the_call_that_is_shown_goes_where_hookgate_listens() {
    for (settings, address) in [
        ("listen: 0.0.0.0:9443\n", "https://localhost:9443/webhook --ca"),
        ("prefixes: [/acme]\n", "https://localhost:8080/acme --ca"),
        ("prefixes: ['']\nlisten: 127.0.0.1:0\n", "https://localhost:PORT --ca"),
    ] {
        let dir = crate::support::program::folder(&[("gateway.yaml", settings)]);
        let said = Program::new(["cert", "--self-signed"]).within(dir.path()).run().expect(0);
        assert!(said.contains(address), "{settings}{said}");
    }
}
