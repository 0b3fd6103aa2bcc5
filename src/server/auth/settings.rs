//! The settings of authentication; without any, everybody is admitted.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::outside::Credential;

/// Settings of the stage before the rules.
#[derive(Clone, Debug, Default)]
pub struct AuthSettings {
    /// How many of the methods must accept a call.
    pub require: Require,
    /// A bearer that is a signed token.
    pub jwt: Option<Guarded<JwtSettings>>,
    /// A bearer that is one of these secrets.
    pub bearer: Option<Guarded<Vec<Credential>>>,
    /// A header of some name that is one of these secrets.
    pub header: Option<Guarded<SecretHeader>>,
    /// A client certificate.
    pub certificate: Option<Guarded<CertificateNames>>,
    /// The networks that calls may come from.
    pub address: Option<Guarded<Vec<IpNet>>>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Hooks and prefixes with methods of their own, in place of these.
    pub own: Vec<OwnMethods>,
}

/// What some hooks, or all hooks under some prefixes, have in place of what all have.
#[derive(Clone, Debug)]
pub struct OwnMethods {
    pub whose: Whose,
    /// Everybody is let in, because somebody wrote so.
    pub is_open: bool,
    pub auth: AuthSettings,
}

/// For which calls methods are. A hook's own go before those of its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Hooks, by their names in any case.
    Hooks(Vec<String>),
    /// Prefixes as in the setting `prefixes`.
    Prefixes(Vec<String>),
}

impl AuthSettings {
    /// Whether anybody can be kept out: methods that only observe keep out nobody.
    #[must_use]
    pub fn keeps_out(&self) -> bool {
        self.jwt.as_ref().is_some_and(Guarded::is_enforced)
            || self.bearer.as_ref().is_some_and(Guarded::is_enforced)
            || self.header.as_ref().is_some_and(Guarded::is_enforced)
            || self.certificate.as_ref().is_some_and(Guarded::is_enforced)
            || self.address.as_ref().is_some_and(Guarded::is_enforced)
    }

    /// Whether calls under the prefix have methods of their own.
    #[must_use]
    pub fn has_row_for(&self, prefix: &str) -> bool {
        let names = |own: &OwnMethods| match &own.whose {
            Whose::Prefixes(prefixes) => prefixes.iter().any(|one| one == prefix),
            Whose::Hooks(_) => false,
        };
        self.own.iter().any(names)
    }

    /// What signed tokens must be, wherever it is said.
    pub fn all_jwt(&self) -> impl Iterator<Item = &JwtSettings> {
        let own = self.own.iter().map(|own| &own.auth);
        std::iter::once(self).chain(own).filter_map(|auth| auth.jwt.as_ref()).map(|jwt| &jwt.what)
    }
}

/// How many methods must accept a call. Those that only observe do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Require {
    #[default]
    All,
    Any,
}

impl Require {
    pub const ALL: [(&'static str, Require); 2] = [("all", Require::All), ("any", Require::Any)];
}

/// One method, and whether its verdict counts.
#[derive(Clone, Debug)]
pub struct Guarded<T> {
    pub what: T,
    /// Its verdict is logged, and changes nothing.
    pub observe: bool,
}

impl<T> Guarded<T> {
    /// Whether its verdict counts.
    #[must_use]
    pub fn is_enforced(&self) -> bool {
        !self.observe
    }
}

/// What a signed token must be.
#[derive(Clone, Debug)]
pub struct JwtSettings {
    /// Shared secrets, for HS256, HS384 and HS512.
    pub secrets: Vec<JwtSecret>,
    /// PEM files with public keys.
    pub keys: Vec<JwtKey>,
    /// An address that public keys are fetched from.
    pub jwks: Option<JwksSettings>,
    /// The algorithms that are taken, of those that a key is for; empty for all of these.
    pub algorithms: Vec<JwtAlgorithm>,
    /// How far the clocks may be apart.
    pub leeway: Duration,
    /// Who must have issued the token; empty for anybody who has a key.
    pub issuers: Vec<String>,
    /// Whom the token must be for; empty for anybody.
    pub audiences: Vec<String>,
    /// What else must stand in it.
    pub claims: Vec<Claim>,
}

/// A shared secret of tokens.
#[derive(Clone, Debug)]
pub struct JwtSecret {
    pub secret: Credential,
    /// The bytes are what this text means in Base64, rather than its letters.
    pub is_base64: bool,
    /// What a token that is signed with it must say, beside what all must.
    pub claims: Vec<Claim>,
}

/// A file with a public key.
#[derive(Clone, Debug)]
pub struct JwtKey {
    pub file: PathBuf,
    /// What a token that is signed with it must say, beside what all must.
    pub claims: Vec<Claim>,
}

/// Where public keys are published.
#[derive(Clone, Debug)]
pub struct JwksSettings {
    pub address: String,
    /// Private networks that the host's name may lead to.
    pub allow: Vec<IpNet>,
    pub ca: Option<PathBuf>,
    /// How often they are fetched.
    pub refresh: Duration,
    /// How long they are used when they cannot be fetched any more.
    pub stale: Duration,
}

/// A claim and the values that are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub name: String,
    pub accepted: Vec<String>,
}

/// Algorithms of signatures (RFC 7518). `none` is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
}

impl JwtAlgorithm {
    pub const ALL: [(&'static str, JwtAlgorithm); 11] = [
        ("HS256", JwtAlgorithm::HS256),
        ("HS384", JwtAlgorithm::HS384),
        ("HS512", JwtAlgorithm::HS512),
        ("RS256", JwtAlgorithm::RS256),
        ("RS384", JwtAlgorithm::RS384),
        ("RS512", JwtAlgorithm::RS512),
        ("PS256", JwtAlgorithm::PS256),
        ("PS384", JwtAlgorithm::PS384),
        ("PS512", JwtAlgorithm::PS512),
        ("ES256", JwtAlgorithm::ES256),
        ("ES384", JwtAlgorithm::ES384),
    ];

    /// The algorithm of exactly this name, capitals included.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(word, _)| *word == name).map(|(_, algorithm)| *algorithm)
    }

    /// Whether a public key checks it, rather than a secret that both sides have.
    #[must_use]
    pub fn is_public(self) -> bool {
        !matches!(self, JwtAlgorithm::HS256 | JwtAlgorithm::HS384 | JwtAlgorithm::HS512)
    }
}

/// A header that must have one of these values.
#[derive(Clone, Debug)]
pub struct SecretHeader {
    pub name: String,
    pub secrets: Vec<Credential>,
}

/// Whose client certificates are let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// The common name or another name of the certificate, in any case.
    pub names: Vec<String>,
    /// SHA-256 of the certificate, in lower-case hexadecimal without colons.
    pub fingerprints: Vec<String>,
}
