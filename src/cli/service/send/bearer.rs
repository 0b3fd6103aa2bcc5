//! The bearer of a call: read from a file, signed here, or none.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use crate::cli::exit::Failure;
use crate::cli::rules::facts;
use crate::outside::{Credential, NoCredential, Signing, platform_claims, sign};
use crate::report::connect::decoded;

#[derive(ClapArgs, Debug)]
pub struct TokenArgs {
    /// Sign a token with this secret: `${env:NAME}`, `${file:PATH}`, or the secret itself, which other users of this
    /// machine can see and the shell remembers
    #[arg(long, value_name = "SECRET", group = "signs", value_parser = secret)]
    pub secret: Option<Credential>,
    /// Sign a token with the secret in this file
    #[arg(long, value_name = "FILE", group = "signs")]
    pub secret_file: Option<PathBuf>,
    /// Sign a token with the secret in this environment variable
    #[arg(long, value_name = "NAME", group = "signs")]
    pub secret_env: Option<String>,
    /// The secret is written in Base64
    #[arg(long, requires = "signs")]
    pub base64: bool,
    /// How the token is signed
    #[arg(long, value_enum, default_value_t = Algorithm::Hs256, requires = "signs")]
    pub algorithm: Algorithm,
    /// Another claim, or another value for one: `tenantId=as100` (text) or `roles:=["USER"]` (JSON); may be repeated
    #[arg(long = "claim", value_name = "NAME=VALUE", requires = "signs")]
    pub claims: Vec<String>,
    /// How long the token is valid, for example 1m or 90s; -1m is one that has expired
    #[arg(long, value_name = "TIME", default_value = "1m", allow_hyphen_values = true, requires = "signs",
        value_parser = length)]
    pub expires: SignedDuration,
    /// Send the token in this file instead of signing one
    #[arg(long, value_name = "FILE", conflicts_with = "signs")]
    pub bearer: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    #[value(name = "HS256")]
    Hs256,
    #[value(name = "HS384")]
    Hs384,
    #[value(name = "HS512")]
    Hs512,
}

fn length(text: &str) -> Result<SignedDuration, String> {
    text.parse().map_err(|_| "write how long, not until when: 90s, 1m, 2h".to_owned())
}

fn secret(text: &str) -> Result<Credential, String> {
    Credential::read(text).map_err(|why| why.0)
}

impl TokenArgs {
    /// The token, if the call is to have one.
    pub fn token(&self, now: Timestamp) -> Result<Option<SecretString>, Failure> {
        if let Some(file) = &self.bearer {
            return facts::bearer(file).map(Some);
        }
        let Some(secret) = self.credential().transpose().map_err(|why| Failure::message(why.0))? else {
            return Ok(None);
        };
        let secret = secret.resolve().map_err(|why| {
            Failure::message(why.0)
                .help("the secret is the one that `auth.jwt.secrets` of the gateway names: set it here too")
        })?;
        let mut claims = platform_claims(now.as_second(), now.as_second().saturating_add(self.expires.as_secs()));
        self.claims.iter().try_for_each(|claim| put(&mut claims, claim))?;
        let signing = match self.algorithm {
            Algorithm::Hs256 => Signing::Hs256,
            Algorithm::Hs384 => Signing::Hs384,
            Algorithm::Hs512 => Signing::Hs512,
        };
        sign(&claims, &self.key(&secret)?, signing).map(Some).map_err(Failure::message)
    }

    /// What is worth knowing of a secret that stands on the command line.
    pub fn note(&self) -> Option<&'static str> {
        let is_written = self.secret.as_ref().is_some_and(Credential::is_written_out);
        is_written.then_some("others on this machine can see a secret on a command line: `--secret-file` keeps it")
    }

    fn credential(&self) -> Option<Result<Credential, NoCredential>> {
        let named = |kind: &str, name: &str| Credential::read(&format!("${{{kind}:{name}}}"));
        let file = |file: &Path| named("file", &file.display().to_string());
        self.secret
            .clone()
            .map(Ok)
            .or_else(|| self.secret_file.as_deref().map(file))
            .or_else(|| self.secret_env.as_deref().map(|name| named("env", name)))
    }

    fn key(&self, secret: &SecretString) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let text = secret.expose_secret();
        if text.is_empty() {
            return Err(Failure::message("the secret is empty: fill the file or the variable that the flag names"));
        }
        let key = if self.base64 { decoded(text) } else { Some(text.as_bytes().to_vec()) };
        let wrong =
            || Failure::message("the secret is not Base64").help("leave `--base64` out if its letters are the secret");
        key.map(Zeroizing::new).ok_or_else(wrong)
    }
}

/// `name=text` or `name:=json`.
fn put(claims: &mut Map<String, Value>, claim: &str) -> Result<(), Failure> {
    let wrong = || Failure::message(format!("`--claim {claim}`: write `NAME=text` or `NAME:=json`"));
    let (name, text) = claim.split_once('=').ok_or_else(wrong)?;
    let (name, value) = match name.strip_suffix(':') {
        Some(name) => (name, serde_json::from_str(text).map_err(|_| wrong())?),
        None => (name, Value::from(text)),
    };
    claims.insert(name.to_owned(), value);
    if name.is_empty() { Err(wrong()) } else { Ok(()) }
}
