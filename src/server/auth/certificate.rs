//! Authenticates a call by its client certificate, which the TLS connection has already verified.

use super::reason::Reason;
use super::settings::CertificateNames;
use super::verdict::{Found, Refused};
use crate::server::connection::PeerCertificate;

pub(super) fn judge(settings: &CertificateNames, certificate: Option<&PeerCertificate>) -> Found {
    let Some(certificate) = certificate else {
        return Err(Refused::new(Reason::CertificateMissing, "the caller shows no certificate"));
    };
    let is_named = |name: &String| {
        let mut all = std::iter::once(&certificate.subject).chain(&certificate.names);
        all.any(|known| known.eq_ignore_ascii_case(name))
    };
    if settings.fingerprints.contains(&certificate.fingerprint) || settings.names.iter().any(is_named) {
        return Ok("the caller's certificate is listed".to_owned());
    }
    let why = format!(
        "the certificate of `{}` with the fingerprint {} is not in `auth.certificate`",
        certificate.subject, certificate.fingerprint
    );
    Err(Refused::new(Reason::CertificateForeign, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_known_by_a_name_or_its_fingerprint_and_by_nothing_like_them() {
        let fingerprint = "ab".repeat(32);
        let certificate = PeerCertificate {
            subject: "Cymmetri Hooks".to_owned(),
            names: vec!["hooks.cymmetri.example".to_owned(), "ops@cymmetri.example".to_owned()],
            fingerprint: fingerprint.clone(),
        };
        let judged = |names: &[&str], fingerprints: &[&str]| {
            let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
            let settings = CertificateNames { names: texts(names), fingerprints: texts(fingerprints) };
            judge(&settings, Some(&certificate)).map_err(|refused| refused.reason)
        };
        for (names, fingerprints) in [
            (&["Cymmetri Hooks"][..], &[][..]),
            (&["HOOKS.cymmetri.example"], &[]),
            (&["x", "ops@cymmetri.example"], &[]),
            (&[], &[&*fingerprint]),
            (&["x"], &[&*fingerprint]),
        ] {
            assert!(judged(names, fingerprints).is_ok(), "{names:?} {fingerprints:?}");
        }
        for name in [
            "cymmetri.example",
            "*.cymmetri.example",
            "Cymmetri Hooks ",
            "hooks.cymmetri.example.",
            "x.hooks.cymmetri.example",
            "",
        ] {
            assert_eq!(judged(&[name], &[]), Err(Reason::CertificateForeign), "{name}");
        }
        assert_eq!(judged(&[], &["ab", &"ac".repeat(32)]), Err(Reason::CertificateForeign));
        assert!(judge(&CertificateNames::default(), Some(&certificate)).is_err());
        let none = judge(&CertificateNames { names: vec![String::new()], fingerprints: vec![] }, None);
        assert_eq!(none.unwrap_err().reason, Reason::CertificateMissing);
    }
}
