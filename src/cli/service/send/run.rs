//! Runs `hookgate send`: makes the call, and ends with its result.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Builder;
use url::Url;

use super::bearer::TokenArgs;
use super::exchange::Exchange;
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::format::Format;
use crate::cli::request;
use crate::config::Settings;
use crate::event::secret::{HIDDEN, SecretNames};
use crate::event::{Context, Document, Event, Hook, Path, Root, Segment, Value};
use crate::outside::{NoClient, PlatformAnswer, PlatformCall, Tls};
use crate::report::connect::{address_of, own_address, without_hook};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The hook that is called
    pub hook: String,
    /// The request body: a file, `-` for standard input; left out: the hook's sample
    pub file: Option<PathBuf>,
    /// The server with its context path, as on the platform's screen: `https://host:8443/webhook`; left out: the gateway
    /// that these settings run, on this machine
    #[arg(long, value_name = "URL")]
    pub to: Option<String>,
    /// Change the request: `user.mobile=9820012345` (text) or `user.grade:=7` (JSON); may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The application id of the path
    #[arg(long)]
    pub app: Option<String>,
    #[command(flatten)]
    pub token: TokenArgs,
    /// A header in addition to those of the platform; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE")]
    pub headers: Vec<String>,
    /// A PEM file with certificate authorities in addition to those of the system, or with a self-signed certificate
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// A PEM file with a client certificate
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    pub certificate: Option<PathBuf>,
    /// A PEM file with its key
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub certificate_key: Option<PathBuf>,
    /// Longest wait for the answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub timeout_ms: u64,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Makes one call and shows its answer.
///
/// # Errors
/// When the call cannot be made, or no answer comes.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let (place, hook) = request::hook(&settings.tenant.hooks, &args.hook)?;
    let body = request::body(args.file.as_deref(), &args.hook)?;
    request::tell_misspelt(&settings.tenant, &body, &args.set);
    let body = request::with_changes(body, &args.set, settings.server.bounds())?;
    let is_password = maps_a_password(place, hook, &body, settings)?;
    let to = args.to.clone().unwrap_or_else(|| own_address(&settings.server, settings.server.listen));
    let address = address(&to, hook, args.app.as_deref())?;
    let token = args.token.token(Timestamp::now())?;
    let call = PlatformCall {
        address: address.to_string(),
        own: None,
        tls: Tls {
            ca: args.ca.clone(),
            certificate: args.certificate.clone(),
            certificate_key: args.certificate_key.clone(),
        },
        bearer: token.clone(),
        headers: args.headers.iter().map(|header| named(header)).collect::<Result<_, _>>()?,
        body,
        limit: Duration::from_millis(args.timeout_ms),
    };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::message(format!("the call cannot be made: {error}")))?;
    let mut answer = runtime.block_on(call.make()).map_err(|why| unanswered(&address, &why))?;
    let is_ours = is_ours(&answer);
    answer.body = hidden(answer.body, is_password, token.as_ref(), &settings.tenant.hooks.secrets);
    let exit = if answer.status == 200 && is_ours { Exit::Well } else { Exit::Found };
    let (hook, note) = (hook.name.clone(), args.token.note());
    let told = Exchange { hook, address: address.to_string(), has_token: token.is_some(), is_ours, answer, note };
    let stdout = match args.format {
        Format::Text => told.to_text(),
        Format::Json => told.to_json(),
    };
    Ok(Output { stdout, exit })
}

/// Whether the call asks for a password, so that the answer is one.
fn maps_a_password(place: usize, hook: &Hook, body: &[u8], settings: &Settings) -> Result<bool, Failure> {
    let (now, calendar) = (Timestamp::now(), settings.server.calendar.clone());
    let (token, caller) = (Value::Null, Value::Null);
    let context = Context { id: String::new(), now, calendar, app: None, token, caller, bearer: None, trace: None };
    let event = Event::read(&settings.tenant.hooks, place, body.to_vec(), settings.server.bounds(), context).map_err(
        |why| {
            let failure = Failure::message(format!("the request is not an event of `{}`: {why}", hook.name));
            failure.help(request::FORM)
        },
    )?;
    Ok(event.maps_a_password())
}

/// Whether the gateway may have given this answer: it has a request id, and what it says is JSON.
fn is_ours(answer: &PlatformAnswer) -> bool {
    let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(&answer.body).is_ok();
    answer.request_id.is_some() && (answer.body.trim().is_empty() || is_json())
}

