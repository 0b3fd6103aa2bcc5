//! How connections are encrypted: the settings under `tls`.

use crate::config::value::{Value, put};
use crate::diagnostic::{Diagnostic, code};
use crate::server::{ClientCertificates, TlsSettings, TlsVersion};
use crate::yaml::keys::{Keys, Shape, optional};

/// `tls`: each of its keys is one setting.
pub static TLS: Keys = Keys {
    what: "`tls`",
    keys: &[
        optional(
            "certificate",
            Shape::Text,
            "a PEM file with the server's certificate and those that lead to its authority",
        ),
        optional("key", Shape::Text, "a PEM file with its key"),
        optional("client_ca", Shape::Text, "a PEM file with the authorities that vouch for callers"),
        optional(
            "client_certificates",
            Shape::OneOf(&["none", "optional", "required"]),
            "whether callers show certificates",
        ),
        optional("min_version", Shape::Text, "the oldest version of TLS that is spoken: 1.2 or 1.3"),
        optional("warn_days", Shape::Whole, "days before the certificate expires from which on the log warns"),
        optional("poll_ms", Shape::Whole, "time between two looks at the files, in milliseconds"),
    ],
};

/// Reads one of the settings.
pub fn read(key: &str, value: &mut Value<'_, '_>, tls: &mut TlsSettings) {
    match key {
        "certificate" => value.put_file(&mut tls.certificate),
        "key" => value.put_file(&mut tls.key),
        "client_ca" => value.put_file(&mut tls.client_ca),
        "client_certificates" => put(&mut tls.client_certificates, value.one_of(&ClientCertificates::ALL)),
        "min_version" => put(&mut tls.min_version, value.one_of(&TlsVersion::ALL)),
        "warn_days" => put(&mut tls.warn_days, value.whole(0..=3650)),
        "poll_ms" => put(&mut tls.poll_ms, value.whole(100..=3_600_000)),
        _ => {}
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
