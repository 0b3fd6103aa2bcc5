//! `admin.tls` of gateway.yaml: how connections of the admin listener are encrypted.

use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::{Diagnostic, code};
use crate::server::{TlsSettings, TlsVersion};
use crate::yaml::keys::Shape;

section! {
    TLS "`admin.tls`", take(draft, value, written) {
        "certificate" own(Shape::Text) => value.put_file(&mut draft.settings.server.admin.tls.certificate),
            "a PEM file with the admin listener's certificate and those that lead to its authority";
        "key" own(Shape::Text) => value.put_file(&mut draft.settings.server.admin.tls.key), "a PEM file with its key";
        "min_version" own(Shape::Text) =>
            put(&mut draft.settings.server.admin.tls.min_version, value.one_of(&TlsVersion::ALL)),
            "the oldest version of TLS that the admin listener speaks: 1.2 or 1.3";
        "warn_days" whole(0..=3650) => draft.settings.server.admin.tls.warn_days,
            "days before this certificate expires from which on the log warns";
        "poll_ms" whole(100..=3_600_000) => draft.settings.server.admin.tls.poll_ms,
            "time between two looks at these files, in milliseconds";
    }
}

/// One file without the other.
pub fn contradiction(tls: &TlsSettings) -> Option<Diagnostic> {
    let message = "`admin.tls.certificate` and `admin.tls.key` belong together";
    let help = "name both files, or none to encrypt nothing";
    (tls.certificate.is_some() != tls.key.is_some())
        .then(|| Diagnostic::nowhere(&code::BAD_SETTING, message.to_owned()).help(help.to_owned()))
}
