//! From settings as written to settings as meant: which setting belongs to which room.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::layer::Written;
use super::section::{
    Manners, Named, auth, auth_own, encryption_keys, fields, journal, limit, outbox_name, postgres, put_instance,
    table, tls, token, traces,
};
use super::settings::Settings;
use super::value::{Value, put};
use crate::diagnostic::{Place, Report, code};
use crate::event::secret::secret::SecretNames;
use crate::event::{Accepted, DateOrder, Kind};
use crate::gateway::StateAt;
use crate::lookup::connections;
use crate::outbox::{Destination, StoreAt, destinations};
use crate::rule::Accepts;
use crate::setting::Rows;
use crate::telemetry::{Format, Person};
use crate::yaml::{Node, Reader};

/// Settings on the way: the later a setting is taken in, the more it counts.
#[derive(Default)]
pub(super) struct Draft {
    settings: Settings,
    manners: Manners,
    secrets: SecretNames,
    /// Where certificates are asked for, under `auth` and under `auth.for`.
    certificates: [Vec<Place>; 2],
    /// Hooks and prefixes of `auth.for`.
    named: Vec<Named>,
}

impl Draft {
    /// Takes in one setting over what was there; a mistake in it is told even if a later one replaces it.
    pub(super) fn take(&mut self, written: &Written, report: &mut Report) {
        if let Some(key) = written.path.strip_prefix("auth.") {
            return self.auth(key, &written.node, &mut Rows::new(&written.file, report, &code::BAD_AUTH));
        }
        let reader = Reader { file: Arc::clone(&written.file), report };
        let mut value = Value { path: &written.path, node: &written.node, reader };
        match written.path.split_once('.') {
            Some(("limits", key)) => limit(&mut self.settings, key, &mut value),
            Some(("tls", key)) => tls::read(key, &mut value, &mut self.settings.server.tls),
            Some(("admin", key)) => self.admin(key, written, &mut value),
            Some(("on_failure", kind)) => self.failure(kind, &mut value),
            Some(("journal", key)) => journal(&mut self.settings.journal, key, &mut value),
            Some(("traces", key)) => traces(&mut self.settings.telemetry.traces, key, &mut value),
            _ => self.other(written, &mut value),
        }
    }

    /// All settings; what can only be seen in the whole is checked here.
    pub(super) fn finish(mut self, report: &mut Report) -> Settings {
        let settings = &mut self.settings;
        let of_auth = auth::contradictions(&settings.server, &self.certificates.concat());
        of_auth.into_iter().for_each(|finding| report.push(finding));
        tls::contradiction(&settings.server.tls).into_iter().for_each(|finding| report.push(finding));
        settings.tenant.hooks = table(&self.manners, &settings.server.prefixes, report);
        auth_own::check(&self.named, &settings.tenant.hooks, &settings.server.prefixes, report);
        settings.tenant.hooks.secrets = self.secrets;
        settings.tenant.dates = settings.server.calendar.style;
        let connections = &settings.lookup.connections;
        settings.tenant.connections = connections.iter().map(|row| (row.name.clone(), row.kind)).collect();
        let dialects = connections.iter().filter_map(|row| Some((row.name.clone(), row.target.dialect()?)));
        settings.tenant.dialects = dialects.collect();
        let keeps_secrets = settings.outbox.keeps_secrets();
        let accepts = |row: &Destination| {
            let Destination { accepts_secrets: secrets, markup, is_markup_guessed, .. } = *row;
            (row.name.clone(), Accepts { secrets, keeps_secrets, markup, is_markup_guessed })
        };
        settings.tenant.destinations = settings.outbox.destinations.iter().map(accepts).collect();
        self.settings
    }