/// The answer as it may be shown: what is not JSON is not, since nothing tells the secrets in it.
fn hidden(body: String, is_password: bool, token: Option<&SecretString>, names: &SecretNames) -> String {
    if body.is_empty() {
        return body;
    }
    let read = Document::read_hiding(body.into_bytes(), usize::MAX, names);
    let Ok(document) = read else { return HIDDEN.to_owned() };
    let mut answer = Value::Source(document.root());
    let mapped = ["response", "mappedValue"].map(|key| Segment::Key(key.into()));
    if is_password && let Some(value) = answer.at(&mapped) {
        // It is there, so that it can be replaced.
        let _ = answer.set(&mapped, value.into_secret());
    }
    for key in ["data", "user"].into_iter().filter(|_| !names.paths().is_empty()) {
        let at = ["response", key].map(|key| Segment::Key(key.into()));
        if let Some(user) = answer.at(&at) {
            let _ = answer.set(&at, names.hide_at(&Path { root: Root::User, segments: Vec::new() }, user));
        }
    }
    let shown = answer.to_json();
    match token {
        Some(token) => shown.replace(token.expose_secret(), HIDDEN),
        None => shown,
    }
}

/// The server with its context path, the hook, and the application.
fn address(to: &str, hook: &Hook, app: Option<&str>) -> Result<Url, Failure> {
    let wrong = || {
        let help = "write the server with its context path: `https://host:8443/webhook`";
        Failure::message(format!("`--to {to}` is not an address of a server")).help(help)
    };
    if let Some(shorter) = without_hook(to, hook) {
        let failure = Failure::message(format!("`--to {to}` ends with the hook's own path, which is added to it"));
        return Err(failure.help(format!("write `--to {shorter}`")));
    }
    address_of(to, hook, app).ok_or_else(wrong)
}

fn named(header: &str) -> Result<(String, String), Failure> {
    let pair = header.split_once('=').filter(|(name, _)| !name.is_empty());
    // What is behind the sign may be a secret.
    let wrong = || Failure::message("a `--header` is written as `NAME=VALUE`");
    pair.map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(wrong)
}

fn unanswered(address: &Url, why: &NoClient) -> Failure {
    // What the library of TLS puts in braces are bytes of the certificate.
    let message = why.message.split(" {").next().unwrap_or_default();
    let failure = Failure::message(format!("`{address}`: {message}"));
    if let Some(help) = why.help {
        return failure.help(help);
    }
    failure.help(cure(&why.message))
}

/// What to do about a call that was not answered, by what the library of TLS or of names said.
fn cure(message: &str) -> &'static str {
    let has = |words: &str| message.contains(words);
    if has("not valid for name") || has("NotValidForName") {
        "the certificate is for another name: call the server by one that it has, or have one issued for this name"
    } else if has("certificate expired") || has("Expired") {
        "the server's certificate has expired: have it renewed, or set this machine's clock if it is wrong"
    } else if has("not valid yet") || has("NotValidYet") {
        "the server's certificate is not valid yet: wait, or set this machine's clock if it is wrong"
    } else if has("fatal alert") && (has("Certificate") || has("UnknownCA") || has("AccessDenied")) {
        "the server wants a client certificate that it trusts: name it with `--certificate FILE --certificate-key FILE`"
    } else if ["BadEncoding", "Revoked", "InvalidPurpose"].iter().any(|why| has(why)) {
        "the server's certificate cannot be used: have another issued for this server"
    } else if has("certificate") {
        "the server's certificate is not trusted here: name it, or its authority, with `--ca FILE`"
    } else if has("InvalidContentType") {
        "this port does not speak TLS: where it is hookgate's, let `--to` begin with `http://`, or set `tls.certificate` and \
         `tls.key`; else correct the port"
    } else if has("lookup address") {
        "this machine knows no such host: correct the name in `--to`, or ask who runs the DNS"
    } else {
        "see that the gateway runs (`hookgate serve`) and listens there, and that `--to` begins as it does: https or http"
    }
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError, Error};

    use super::cure;

    #[test]
    fn each_error_of_a_certificate_has_a_cure_of_its_own() {
        let of = |error: CertificateError| cure(&Error::InvalidCertificate(error).to_string());
        assert!(of(CertificateError::UnknownIssuer).contains("--ca FILE"));
        assert!(of(CertificateError::Expired).contains("renewed"));
        assert!(of(CertificateError::NotValidYet).contains("clock"));
        assert!(of(CertificateError::NotValidForName).contains("another name"));
        assert!(of(CertificateError::BadEncoding).contains("have another issued"));
        for alert in [AlertDescription::CertificateRequired, AlertDescription::BadCertificate] {
            assert!(cure(&Error::AlertReceived(alert).to_string()).contains("--certificate FILE"), "{alert:?}");
        }
        // An authority of the system that has the same name, and another key.
        let odd = "invalid peer certificate: UnsupportedSignatureAlgorithmForPublicKeyContext";
        assert!(cure(odd).contains("--ca FILE"));
        assert!(cure("connection refused").contains("see that the gateway runs"));
    }
}
