//! Reloads the files of TLS when they change, if they are complete and valid.

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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rcgen::generate_simple_self_signed;

    use super::*;

    const POLL: Duration = Duration::from_secs(5);

    /// Writes a pair; the certificate's bytes.
    fn write(folder: &Path) -> Vec<u8> {
        let pair = generate_simple_self_signed(["gate.example".to_owned()]).unwrap();
        fs::write(folder.join("key"), pair.signing_key.serialize_pem()).unwrap();
        fs::write(folder.join("certificate"), pair.cert.pem()).unwrap();
        pair.cert.pem().into_bytes()
    }

    fn renewal(folder: &Path) -> Renewal {
        write(folder);
        let settings = TlsSettings {
            certificate: Some(folder.join("certificate")),
            key: Some(folder.join("key")),
            ..TlsSettings::default()
        };
        Renewal::start(&settings, &Arc::default(), Timestamp::now()).unwrap().unwrap()
    }

    #[test]
    fn changed_files_are_taken_over_when_two_looks_see_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut renewal = renewal(folder.path());
        let (in_force, now) = (renewal.in_force(), Timestamp::now());
        let first = in_force.config();
        assert_eq!(renewal.step(now), POLL);
        for _ in 0..3 {
            write(folder.path());
            assert_eq!(renewal.step(now), QUIET, "it may go on being written");
            assert!(Arc::ptr_eq(&first, &in_force.config()));
        }
        assert_eq!(renewal.step(now), POLL);
        let second = in_force.config();
        assert!(!Arc::ptr_eq(&first, &second));
        assert_eq!(renewal.step(now), POLL);
        assert!(Arc::ptr_eq(&second, &in_force.config()), "what has not changed is not loaded again");
    }

    #[test]
    fn a_chain_that_is_still_being_written_is_never_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut renewal = renewal(folder.path());
        let (in_force, now) = (renewal.in_force(), Timestamp::now());
        let leaf = write(folder.path());
        // Without its second certificate the file is as good as any.
        renewal.step(now);
        fs::write(folder.path().join("certificate"), [&leaf[..], &leaf].concat()).unwrap();
        let before = in_force.config();
        renewal.step(now);
        assert!(Arc::ptr_eq(&before, &in_force.config()));
        renewal.step(now);
        assert!(!Arc::ptr_eq(&before, &in_force.config()));
    }

    #[test]
    fn a_certificate_that_is_not_valid_yet_is_taken_over_when_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut renewal = renewal(folder.path());
        let (in_force, before) = (renewal.in_force(), renewal.in_force().config());
        write(folder.path());
        // The certificates of these tests begin in 1975.
        let early: Timestamp = "1974-06-01T00:00:00Z".parse().unwrap();
        for _ in 0..3 {
            renewal.step(early);
        }
        assert!(Arc::ptr_eq(&before, &in_force.config()));
        renewal.step(early + jiff::SignedDuration::from_hours(24 * 365));
        assert!(!Arc::ptr_eq(&before, &in_force.config()));
    }
}