    fn other(&mut self, written: &Written, value: &mut Value<'_, '_>) {
        let Settings { server, gateway, telemetry, lookup, outbox, tenant, instance, .. } = &mut self.settings;
        match written.path.as_str() {
            "listen" => put(&mut server.listen, value.address()),
            "instance" => put_instance(instance, value),
            "insecure" => put(&mut server.insecure, value.reader.boolean(value.node, "`insecure`")),
            "rules" => put(&mut gateway.rules, value.folder().map(PathBuf::from)),
            "prefixes" => put(&mut server.prefixes, value.prefixes()),
            "time_zone" => put(&mut server.calendar.zone, value.zone()),
            "dates.order" => put(&mut server.calendar.style.order, value.one_of(&DateOrder::ALL)),
            "workers" => put(&mut server.workers, value.size(0..=256)),
            "reload.quiet_ms" => put(&mut gateway.quiet_ms, value.whole(10..=60_000)),
            "reload.poll_ms" => put(&mut gateway.poll_ms, value.whole(100..=3_600_000)),
            "reload.memory_bytes" => put(&mut tenant.memory_bytes, value.size(4 << 20..=1 << 40)),
            "reload.shrink" => put(&mut gateway.shrink, value.shrink()),
            "reload.state" if written.node.is_null() => gateway.state = StateAt::Beside,
            "reload.state" if written.node.scalar() == Some("off") => gateway.state = StateAt::Nowhere,
            "reload.state" => put(&mut gateway.state, value.folder().map(|at| StateAt::Folder(PathBuf::from(at)))),
            "reload.keep" => put(&mut gateway.keep, value.size(0..=1_000)),
            "reload.watch" => put(&mut gateway.is_watching, value.reader.boolean(value.node, "`reload.watch`")),
            "reload.follow" => gateway.follow = value.folders(),
            "log.level" => put(&mut telemetry.level, value.levels()),
            "log.format" => put(&mut telemetry.format, value.one_of(&Format::ALL)),
            "log.buffer_bytes" => put(&mut telemetry.buffer_bytes, value.size(65_536..=1 << 30)),
            "log.person" => put(&mut telemetry.person, value.one_of(&Person::ALL)),
            "accepted" => put(&mut self.manners.accepted, value.one_of(&Accepted::ALL).map(Some)),
            "lookups.budget_ms" => put(&mut self.manners.budget, value.whole(1..=60_000).map(milliseconds)),
            "lookups.rounds" => put(&mut lookup.round_limit, value.size(1..=100)),
            "secrets" => put(&mut self.secrets, value.secrets()),
            "fields" => tenant.fields = fields(value),
            "connections" => {
                let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_CONNECTION);
                lookup.connections = connections(&written.node, &mut rows);
            }
            "outbox.name" => put(&mut outbox.name, outbox_name(value)),
            "outbox.file" => put(&mut outbox.store, value.folder().map(|file| StoreAt::File(PathBuf::from(file)))),
            "dates.two_digit_years" | "outbox.postgres" | "outbox.encryption_key" if written.node.is_null() => {}
            "dates.two_digit_years" => put(&mut server.calendar.style.two_digit_years, value.year().map(Some)),
            "outbox.postgres" => put(&mut outbox.store, postgres(written, value.reader.report)),
            "outbox.mode" => put(&mut outbox.mode, value.mode()),
            "outbox.window_ms" => put(&mut outbox.window_ms, value.whole(0..=86_400_000)),
            "outbox.stop_ms" => put(&mut outbox.stop_limit_ms, value.whole(0..=600_000)),
            "outbox.encryption_key" => put(&mut outbox.encryption_keys, encryption_keys(written, value.reader.report)),
            "outbox.memory_for_secrets" => {
                put(&mut outbox.memory_for_secrets, value.reader.boolean(value.node, "`outbox.memory_for_secrets`"));
            }
            "destinations" => {
                let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_DESTINATION);
                outbox.destinations = destinations(&written.node, &mut rows);
            }
            "hooks" => self.manners.set_rows(written),
            // `layer` lets only known settings through; a test sets every one of them.
            _ => {}
        }
    }

    fn auth(&mut self, key: &str, node: &Node, rows: &mut Rows<'_>) {
        let auth = &mut self.settings.server.auth;
        match key {
            "trusted_proxies" => auth.trusted_proxies = auth::trusted_proxies(node, rows),
            "for" => {
                (auth.own, self.named) = auth_own::own(node, rows);
                self.certificates[1] = auth::certificates(key, node, rows);
            }
            "certificate" => {
                auth::method(key, node, rows, auth);
                self.certificates[0] = auth::certificates(key, node, rows);
            }
            _ => auth::method(key, node, rows, auth),
        }
    }

    fn admin(&mut self, key: &str, written: &Written, value: &mut Value<'_, '_>) {
        let server = &mut self.settings.server;
        // A variable of the environment is text, so that nothing has a word.
        let is_off = written.node.is_null() || written.node.scalar() == Some("off");
        match key {
            "listen" if is_off => server.admin.listen = None,
            "listen" => put(&mut server.admin.listen, value.address().map(Some)),
            "token" => {
                let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
                server.admin.token = token(&written.node, &mut rows);
            }
            "unready_ms" => put(&mut server.unready_ms, value.whole(0..=600_000)),
            _ => {}
        }
    }

    fn failure(&mut self, kind: &str, value: &mut Value<'_, '_>) {
        let kind = Kind::ALL.iter().find(|(word, _)| *word == kind).map(|(_, kind)| *kind);
        if let (Some(kind), Some(answer)) = (kind, value.on_failure()) {
            let place = value.reader.place(&value.node.span);
            self.manners.set_failure(kind, answer, place);
        }
    }
}

fn milliseconds(number: u64) -> Option<Duration> {
    Some(Duration::from_millis(number))
}
