//! Which versions and protocols are spoken, and what a caller without TLS is told.

use hookgate::server::TlsVersion;
use rustls::ProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::{encrypted, probe};
use crate::support::authority::{Authority, For};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::{Client, gateway, request, server};

/// The first message of a handshake of TLS 1.1 (RFC 4346, 7.4.1.2): version, random, no session, two ciphers, no
/// compression.
fn hello_of_tls_1_1() -> Vec<u8> {
    let body = [&[3, 2][..], &[7; 32], &[0], &[0, 4, 0xc0, 0x13, 0, 0x2f], &[1, 0]].concat();
    let handshake = [&[1, 0, 0, u8::try_from(body.len()).unwrap()][..], &body].concat();
    [&[22, 3, 1, 0, u8::try_from(handshake.len()).unwrap()][..], &handshake].concat()
}

#[test]
fn both_versions_are_spoken_and_http_1_1_alone() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let server = server(&encrypted(folder.path(), &authority.issue("gate", For::Server)), gateway());
    for (version, expected) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let manner = Manner::new(&authority.pem(), &[version], None).offering(&["h2", "http/1.1"]);
        let mut client = Secure::connect(server.address, &manner).unwrap();
        assert_eq!((client.version(), client.alpn()), (expected, Some(&b"http/1.1"[..])));
        assert_eq!(client.ask(&probe()).unwrap().body, "{\"response\":{}}");
        assert_eq!(client.ask(&probe()).unwrap().status, 200, "the connection is kept");
    }
    let h2 = Manner::new(&authority.pem(), &VERSIONS, None).offering(&["h2"]);
    let refused = Secure::connect(server.address, &h2).and_then(|mut client| client.ask(&probe()));
    assert!(refused.unwrap_err().contains("NoApplicationProtocol"));
    let stranger = Manner::new(&Authority::new("theirs").pem(), &VERSIONS, None);
    assert!(Secure::connect(server.address, &stranger).is_err());
}

#[test]
fn the_least_version_is_a_setting_and_older_ones_are_never_spoken() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let mut settings = encrypted(folder.path(), &authority.issue("gate", For::Server));
    settings.tls.min_version = TlsVersion::V1_3;
    let newest = server(&settings, gateway());
    let with = |version| Manner::new(&authority.pem(), &[version], None);
    assert!(Secure::connect(newest.address, &with(&TLS12)).err().unwrap().contains("ProtocolVersion"));
    assert!(Secure::connect(newest.address, &with(&TLS13)).is_ok());

    settings.tls.min_version = TlsVersion::V1_2;
    let usual = server(&settings, gateway());
    let mut old = Client::connect(usual.address);
    old.send(&hello_of_tls_1_1());
    old.answer().unwrap_err();
    // A fatal alert (RFC 5246, 7.2) and nothing else.
    assert_eq!(old.unread()[..1], [21], "{:?}", old.unread());
    assert_eq!(old.unread().len(), 7, "{:?}", old.unread());
}

#[test]
fn a_caller_without_tls_is_told_so() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let server = server(&encrypted(folder.path(), &authority.issue("gate", For::Server)), gateway());
    let mut plain = Client::connect(server.address);
    plain.send(&request("POST", "/test", "", b"{}"));
    let answer = plain.answer().unwrap();
    assert_eq!((answer.status, &*answer.code()), (400, "TlsExpected"));
    assert!(plain.answer().is_err(), "the connection is closed");
}
