//! The outermost keys of gateway.yaml.

use std::path::PathBuf;

use super::auth_own::AUTH;
use super::{
    admin, auth, auth_own, dates, events, fields, instance, journal, limits, log, outbox, reload, tls, traces, values,
};
use crate::config::declare::section;
use crate::config::draft::Draft;
use crate::config::keys::{ACCEPTED, HOOK};
use crate::config::value::{Value, Written, put};
use crate::diagnostic::code;
use crate::event::Accepted;
use crate::lookup::{CONNECTION, connections};
use crate::outbox::{DESTINATION, destinations};
use crate::setting::Rows;
use crate::yaml::keys::Shape;

section! {
    /// A key that holds further settings is a section; every other key is one setting.
    SETTINGS "gateway.yaml", take(draft, value, written) {
        "listen" own(Shape::Text) => put(&mut draft.settings.server.listen, value.address()),
            "address and port on which webhooks are received";
        "instance" own(Shape::Text) => instance::put_instance(&mut draft.settings.instance, value),
            "by which the log and records tell this gateway from others; null: nothing";
        "insecure" switch => draft.settings.server.insecure,
            "listen where others reach it although everybody is admitted";
        "auth" section(AUTH, take_auth) => (), "who may come in";
        "tls" section(tls::TLS, tls::take) => (), "how connections are encrypted";
        "rules" own(Shape::Text) => put(&mut draft.settings.gateway.rules, value.folder().map(PathBuf::from)),
            "folder of the rules, relative to the working directory";
        "prefixes" own(Shape::ListOf(&Shape::Text)) => put(&mut draft.settings.server.prefixes, value.prefixes()),
            "what stands in front of a hook's name in the URL";
        "time_zone" own(Shape::Text) => put(&mut draft.settings.server.calendar.zone, value.zone()),
            "IANA name of the zone of dates that come without one";
        "dates" section(dates::DATES, dates::take) => (),
            "what dates mean that leave something open, and which days are working days";
        "admin" section(admin::ADMIN, admin::take) => (), "where those who run hookgate ask how it is";
        "workers" size(0..=256) => draft.settings.server.workers,
            "threads that answer webhooks; 0 is one for each core";
        "limits" section(limits::LIMITS, limits::take) => (), "what one caller, and all callers together, may take";
        "reload" section(reload::RELOAD, reload::take) => (), "how changes in the rules folder are taken over";
        "log" section(log::LOG, log::take) => (), "what is written to the log, and how";
        "traces" section(traces::TRACES, traces::take) => (), "what OpenTelemetry gets to know of each event";
        "accepted" own(ACCEPTED) => put(&mut draft.manners.accepted, value.one_of(&Accepted::ALL).map(Some)),
            "how a validate hook says that it accepts";
        "on_failure" section(events::ON_FAILURES, events::take_failure) => (),
            "what a hook of each kind answers when a rule fails";
        "secrets" own(Shape::ListOf(&Shape::Text)) => put(&mut draft.secrets, value.secrets()),
            "what is kept secret beside passwords and security questions";
        "fields" own(Shape::MapOf(&fields::FIELD)) => draft.settings.tenant.fields = fields::fields(value),
            "fields of the user and custom attributes beside the platform's own";
        "settings" own(Shape::MapOf(&values::SETTING)) => (draft.settings.tenant.settings, draft.settings_at) = values::settings(value),
            "values that rules read as `setting.NAME`: texts, numbers, true or false, and lists of these; never secrets";
        "lookups" section(events::LOOKUPS, events::take_lookups) => (),
            "how long events wait for what their rules ask outside";
        "connections" own(Shape::MapOf(&CONNECTION)) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_CONNECTION);
            draft.settings.lookup.connections = connections(value.node, &mut rows);
        },
            "services, databases and directories that lookups ask";
        "outbox" section(outbox::OUTBOX, outbox::take) => (), "where deliveries wait until they have arrived";
        "destinations" own(Shape::MapOf(&DESTINATION)) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_DESTINATION);
            draft.settings.outbox.destinations = destinations(value.node, &mut rows);
        },
            "where rules may send";
        "journal" section(journal::JOURNAL, journal::take) => (), "what is remembered of each decision";
        "hooks" own(Shape::MapOf(&Shape::Mapping(&HOOK))) => draft.manners.set_rows(written),
            "hooks beside the twelve, or other manners for them";
    }
}

/// Takes in one of the methods of `auth`, or what goes with them.
fn take_auth(draft: &mut Draft, key: &str, value: &mut Value<'_, '_>, written: &Written) {
    let rows = &mut Rows::new(&written.file, value.reader.report, &code::BAD_AUTH);
    let (node, auth) = (value.node, &mut draft.settings.server.auth);
    match key {
        "trusted_proxies" => auth.trusted_proxies = auth::trusted_proxies(node, rows),
        "for" => {
            (auth.own, draft.named) = auth_own::own(node, rows);
            draft.certificates[1] = auth::certificates(key, node, rows);
        }
        "certificate" => {
            auth::method(key, node, rows, auth);
            draft.certificates[0] = auth::certificates(key, node, rows);
        }
        _ => auth::method(key, node, rows, auth),
    }
}
