//! Holds back logins to a database or directory after a refused one, since several wrong passwords lock accounts.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
use super::row::Login;
use super::source::{Fault, Trouble};

/// How long a refused login is not tried again, in seconds, unless the password has changed.
const PAUSE_S: u64 = 30;
/// How long after a login that was let in others may log in side by side, in seconds.
const TRUST_S: u64 = 30;

/// A user and a password, as they are now.
pub(super) struct Credentials {
    pub user: SecretString,
    pub password: SecretString,
}

impl Credentials {
    /// Reads them; none where the connection has none.
    ///
    /// # Errors
    /// When they are not there.
    pub(super) fn read(login: Option<&Login>) -> Result<Option<Self>, Trouble> {
        let Some(login) = login else { return Ok(None) };
        Ok(Some(Self { user: login.user.resolve()?, password: login.password.resolve()? }))
    }

    fn is(&self, other: &Self) -> bool {
        let same = |one: &SecretString, other: &SecretString| one.expose_secret() == other.expose_secret();
        same(&self.user, &other.user) && same(&self.password, &other.password)
    }
}

/// What came of the logins of one connection.
pub(super) struct Logins {
    /// For the log: scheme and host.
    address: String,
    /// One login at a time until one was let in: the others would be as many wrong passwords.
    turn: Turn<()>,
    last: Mutex<Option<Last>>,
}

struct Last {
    credentials: Credentials,
    at: Instant,
    outcome: Result<(), Trouble>,
}

impl std::fmt::Debug for Logins {
    /// Nothing of the credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logins({})", self.address)
    }
}

impl Logins {
    /// No login was tried yet. The address holds no credential.
    pub(super) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), turn: Turn::default(), last: Mutex::default() }
    }

    /// Connects and logs in, unless these credentials were refused a moment ago. Without credentials nothing is held back.
    ///
    /// # Errors
    /// What connecting came to, or what the last login with these credentials came to.
    pub(super) async fn attempt<T>(
        &self,
        credentials: Option<Credentials>,
        connect: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let Some(credentials) = credentials else { return connect.await };
        let mut turn = None;
        if !self.was_let_in(&credentials)? {
            let waited = self.turn.lock().await;
            if !self.was_let_in(&credentials)? {
                turn = Some(waited);
            }
        }
        let outcome = connect.await;
        match &outcome {
            Ok(_) => self.note(credentials, Ok(())),
            Err(trouble) if trouble.fault == Fault::Access => self.note(credentials, Err(trouble.clone())),
            Err(_) => {}
        }
        drop(turn);
        outcome
    }

    /// Whether the last login was refused.
    pub(super) fn is_refused(&self) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().is_some_and(|last| last.outcome.is_err())
    }

    /// Whether these credentials were let in a moment ago; an error where they were refused.
    fn was_let_in(&self, credentials: &Credentials) -> Result<bool, Trouble> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = last.as_ref().filter(|last| last.credentials.is(credentials)) else { return Ok(false) };
        let left = Duration::from_secs(PAUSE_S).saturating_sub(last.at.elapsed());
        match &last.outcome {
            Ok(()) => Ok(last.at.elapsed() < Duration::from_secs(TRUST_S)),
            Err(_) if left.is_zero() => Ok(false),
            Err(trouble) => {
                let message = format!("{}; not tried again for {} s", trouble.message, left.as_secs() + 1);
                Err(Trouble { message, ..trouble.clone() })
            }
        }
    }

    fn note(&self, credentials: Credentials, outcome: Result<(), Trouble>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let was_refused = last.as_ref().is_some_and(|last| last.outcome.is_err());
        let address = self.address.as_str();
        match &outcome {
            Err(trouble) => {
                let (cause, pause_s) = (trouble.message.as_str(), PAUSE_S);
                tracing::warn!(address, cause, pause_s, "a login was refused, and is tried again after a pause");
            }
            Ok(()) if was_refused => tracing::info!(address, "the login is let in again"),
            Ok(()) => {}
        }
        *last = Some(Last { credentials, at: Instant::now(), outcome });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    /// A server that counts logins and takes one password.
    struct Server {
        logins: Logins,
        tried: AtomicUsize,
    }

    impl Server {
        fn new() -> Self {
            Self { logins: Logins::new("postgres://hr"), tried: AtomicUsize::new(0) }
        }

        async fn log_in(&self, password: &str, right: &str) -> Result<(), Trouble> {
            let credentials = Credentials { user: "hookgate".into(), password: password.into() };
            let connect = async {
                self.tried.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                let refused = || Trouble::new(Fault::Access, "the login is refused");
                if password == right { Ok(()) } else { Err(refused()) }
            };
            self.logins.attempt(Some(credentials), connect).await
        }

        fn tried(&self) -> usize {
            self.tried.swap(0, Ordering::Relaxed)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_is_tried_once_in_thirty_seconds_whoever_asks() {
        let server = Arc::new(Server::new());
        for _ in 0..3 {
            let all = join_all((0..50).map(|_| server.log_in("wrong", "right"))).await;
            assert!(all.iter().all(|outcome| outcome.as_ref().is_err_and(|trouble| trouble.fault == Fault::Access)));
            let told = server.log_in("wrong", "right").await.unwrap_err();
            assert!(told.message.starts_with("the login is refused; not tried again for "), "{told}");
            assert!(server.logins.is_refused());
            assert_eq!(server.tried(), 1);
            tokio::time::sleep(Duration::from_secs(31)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_password_is_tried_at_once_and_so_is_the_old_one_where_it_counts_again() {
        let server = Server::new();
        assert!(server.log_in("old", "new").await.is_err());
        assert!(server.log_in("new", "new").await.is_ok());
        assert!(!server.logins.is_refused());
        assert!(server.log_in("old", "old").await.is_ok(), "refused before another was let in");
        assert_eq!(server.tried(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_login_that_was_let_in_holds_up_nobody() {
        let server = Server::new();
        let began = Instant::now();
        let all = join_all((0..8).map(|_| server.log_in("right", "right"))).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(began.elapsed(), Duration::from_millis(200), "the first alone, then the others together");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_away_is_no_refusal() {
        let logins = Logins::new("postgres://hr");
        for _ in 0..3 {
            let credentials = Credentials { user: "hookgate".into(), password: "right".into() };
            let away = async { Err::<(), _>(Trouble::new(Fault::Source, "no connection")) };
            assert_eq!(logins.attempt(Some(credentials), away).await.unwrap_err().message, "no connection");
        }
        assert!(!logins.is_refused());
    }
}
