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
