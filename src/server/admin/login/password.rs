//! Checks passwords against hashes of argon2id, one at a time; a name that is not there costs the same time.

use std::sync::Arc;

use actix_web::rt::task::spawn_blocking;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::random::{self, NoRandom};
use super::rights::Rights;
use super::settings::LoginUser;

/// Longest password, in bytes.
pub(super) const PASSWORD_LIMIT_BYTES: usize = 1024;
/// The costliest hash that is checked: memory in KiB, rounds, lanes. Whoever waits for the login waits for this too.
const MEMORY_LIMIT_KIB: u32 = 256 << 10;
const ROUND_LIMIT: u32 = 16;
const LANE_LIMIT: u32 = 16;

/// A user whose hash can be checked.
#[derive(Clone)]
struct User {
    name: String,
    hash: Arc<str>,
    rights: Rights,
}

/// Everybody who has a password.
pub(super) struct Passwords {
    users: Vec<User>,
    /// A hash that no password has, as costly as the first user's.
    nobody: Arc<str>,
    /// Memory and processor are for one hash.
    turn: Arc<Semaphore>,
}

impl Passwords {
    /// Reads the hashes from where they stand.
    ///
    /// # Errors
    /// With a sentence, when one is not there or is no hash that can be checked.
    pub(super) fn open(users: &[LoginUser]) -> Result<Self, String> {
        let users: Vec<User> = users.iter().map(User::open).collect::<Result<_, _>>()?;
        let params = match users.first() {
            Some(user) => PasswordHash::new(&user.hash).ok().and_then(|hash| Params::try_from(&hash).ok()),
            None => None,
        };
        let nobody = random::text().and_then(|nobody| hashed(nobody.as_bytes(), params.unwrap_or_default()));
        let nobody = nobody.map_err(|NoRandom| "the machine gives no random bytes".to_owned())?;
        Ok(Self { users, nobody: nobody.into(), turn: Arc::new(Semaphore::new(1)) })
    }

    pub(super) fn are_there(&self) -> bool {
        !self.users.is_empty()
    }

    /// Whether somebody has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.users.iter().any(|user| user.name == name)
    }

    /// What this user may do, if the password is right. The turn is kept until the hash is done, even if nobody waits for
    /// it any more.
    pub(super) async fn rights_of(&self, name: &str, password: SecretString) -> Option<Rights> {
        let user = self.users.iter().find(|user| user.name == name);
        let hash = Arc::clone(user.map_or(&self.nobody, |user| &user.hash));
        let turn = Arc::clone(&self.turn).acquire_owned().await.ok()?;
        let checked = spawn_blocking(move || {
            let is_right = Argon2::default().verify_password(password.expose_secret().as_bytes(), &*hash).is_ok();
            drop(turn);
            is_right
        });
        let is_right = checked.await.unwrap_or(false);
        user.filter(|_| is_right).map(|user| user.rights)
    }
}

impl User {
    fn open(LoginUser { name, password_hash, rights }: &LoginUser) -> Result<Self, String> {
        let hash =
            password_hash.resolve().map_err(|why| format!("the password hash of `{name}` is not there: {}", why.0))?;
        let hash = hash.expose_secret().trim();
        is_fit(hash).map_err(|why| format!("the password hash of `{name}` {why}"))?;
        Ok(Self { name: name.clone(), hash: hash.into(), rights: *rights })
    }
}

fn is_fit(hash: &str) -> Result<(), &'static str> {
    let read = PasswordHash::new(hash).map_err(|_| "is no hash of a password")?;
    if read.algorithm.as_str() != "argon2id" || read.salt.is_none() || read.hash.is_none() {
        return Err("is not one of argon2id");
    }
    let params = Params::try_from(&read).map_err(|_| "has numbers that argon2id does not know")?;
    let is_cheap_enough =
        params.m_cost() <= MEMORY_LIMIT_KIB && params.t_cost() <= ROUND_LIMIT && params.p_cost() <= LANE_LIMIT;
    if is_cheap_enough { Ok(()) } else { Err("costs more than 256 MiB of memory, 16 rounds or 16 lanes") }
}

/// The hash of a password, as `admin.login.users` takes it: a PHC string of argon2id with a salt of its own.
///
/// # Errors
/// With a sentence, when the password is empty or longer than 1024 bytes, or the machine gives no random bytes.
pub fn hash_password(password: &SecretString) -> Result<String, String> {
    let password = password.expose_secret();
    if password.is_empty() || password.len() > PASSWORD_LIMIT_BYTES {
        return Err(format!("a password has 1 to {PASSWORD_LIMIT_BYTES} bytes"));
    }
    hashed(password.as_bytes(), Params::default()).map_err(|NoRandom| "the machine gives no random bytes".to_owned())
}

fn hashed(password: &[u8], params: Params) -> Result<String, NoRandom> {
    let salt = random::bytes::<16>()?;
    let hash: PasswordHash = Argon2::from(params).hash_password_with_salt(password, &salt).map_err(|_| NoRandom)?;
    Ok(hash.to_string())
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passwords({})", self.users.len())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::rt::System;

    use super::*;
    use crate::outside::Credential;

    fn user(name: &str, hash: &str) -> LoginUser {
        LoginUser { name: name.to_owned(), password_hash: Credential::read(hash).unwrap(), rights: Rights::ALL }
    }

    #[test]
    fn the_password_of_the_hash_is_right_and_no_other_is() {
        let hash = hash_password(&"correct horse".into()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hash_password(&"correct horse".into()).unwrap(), "a salt of its own");
        let passwords = Passwords::open(&[user("asha", &hash)]).unwrap();
        let rights = |name: &str, password: &str| System::new().block_on(passwords.rights_of(name, password.into()));
        assert_eq!(rights("asha", "correct horse"), Some(Rights::ALL));
        for (name, password) in
            [("asha", "correct hors"), ("asha", ""), ("Asha", "correct horse"), ("", "correct horse")]
        {
            assert_eq!(rights(name, password), None, "{name} {password}");
        }
        assert!(!format!("{passwords:?}").contains("argon2"));
    }

    #[test]
    fn a_name_that_is_not_there_costs_a_hash_with_the_numbers_of_the_others() {
        let hash = hashed(b"x", Params::new(1 << 10, 3, 1, None).unwrap()).unwrap();
        let nobody = Passwords::open(&[user("asha", &hash)]).unwrap().nobody;
        assert!(nobody.starts_with("$argon2id$v=19$m=1024,t=3,p=1$"), "{nobody}");
    }

    #[test]
    fn what_is_no_hash_or_costs_too_much_is_refused_at_the_start() {
        for (hash, why) in [
            ("secret", "is no hash"),
            ("", "is no hash"),
            (
                "$argon2i$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$dGhpcnR5LXR3byBieXRlcyBvZiBoYXNoIGhlcmUhIQ",
                "not one of argon2id",
            ),
            ("$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ", "not one of argon2id"),
            ("$argon2id$v=19$m=1048576,t=2,p=1$c2FsdHNhbHQ$dGhpcnR5LXR3byBieXRlcyBvZiBoYXNoIGhlcmUhIQ", "costs more"),
        ] {
            let told = Passwords::open(&[user("asha", hash)]).unwrap_err();
            assert!(told.contains("`asha`") && told.contains(why), "{hash}: {told}");
            assert!(hash.is_empty() || !told.contains(hash), "{told}");
        }
    }
}
