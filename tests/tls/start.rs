//! Files that cannot be used at the start: each is told with what to do, and nothing is served.

use std::fs;
use std::sync::Arc;

use hookgate::server::{ClientCertificates, Settings, bind};

use super::{asking, encrypted, probe};
use crate::support::authority::{Authority, For, Issued};
use crate::support::program::{Program, folder, root};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::{gateway, server};

/// What the server says of these settings.
fn refused(settings: &Settings) -> (String, String) {
    let error = bind(settings, Arc::new(gateway())).unwrap_err();
    assert!(error.is_setting(), "{error}");
    (error.to_string(), error.help().unwrap().to_owned())
}

#[test]
fn files_that_cannot_be_used_are_told_apart() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let good = authority.issue("gate", For::Server);
    let other = authority.issue("other", For::Server);
    let with = |certificate: &str, key: &str| Issued { certificate: certificate.to_owned(), key: key.to_owned() };
    let encrypted_key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let old_encrypted_key =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let unknown_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let late = authority.issue("gate", For::LateServer);
    let early = authority.issue("gate", For::EarlyServer);
    for (pair, message, help) in [
        (with(&good.certificate, &other.key), "is not the key of the first certificate", "same renewal"),
        (with(&(authority.pem() + &good.certificate), &good.key), "is not the key", "stands first"),
        (late, "expired on 2020-01-01", "renewed"),
        (early, "is not valid before 2190-01-01", "clock"),
        (with("", &good.key), "holds no certificate", "BEGIN CERTIFICATE"),
        (with(&good.key, &good.key), "holds no certificate", "BEGIN CERTIFICATE"),
        (with(&good.certificate[..80], &good.key), "is not a whole PEM file", "BEGIN CERTIFICATE"),
        (with("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &good.key), "cannot be read", "PEM"),
        (with(&good.certificate, &good.certificate), "holds no private key", "BEGIN PRIVATE KEY"),
        (with(&good.certificate, encrypted_key), "holds an encrypted key", "openssl pkey"),
        (with(&good.certificate, old_encrypted_key), "holds an encrypted key", "openssl pkey"),
        (with(&good.certificate, &good.key[..60]), "is not a whole PEM file", "BEGIN PRIVATE KEY"),
        (with(&good.certificate, unknown_key), "of a kind that is not known", "RSA, ECDSA or Ed25519"),
    ] {
        let (said, advised) = refused(&encrypted(folder.path(), &pair));
        assert!(said.contains(message) && advised.contains(help), "{said}\n{advised}");
        assert!(said.contains("tls.crt") || said.contains("tls.key"), "{said}");
    }
    let mut missing = encrypted(folder.path(), &good);
    missing.tls.key = Some(folder.path().join("no.key"));
    assert!(refused(&missing).0.contains("no.key` cannot be read: No such file"));
    let garbage = asking(folder.path(), &good, &authority, ClientCertificates::Required);
    fs::write(folder.path().join("client_ca.pem"), "nothing").unwrap();
    assert!(refused(&garbage).0.contains("client_ca.pem` holds no certificate"));
}

/// Editors and scripts of Windows write one.
#[test]
fn a_byte_order_mark_before_pem_is_passed_over() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let marked = |text: &str| format!("\u{feff}{text}");
    let Issued { certificate, key } = authority.issue("gate", For::Server);
    let pair = Issued { certificate: marked(&certificate), key: marked(&key) };
    let settings = asking(folder.path(), &pair, &authority, ClientCertificates::Required);
    let ca = settings.tls.client_ca.as_deref().unwrap();
    fs::write(ca, marked(&fs::read_to_string(ca).unwrap())).unwrap();
    let server = server(&settings, gateway());
    let shown = authority.issue("platform", For::Client);
    let manner = Manner::new(&authority.pem(), &VERSIONS, Some(&shown));
    assert_eq!(Secure::connect(server.address, &manner).unwrap().ask(&probe()).unwrap().status, 200);
}

#[test]
fn the_program_ends_with_78_and_never_shows_a_key() {
    let authority = Authority::new("ours");
    let (one, other) = (authority.issue("one", For::Server), authority.issue("other", For::Server));
    let folder = folder(&[("gateway.yaml", "tls: { certificate: tls.crt, key: tls.key }\n")]);
    Issued { certificate: one.certificate, key: other.key.clone() }.write(folder.path());
    let rules = format!("{}/rules", root().display());
    let said = Program::new(["serve", "--rules", &rules]).within(folder.path()).run().refused(78);
    assert!(said.contains("cannot encrypt: `tls.key` is not the key of the first certificate of `tls.crt`"), "{said}");
    assert!(said.contains("help: take both files from the same renewal"), "{said}");
    assert!(!said.contains(other.key.lines().nth(1).unwrap()));
}
