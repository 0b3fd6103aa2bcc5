//! `tls` of gateway.yaml: how connections of callers are encrypted.

use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::{Diagnostic, code};
use crate::server::{ClientCertificates, TlsSettings, TlsVersion};
use crate::yaml::keys::Shape;

section! {
    TLS "`tls`", take(draft, value, written) {
        "certificate" own(Shape::Text) => value.put_file(&mut draft.settings.server.tls.certificate),
            "a PEM file with the server's certificate and those that lead to its authority";
        "key" own(Shape::Text) => value.put_file(&mut draft.settings.server.tls.key), "a PEM file with its key";
        "client_ca" own(Shape::Text) => value.put_file(&mut draft.settings.server.tls.client_ca),
            "a PEM file with the authorities that vouch for callers";
        "client_certificates" word(ClientCertificates::ALL) => draft.settings.server.tls.client_certificates,
            "whether callers show certificates";
        "min_version" own(Shape::Text) =>
            put(&mut draft.settings.server.tls.min_version, value.one_of(&TlsVersion::ALL)),
            "the oldest version of TLS that is spoken: 1.2 or 1.3";
        "warn_days" whole(0..=3650) => draft.settings.server.tls.warn_days,
            "days before the certificate expires from which on the log warns";
        "poll_ms" whole(100..=3_600_000) => draft.settings.server.tls.poll_ms,
            "time between two looks at the files, in milliseconds";
    }
}

/// What is wrong with all of it together.
pub fn contradiction(tls: &TlsSettings) -> Option<Diagnostic> {
    let finding = |message: &str, help: &str| {
        Some(Diagnostic::nowhere(&code::BAD_SETTING, message.to_owned()).help(help.to_owned()))
    };
    let asks = tls.client_certificates != ClientCertificates::None;
    match (&tls.certificate, &tls.key, &tls.client_ca) {
        (Some(_), None, _) | (None, Some(_), _) => {
            finding("`tls.certificate` and `tls.key` belong together", "name both files, or none to encrypt nothing")
        }
        (None, None, ca) if asks || ca.is_some() => finding(
            "client certificates are asked for where nothing is encrypted",
            "name `tls.certificate` and `tls.key`; `hookgate cert --self-signed` makes both for a first try",
        ),
        (Some(_), Some(_), None) if asks => finding(
            "`tls.client_certificates` asks for certificates, and no authority vouches for any",
            "name the file with the authorities under `tls.client_ca`",
        ),
        (Some(_), Some(_), Some(_)) if !asks => finding(
            "`tls.client_ca` names authorities, and no certificates are asked for",
            "set `tls.client_certificates` to `optional` or `required`, or leave `client_ca` out",
        ),
        _ => None,
    }
}
