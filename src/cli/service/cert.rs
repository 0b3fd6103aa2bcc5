//! `hookgate cert`: makes a certificate and its key for a first try.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};

use crate::cli::exit::{Failure, Output};
use crate::config::Settings;
use crate::server::Settings as ServerSettings;

/// Where it is valid unless names are given: on this machine.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// For everybody, and for hookgate's user alone.
const CERTIFICATE_MODE: u32 = 0o644;
const KEY_MODE: u32 = 0o600;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// No authority vouches for it: callers must be given the certificate itself
    #[arg(long, required = true)]
    pub self_signed: bool,
    /// A host name or address that callers use; may be repeated; left out: names of this machine alone
    #[arg(long = "name", value_name = "HOST")]
    pub names: Vec<String>,
    /// How long it is valid, in days
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=825))]
    pub days: u16,
    /// The folder to write into; it is made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub output: PathBuf,
}

/// Writes certificate and key, and says what to do with them.
///
/// # Errors
/// When one of the files is already there (nothing is written then) or cannot be written, or a name is none.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    if let Some(wrong) = args.names.iter().find(|name| !is_name(name)) {
        let message = format!("`--name {wrong}`: a certificate is for a host name or an IP address");
        return Err(Failure::message(message).help(of_host(wrong)));
    }
    let (certificate, key) = (args.output.join("certificate.pem"), args.output.join("key.pem"));
    if let Some(there) = [&certificate, &key].into_iter().find(|file| file.exists()) {
        let message = format!("`{}` is already there, and nothing was written", there.display());
        return Err(Failure::message(message).help("name another folder with `--output DIR`"));
    }
    let local = LOCAL_NAMES.map(str::to_owned).to_vec();
    let names = if args.names.is_empty() { local } else { args.names.clone() };
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let until = today.checked_add(i32::from(args.days).days()).map_err(|error| Failure::message(error.to_string()))?;
    let (certificate_pem, key_pem) = made(&names, today, until).map_err(|error| {
        Failure::message(format!("no certificate can be made: {error}")).help("a name is a host name or an IP address")
    })?;
    let fail = |file: &Path, error: io::Error| {
        let failure = Failure::message(format!("cannot write `{}`: {error}", file.display()));
        failure.help("name a folder in which you may write: `--output DIR`")
    };
    fs::create_dir_all(&args.output).map_err(|error| fail(&args.output, error))?;
    write(&key, &key_pem, KEY_MODE).map_err(|error| fail(&key, error))?;
    write(&certificate, &certificate_pem, CERTIFICATE_MODE).map_err(|error| fail(&certificate, error))?;
    Ok(Output::well(told(&certificate, &key, &names, until, &settings.server)))
}

/// A host name, also with a star in the place of its first part, or an address.
fn is_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let is_part = |part: &str| !part.is_empty() && part.chars().all(is_letter);
    let host = name.strip_prefix("*.").unwrap_or(name);
    name.parse::<IpAddr>().is_ok() || host.strip_suffix('.').unwrap_or(host).split('.').all(is_part)
}

/// What to write in place of an address with a scheme, a port or a path.
fn of_host(written: &str) -> String {
    let with_scheme = if written.contains("://") { written.to_owned() } else { format!("https://{written}") };
    let host = url::Url::parse(&with_scheme).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.map(|host| host.trim_matches(['[', ']']).to_owned());
    host.filter(|host| host != written && is_name(host)).map_or_else(
        || "write a host name or an IP address, such as `--name hooks.corp.example`".to_owned(),
        |host| format!("write `--name {host}`, without scheme, port and path"),
    )
}

/// Certificate and key as PEM. It begins a day early: clocks differ.
fn made(names: &[String], today: Date, until: Date) -> Result<(String, String), rcgen::Error> {
    let moment = |date: Date| {
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    let mut params = CertificateParams::new(names)?;
    params.not_before = moment(today.yesterday().unwrap_or(today));
    params.not_after = moment(until);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("hookgate", |name| name));
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

fn write(file: &Path, text: &str, mode: u32) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(file)?.write_all(text.as_bytes())
}

fn told(certificate: &Path, key: &Path, names: &[String], until: Date, server: &ServerSettings) -> String {
    // At port 0 only the gateway knows its port.
    let port = match server.listen.port() {
        0 => "PORT".to_owned(),
        port => port.to_string(),
    };
    let prefix = server.prefixes.first().map_or("", String::as_str);
    let quoted = |file: &Path| serde_json::Value::from(file.display().to_string()).to_string();
    let host = names.first().map_or("localhost", |name| name);
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    format!(
        "wrote {certificate}, valid for {names} until {until}\n\
         wrote {key}, readable by its owner alone\n\n\
         in gateway.yaml:\n  tls:\n    certificate: {quoted_certificate}\n    key: {quoted_key}\n\n\
         try it:\n  hookgate serve\n  hookgate send test --to https://{host}:{port}{prefix} --ca {certificate}\n\n\
         Callers trust it only where they are given {certificate}. In production take a certificate of an authority that\n\
         the platform knows, for the name it calls; hookgate loads it when the files change, without a restart.\n",
        certificate = certificate.display(),
        key = key.display(),
        names = names.join(", "),
        quoted_certificate = quoted(certificate),
        quoted_key = quoted(key),
    )
}
