//! Reloads the secrets and keys of authentication when their files change, if the new contents can be used.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::gates::Gates;
use super::settings::{AuthSettings, SecretHeader};
use super::trouble::Trouble;
use crate::event::Hooks;
use crate::outside::Credential;

/// Time between two looks at the files.
const POLL: Duration = Duration::from_secs(5);
/// How long changed files must stay as they are before they are taken over: they may be half written.
const QUIET: Duration = Duration::from_millis(200);

/// What decides now, swapped as a whole: a call is judged by one from its beginning to its end.
#[derive(Debug)]
pub(in crate::server) struct InForce(ArcSwap<Gates>);

impl InForce {
    /// # Errors
    /// When a secret, a key or a file is not there.
    pub(in crate::server) fn open(auth: &AuthSettings, hooks: &Hooks, prefixes: &[String]) -> Result<Self, Trouble> {
        Ok(Self(ArcSwap::from_pointee(Gates::open(auth, hooks, prefixes)?)))
    }

    pub(in crate::server) fn now(&self) -> Arc<Gates> {
        self.0.load_full()
    }
}

/// What the files held: a hash, or what is wrong with one of them.
type Seen = Result<[u8; 32], String>;

/// Looks at the files when it is stepped. What cannot be used changes nothing; the log says why, once.
pub(in crate::server) struct Renewal {
    settings: AuthSettings,
    in_force: Arc<InForce>,
    /// What the gates in force were made of.
    taken: Seen,
    /// What the last look saw, if it was not that.
    seen: Option<Seen>,
    told: Option<String>,
}

impl Renewal {
    /// None where nothing of it stands in a file.
    pub(in crate::server) fn start(settings: &AuthSettings, in_force: &Arc<InForce>) -> Option<Self> {
        let has_files = settings.secrets().iter().any(|secret| secret.is_in_file()) || !settings.key_files().is_empty();
        let (settings, in_force) = (settings.clone(), Arc::clone(in_force));
        has_files.then(|| Self { taken: look(&settings), settings, in_force, seen: None, told: None })
    }

    /// Looks at the files, and says how long it is until the next look.
    pub(in crate::server) fn step(&mut self) -> Duration {
        let now = look(&self.settings);
        if now == self.taken {
            (self.seen, self.told) = (None, None);
            return POLL;
        }
        if self.seen.as_ref() != Some(&now) {
            self.seen = Some(now);
            return QUIET;
        }
        let made = now.clone().and_then(|_| {
            let made = self.in_force.now().renewed(&self.settings);
            made.map_err(|trouble| trouble.message)
        });
        match made {
            Ok(gates) => {
                tracing::info!("changed secrets and keys of `auth` are in force");
                self.in_force.0.store(Arc::new(gates));
                (self.taken, self.seen, self.told) = (now, None, None);
            }
            Err(cause) => {
                if self.told.as_ref() != Some(&cause) {
                    tracing::error!(
                        cause,
                        "changed secrets and keys of `auth` are not in force, those from before are"
                    );
                    self.told = Some(cause);
                }
            }
        }
        POLL
    }
}

/// What stands in the files now. A secret that cannot be read any more is the one from before, which the log says.
fn look(settings: &AuthSettings) -> Seen {
    let mut whole = Sha256::new();
    for secret in settings.secrets() {
        let secret = secret.resolve().map_err(|why| why.0)?;
        whole.update(Sha256::digest(secret.expose_secret()));
    }
    for file in settings.key_files() {
        let key = super::key::read_file(file).map_err(|error| format!("the key `{}`: {error}", file.display()))?;
        whole.update(Sha256::digest(&*key));
    }
    Ok(whole.finalize().into())
}

impl AuthSettings {
    /// Every secret that a method has.
    fn secrets(&self) -> Vec<&Credential> {
        // By name, so that whoever adds one comes by.
        let Self { require: _, jwt, bearer, header, certificate: _, address: _, trusted_proxies: _, own } = self;
        let of_jwt = jwt.iter().flat_map(|jwt| jwt.what.secrets.iter().map(|secret| &secret.secret));
        let of_bearer = bearer.iter().flat_map(|bearer| &bearer.what);
        let of_header = header.iter().flat_map(|header| {
            let SecretHeader { name: _, secrets } = &header.what;
            secrets
        });
        let of_own = own.iter().flat_map(|own| own.auth.secrets());
        of_jwt.chain(of_bearer).chain(of_header).chain(of_own).collect()
    }

    /// Every file with a public key.
    fn key_files(&self) -> Vec<&PathBuf> {
        let of_own = self.own.iter().flat_map(|own| own.auth.key_files());
        self.jwt.iter().flat_map(|jwt| jwt.what.keys.iter().map(|key| &key.file)).chain(of_own).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::SystemTime;

    use super::*;
    use crate::server::auth::settings::Guarded;

    fn write(file: &Path, text: &str) {
        fs::write(file, text).unwrap();
        // As if it had been written a while ago: the secret itself waits for that, too.
        fs::File::options().append(true).open(file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }

    fn settings(file: &Path) -> AuthSettings {
        let secret = Credential::read(&format!("${{file:{}}}", file.display())).unwrap();
        AuthSettings { bearer: Some(Guarded { what: vec![secret], observe: false }), ..AuthSettings::default() }
    }

    /// Steps when the secret's own wait is over.
    fn stepped(renewal: &mut Renewal) -> Duration {
        renewal.settings.secrets().iter().for_each(|secret| secret.look_again());
        renewal.step()
    }

    #[test]
    fn a_changed_secret_is_taken_over_when_two_looks_see_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        write(&file, "first-secret-of-all");
        let settings = settings(&file);
        let in_force = Arc::new(InForce::open(&settings, &Hooks::standard(), &[]).unwrap());
        let mut renewal = Renewal::start(&settings, &in_force).unwrap();
        let first = in_force.now();
        assert_eq!(renewal.step(), POLL);
        write(&file, "second-secret-of-all");
        assert_eq!(stepped(&mut renewal), QUIET);
        assert!(Arc::ptr_eq(&first, &in_force.now()));
        assert_eq!(renewal.step(), POLL);
        let second = in_force.now();
        assert!(!Arc::ptr_eq(&first, &second));
        // What no header can have, and what is gone, changes nothing.
        write(&file, "has spaces");
        stepped(&mut renewal);
        renewal.step();
        fs::remove_file(&file).unwrap();
        stepped(&mut renewal);
        renewal.step();
        assert!(Arc::ptr_eq(&second, &in_force.now()));
        assert!(Renewal::start(&AuthSettings::default(), &in_force).is_none());
    }
}
