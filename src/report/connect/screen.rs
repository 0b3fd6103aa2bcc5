//! The fields of the platform's Webhooks Configuration for these settings, and what is wrong with the settings for it.

use std::fmt::Write as _;
use std::net::SocketAddr;

use secrecy::ExposeSecret as _;

use crate::config::{Settings, host};
use crate::server::{JwtSecret, Settings as ServerSettings, names_instead_of};

/// Fewest letters of a secret that nobody guesses.
const SECRET_LEAST: usize = 32;
/// What stands for a server that these settings do not know.
const OF_A_PROXY: &str = "https:// and the name of the proxy in front of hookgate";
/// The port that an address with https need not name.
const HTTPS_PORT: u16 = 443;

/// Something that keeps the platform from calling, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub help: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// What to type.
#[derive(Clone, Debug)]
pub struct Screen {
    server: String,
    context_path: String,
    secret: String,
    /// The hooks that are answered.
    pub hooks: Vec<String>,
    pub wrong: Vec<Wrong>,
}

impl Screen {
    /// # Errors
    /// When the named server is none that the screen takes.
    pub fn of(settings: &Settings, named: Option<&str>) -> Result<Self, Wrong> {
        let server = &settings.server;
        let mut wrong = reached(server);
        wrong.extend(prefixes(&server.prefixes));
        let secret = secret(server, &mut wrong);
        let address = named.map_or_else(|| Ok(address(server)), checked)?;
        wrong.extend(certificate(server, &address));
        Ok(Self {
            server: address,
            context_path: context_path(&server.prefixes),
            secret,
            hooks: settings.tenant.hooks.names().map(str::to_owned).collect(),
            wrong,
        })
    }

    /// The fields of the platform's screen, each with what to type; of the secret where it stands.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &str); 4] {
        [
            ("Server", &self.server),
            ("Service context path", &self.context_path),
            ("Secret", &self.secret),
            ("Token expiry Minutes", "1"),
        ]
    }

    #[must_use]
    pub fn to_text(&self) -> String {
        let Self { hooks, wrong, .. } = self;
        let mut out = String::from("type into the platform's Webhooks Configuration:\n\n");
        for (field, value) in self.fields() {
            let hint = if value == OF_A_PROXY { " (`--server https://…` has it printed here)" } else { "" };
            let _ = writeln!(out, "  {field:22}{value}{hint}");
        }
        let _ = writeln!(out, "\nhooks that are answered:\n  {}", hooks.join(", "));
        for Wrong { message, help } in wrong {
            let _ = writeln!(out, "\nwrong: {message}\n  help: {help}");
        }
        out
    }
}

/// A server as somebody names it.
pub(super) fn checked(named: &str) -> Result<String, Wrong> {
    let refused = |why: &str| {
        Err(Wrong::new(
            format!("`{named}`: {why}"),
            "write the name by which the platform reaches hookgate: `https://hooks.corp.example`",
        ))
    };
    match url::Url::parse(named) {
        Ok(url) if url.scheme() == "http" => refused("the platform's screen takes https alone"),
        Ok(url) if url.scheme() != "https" || !url.has_host() => refused("this is not an address of a server"),
        Ok(url) if url.path() != "/" || url.query().is_some() => {
            refused("the path belongs into Service context path, which the setting `prefixes` has")
        }
        Ok(_) => Ok(named.trim_end_matches('/').to_owned()),
        Err(_) => refused("this is not an address of a server"),
    }
}

/// By which name the platform may reach it, as far as these settings say.
fn address(server: &ServerSettings) -> String {
    if server.tls.certificate.is_none() {
        return OF_A_PROXY.to_owned();
    }
    let ip = server.listen.ip();
    let name = match SocketAddr::new(ip, 0) {
        _ if ip.is_unspecified() || ip.is_loopback() => host(),
        SocketAddr::V4(_) => ip.to_string(),
        SocketAddr::V6(_) => format!("[{ip}]"),
    };
    match server.listen.port() {
        HTTPS_PORT => format!("https://{name}"),
        port => format!("https://{name}:{port}"),
    }
}

