//! Calls the admin listener of the gateway that these settings start, on this machine.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use crate::cli::exit::{Exit, Failure};
use crate::outside::pinned;
pub use crate::report::at;
use crate::server::AdminSettings;

/// Longest time for connecting, in milliseconds.
const CONNECT_LIMIT_MS: u64 = 1_000;
/// Longest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: u64 = 4 << 20;

/// An answer begins so: the version, a space, three digits.
const STATUS_LINE_BYTES: usize = "HTTP/1.1 200".len();

/// What it answered.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    /// What a command says of an answer that is neither 200 nor 422. `message` is what the gateway says; `token` what to do
    /// where it does not know the token.
    pub fn otherwise(&self, message: Option<String>, token: &str) -> std::result::Result<(String, Exit), Failure> {
        match (self.status, message) {
            (401, _) => Err(Failure::message("the admin listener does not know this token").help(token)),
            (_, Some(message)) => Ok((format!("{message}\n"), Exit::Found)),
            (status, None) => {
                let failure = Failure::message(format!("the admin listener answers with status {status}"));
                Err(failure.help("is it a gateway of this version that listens there?"))
            }
        }
    }
}

/// Where it is reached.
///
/// # Errors
/// When there is none, or the settings do not say on which port.
pub fn address(settings: &AdminSettings) -> std::result::Result<SocketAddr, Failure> {
    let Some(listen) = settings.listen.filter(|listen| listen.port() != 0) else {
        let failure = Failure::message("without an admin listener at a known port nobody can be asked");
        return Err(failure.help("set `admin.listen` to an address and port, such as 127.0.0.1:8081"));
    };
    Ok(at(listen))
}

/// What came of a call of a listener that need not be there.
pub enum Called {
    Answered(Answer),
    /// Nobody listens there; why, in words.
    Nobody(String),
}

/// Calls it with the token of the settings, if it is there.
///
/// # Errors
/// When it is there and does not answer, or the token cannot be read.
pub fn call_if_there(
    method: &str,
    path: &str,
    limit_ms: u64,
    settings: &AdminSettings,
) -> std::result::Result<Called, Failure> {
    let Ok(address) = address(settings) else {
        return Ok(Called::Nobody("without an admin listener at a known port no gateway can be asked".to_owned()));
    };
    match TcpStream::connect_timeout(&address, Duration::from_millis(CONNECT_LIMIT_MS)) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            Ok(Called::Nobody(format!("no gateway listens at {address}")))
        }
        _ => call(method, path, limit_ms, settings).map(Called::Answered),
    }
}

/// Calls it with the token of the settings.
///
/// # Errors
/// When there is none, it does not answer, or the token cannot be read.
pub fn call(method: &str, path: &str, limit_ms: u64, settings: &AdminSettings) -> std::result::Result<Answer, Failure> {
    let address = address(settings)?;
    let token = settings.token.as_ref().map(|token| {
        let token = token.resolve().map_err(|why| {
            let failure = Failure::message(format!("`admin.token` cannot be used: {}", why.0));
            failure.help("set the variable for this command as for the gateway, or correct the path")
        })?;
        Ok(format!("Authorization: Bearer {}\r\n", token.expose_secret()))
    });
    let token = token.transpose()?.unwrap_or_default();
    asked(address, settings.tls.certificate.as_deref(), (method, path), &token, limit_ms).map_err(|error| {
        let failure = Failure::message(format!("no answer from {address}: {error}"));
        failure
            .help("start the gateway with `hookgate serve`, or name the settings with which it runs: `--config FILE`")
    })
}

/// Its answer; `headers` end with a line break each. Behind TLS it is known by the file of its certificate.
pub fn asked(
    address: SocketAddr,
    certificate: Option<&Path>,
    (method, path): (&str, &str),
    headers: &str,
    limit_ms: u64,
) -> Result<Answer> {
    let limit = Duration::from_millis(limit_ms);
    let stream = TcpStream::connect_timeout(&address, Duration::from_millis(CONNECT_LIMIT_MS))?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    match certificate {
        Some(certificate) => answered(pinned(stream, certificate)?, &request),
        None => answered(stream, &request),
    }
}

fn answered(mut stream: impl Read + Write, request: &str) -> Result<Answer> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut line = [0; STATUS_LINE_BYTES];
    stream.read_exact(&mut line)?;
    let status = std::str::from_utf8(&line).ok().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.parse().ok());
    let status = status.ok_or_else(|| Error::other("the program that listens there is not hookgate"))?;
    let mut rest = String::new();
    stream.take(ANSWER_LIMIT_BYTES + 1).read_to_string(&mut rest)?;
    if rest.len() as u64 > ANSWER_LIMIT_BYTES {
        return Err(Error::other(format!("its answer is larger than {} MiB", ANSWER_LIMIT_BYTES >> 20)));
    }
    let body = rest.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok(Answer { status, body: body.to_owned() })
}
