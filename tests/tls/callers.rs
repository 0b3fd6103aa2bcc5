//! Callers that show certificates: who comes in, and what rules see of them.

use std::fs;

use hookgate::server::ClientCertificates::{Optional, Required};
use hookgate::server::{AuthSettings, CertificateNames, Guarded, Reason};

use rustls::HandshakeKind;

use super::{asking, encrypted, probe};
use crate::support::authority::{Authority, For};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::wait::until;
use crate::support::{gateway, request, server};

#[test]
fn who_shows_which_certificate_comes_in_or_not() {
    let (folder, ours, theirs) = (tempfile::tempdir().unwrap(), Authority::new("ours"), Authority::new("theirs"));
    let pair = ours.issue("gate", For::Server);
    let shown = [
        ("none", None, true),
        ("good", Some(ours.issue("platform", For::Client)), true),
        ("expired", Some(ours.issue("platform", For::LateClient)), false),
        ("of another authority", Some(theirs.issue("platform", For::Client)), false),
        ("of a server", Some(ours.issue("platform", For::Server)), false),
    ];
    for wanted in [Optional, Required] {
        let server = server(&asking(folder.path(), &pair, &ours, wanted), gateway());
        for version in VERSIONS {
            for (name, certificate, is_good) in &shown {
                let manner = Manner::new(&ours.pem(), &[version], certificate.as_ref());
                let answer = Secure::connect(server.address, &manner).and_then(|mut client| client.ask(&probe()));
                let comes_in = *is_good && (wanted == Optional || certificate.is_some());
                assert_eq!(answer.is_ok(), comes_in, "{wanted:?}, {version:?}, {name}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_rule_sees_who_called() {
    let (folder, ours) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let settings = asking(folder.path(), &ours.issue("gate", For::Server), &ours, Optional);
    let rules = "hook: policyMap\nrules: [{ name: tells-who, mappedValue: \"${caller.certificate}\" }]\n";
    let server = server(&settings, crate::support::server::gateway_of(rules));
    let body = br#"{"request":{"targetAttribute":"who","user":{"login":"asha.rao"}}}"#;
    let ask = |shown: Option<&_>| {
        let manner = Manner::new(&ours.pem(), &VERSIONS, shown);
        let mut client = Secure::connect(server.address, &manner).unwrap();
        client.ask(&request("POST", "/policyMap", "", body)).unwrap().json()["response"]["mappedValue"].clone()
    };
    assert_eq!(ask(Some(&ours.issue("platform", For::Client))), "platform");
    assert_eq!(ask(None), "");
}

/// That a certificate is genuine does not suffice, and what a header says of one counts for nothing.
#[test]
fn a_certificate_that_is_listed_comes_in_and_none_or_another_does_not() {
    let (folder, ours) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let mut settings = asking(folder.path(), &ours.issue("gate", For::Server), &ours, Optional);
    let what = CertificateNames { names: vec!["platform".to_owned()], ..CertificateNames::default() };
    settings.auth = AuthSettings { certificate: Some(Guarded { what, observe: false }), ..AuthSettings::default() };
    let server = server(&settings, gateway());
    for (shown, status, reason) in [
        (Some("platform"), 200, None),
        (None, 401, Some(Reason::CertificateMissing)),
        (Some("another"), 403, Some(Reason::CertificateForeign)),
    ] {
        let certificate = shown.map(|name| ours.issue(name, For::Client));
        let manner = Manner::new(&ours.pem(), &VERSIONS, certificate.as_ref());
        let mut client = Secure::connect(server.address, &manner).unwrap();
        let answer = client.ask(&request("POST", "/test", "X-Client-Cert: platform\r\n", b"{}")).unwrap();
        assert_eq!(answer.status, status, "{shown:?}: {answer:?}");
        if let Some(reason) = reason {
            assert_eq!(server.counters.turned_away(reason), 1, "{shown:?}");
        }
    }
}

#[test]
fn an_authority_that_is_taken_away_lets_nobody_in_any_more() {
    let (folder, ours, theirs) = (tempfile::tempdir().unwrap(), Authority::new("ours"), Authority::new("theirs"));
    let server = server(&asking(folder.path(), &ours.issue("gate", For::Server), &ours, Required), gateway());
    let platform = ours.issue("platform", For::Client);
    for version in VERSIONS {
        fs::write(folder.path().join("client_ca.pem"), ours.pem()).unwrap();
        let manner = Manner::new(&ours.pem(), &[version], Some(&platform));
        let answer = || Secure::connect(server.address, &manner).and_then(|mut client| client.ask(&probe()));
        until("the authority is believed", || answer().is_ok());
        let mut kept = Secure::connect(server.address, &manner).unwrap();
        kept.ask(&probe()).unwrap();
        fs::write(folder.path().join("client_ca.pem"), theirs.pem()).unwrap();
        until("the authority is gone", || answer().is_err());
        assert!((0..5).all(|_| answer().is_err()));
        assert_eq!(kept.ask(&probe()).unwrap().status, 200, "a connection that stands is kept");
    }
}

/// A session that is taken up again shows no certificate: it might have expired since.
#[test]
fn whoever_is_asked_for_a_certificate_shows_it_on_each_connection() {
    let (folder, ours) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let pair = ours.issue("gate", For::Server);
    let platform = ours.issue("platform", For::Client);
    for (settings, again) in [
        (asking(folder.path(), &pair, &ours, Required), HandshakeKind::Full),
        (encrypted(folder.path(), &pair), HandshakeKind::Resumed),
    ] {
        let server = server(&settings, gateway());
        for version in VERSIONS {
            let manner = Manner::new(&ours.pem(), &[version], Some(&platform));
            let kinds = [(); 2].map(|()| {
                let mut client = Secure::connect(server.address, &manner).unwrap();
                client.ask(&probe()).unwrap();
                client.handshake()
            });
            assert_eq!(kinds[1], again, "{version:?}: {kinds:?}");
        }
    }
}
