//! Keeps what is in force in step with the files: looks at their contents, and takes over what is whole and valid.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::expiry::{Expiry, Word};
use super::files::{Files, Fingerprint};
use super::in_force::InForce;
use super::material::Material;
use super::settings::TlsSettings;
use super::trouble::NoTls;
use crate::server::counters::Counters;

/// How long changed files must stay as they are before they are taken over: they may be half written.
const QUIET: Duration = Duration::from_millis(200);

/// Looks at the files when it is stepped. What cannot be used changes nothing; the log says why, once.
pub(in crate::server) struct Renewal {
    settings: TlsSettings,
    in_force: Arc<InForce>,
    fingerprint: Fingerprint,
    /// What the last look saw, if it was not what is in force.
    seen: Option<Result<Fingerprint, NoTls>>,
    told: Option<NoTls>,
    expiry: Expiry,
}

impl Renewal {
    /// Reads the files for the first time; none where nothing is to be encrypted.
    ///
    /// # Errors
    /// When they cannot be read, do not fit each other, or are not valid now.
    pub(in crate::server) fn start(
        settings: &TlsSettings,
        counters: &Arc<Counters>,
        now: Timestamp,
    ) -> Result<Option<Self>, NoTls> {
        let Some(files) = Files::read(settings).transpose()? else { return Ok(None) };
        let material = Material::build(&files, settings, now)?;
        let expiry = Expiry::new(material.expires, settings.warn_days);
        Ok(Some(Self {
            settings: settings.clone(),
            fingerprint: files.fingerprint(),
            in_force: Arc::new(InForce::new(material, Arc::clone(counters))),
            seen: None,
            told: None,
            expiry,
        }))
    }

    pub(in crate::server) fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.in_force)
    }

    /// Looks at the files and at the clock, and says how long it is until the next look.
    pub(in crate::server) fn step(&mut self, now: Timestamp) -> Duration {
        let wait = self.look(now);
        self.tell_expiry(now);
        wait
    }

    fn look(&mut self, now: Timestamp) -> Duration {
        let poll = Duration::from_millis(self.settings.poll_ms);
        let Some(found) = Files::read(&self.settings) else { return poll };
        let look = found.as_ref().map(Files::fingerprint).map_err(Clone::clone);
        if look == Ok(self.fingerprint) {
            self.seen = None;
            self.told = None;
            return poll;
        }
        if self.seen.as_ref() != Some(&look) {
            self.seen = Some(look);
            return QUIET.min(poll);
        }
        match found.and_then(|files| Ok((files.fingerprint(), Material::build(&files, &self.settings, now)?))) {
            Ok((fingerprint, material)) => self.take_over(fingerprint, material),
            Err(why) => self.tell(why),
        }
        poll
    }

    fn take_over(&mut self, fingerprint: Fingerprint, material: Material) {
        tracing::info!(expires = %material.expires, "certificate loaded");
        self.expiry = Expiry::new(material.expires, self.settings.warn_days);
        self.in_force.replace(material);
        self.fingerprint = fingerprint;
        self.seen = None;
        self.told = None;
    }

    fn tell(&mut self, why: NoTls) {
        if self.told.as_ref() != Some(&why) {
            let (cause, help) = (&why.message, why.help);
            tracing::error!(cause, help, "the changed certificate is not in force, the one from before is");
            self.told = Some(why);
        }
    }

    fn tell_expiry(&mut self, now: Timestamp) {
        let expires = self.expiry.at;
        match self.expiry.word(now) {
            None => {}
            Some(Word::Soon(days)) => tracing::warn!(%expires, days, "the certificate expires soon: have it renewed"),
            Some(Word::Expired) => tracing::error!(%expires, "the certificate has expired: callers turn away"),
        }
    }
}
