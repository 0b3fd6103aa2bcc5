//! Decodes written settings into one value: takes in each, then checks what concerns several.

use std::sync::Arc;

use super::draft::Draft;
use super::section::{self, admin, auth, auth_own, table, tls};
use super::settings::Settings;
use super::value::{Value, Written};
use crate::diagnostic::Report;
use crate::outbox::Destination;
use crate::rule::Accepts;
use crate::yaml::Reader;

impl Draft {
    /// Takes in one setting over what was there; a mistake in it is told even if a later one replaces it.
    pub(super) fn take(&mut self, written: &Written, report: &mut Report) {
        let reader = Reader { file: Arc::clone(&written.file), report };
        let mut value = Value { path: &written.path, node: &written.node, reader };
        section::take(self, &written.path, &mut value, written);
    }

    /// All settings; what can only be seen in the whole is checked here.
    pub(super) fn finish(mut self, report: &mut Report) -> Settings {
        let settings = &mut self.settings;
        let of_auth = auth::contradictions(&settings.server, &self.certificates.concat());
        of_auth.into_iter().for_each(|finding| report.push(finding));
        admin::contradictions(&settings.server.admin).into_iter().for_each(|finding| report.push(finding));
        tls::contradiction(&settings.server.tls).into_iter().for_each(|finding| report.push(finding));
        settings.tenant.hooks = table(&self.manners, &settings.server.prefixes, report);
        auth_own::check(&self.named, &settings.tenant.hooks, &settings.server.prefixes, report);
        settings.tenant.hooks.secrets = self.secrets;
        section::refuse_secrets(&self.settings_at, &settings.tenant.hooks.secrets, report);
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
}