/// A certificate that is for other names than the platform is told to call. Behind a proxy that ends TLS it is not looked at.
fn certificate(server: &ServerSettings, address: &str) -> Option<Wrong> {
    let file = server.tls.certificate.as_ref().filter(|_| server.auth.trusted_proxies.is_empty())?;
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?;
    let names = names_instead_of(host, file)?;
    let names = if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") };
    Some(Wrong::new(
        format!("the certificate `{}` is for {names}, and the platform would call `{host}`", file.display()),
        format!(
            "have one issued for `{host}` (for a first try: `hookgate cert --self-signed --name {host}`), or name the server \
             as the certificate does: `--server https://NAME`"
        ),
    ))
}

/// Whether the platform reaches the gateway, and by https.
fn reached(server: &ServerSettings) -> Vec<Wrong> {
    let has_proxy = !server.auth.trusted_proxies.is_empty();
    let mut wrong = Vec::new();
    if server.tls.certificate.is_none() && !has_proxy {
        wrong.push(Wrong::new(
            "the platform's screen takes https alone, and hookgate speaks http with these settings",
            "set `tls.certificate` and `tls.key` (`hookgate cert --self-signed` makes both for a first try), or let a proxy \
             end TLS and name it under `auth.trusted_proxies`",
        ));
    }
    if server.listen.ip().is_loopback() && !has_proxy {
        wrong.push(Wrong::new(
            format!("hookgate listens on {}, which only this machine reaches", server.listen),
            "set `listen` to an address that the platform reaches, such as 0.0.0.0:8443, or let a proxy on this machine \
             call it and name the proxy under `auth.trusted_proxies`",
        ));
    }
    if !server.unguarded_prefixes().is_empty() {
        wrong.push(Wrong::new(
            "no method under `auth` keeps anybody out: whoever reaches hookgate may call it",
            "write `auth: { jwt: { secrets: [\"${env:CYMMETRI_SECRET}\"], claims: { tenantId: YOUR-TENANT } } }`",
        ));
    }
    wrong
}

/// With several prefixes only a person knows which one is this tenant's.
fn prefixes(prefixes: &[String]) -> Option<Wrong> {
    let named: Vec<String> = named_prefixes(prefixes).map(|prefix| format!("`{prefix}`")).collect();
    let message = format!("`prefixes` has {}, and the screen takes one", named.join(" and "));
    (named.len() > 1).then(|| Wrong::new(message, "type the one that is meant for this tenant"))
}

fn named_prefixes(prefixes: &[String]) -> impl Iterator<Item = &String> {
    prefixes.iter().filter(|prefix| !prefix.is_empty())
}

fn context_path(prefixes: &[String]) -> String {
    match named_prefixes(prefixes).next() {
        Some(prefix) => prefix.clone(),
        None => "(nothing)".to_owned(),
    }
}

/// Where the secret comes from that signs the platform's tokens, never the secret.
fn secret(server: &ServerSettings, wrong: &mut Vec<Wrong>) -> String {
    let Some(jwt) = &server.auth.jwt else {
        return "(none: no `auth.jwt` checks the platform's tokens)".to_owned();
    };
    let secrets = &jwt.what.secrets;
    wrong.extend(secrets.iter().filter_map(unusable));
    let words: Vec<String> = secrets.iter().map(|one| one.secret.in_words()).collect();
    match words.as_slice() {
        [] => "(none: `auth.jwt` checks tokens with public keys)".to_owned(),
        [only] => only.clone(),
        [..] => format!("one of: {}", words.join("; ")),
    }
}

/// Why a secret keeps the platform out, or lets others in.
fn unusable(written: &JwtSecret) -> Option<Wrong> {
    let make = "make one with `openssl rand -base64 32`, and type the same into the platform's screen";
    match written.secret.resolve() {
        Err(why) => Some(Wrong::new(
            format!("the secret is not there for this command: {}", why.0),
            format!("set it for this command and for the gateway; {make}"),
        )),
        Ok(secret) if secret.expose_secret().chars().count() < SECRET_LEAST => Some(Wrong::new(
            format!("{} has fewer than {SECRET_LEAST} letters and can be guessed", written.secret.in_words()),
            make,
        )),
        Ok(secret) if !written.is_base64 && secret.expose_secret().trim() != secret.expose_secret() => {
            Some(Wrong::new(
                format!("{} begins or ends with white space, which counts as a part of it", written.secret.in_words()),
                "take the white space away, or type it into the platform's screen too",
            ))
        }
        Ok(_) => None,
    }
}
