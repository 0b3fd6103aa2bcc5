//! The errors that prevent the server from running.

use std::io;
use std::net::SocketAddr;

use super::auth::Trouble;
use super::tls::NoTls;

/// Why the server cannot run.
#[derive(Debug)]
pub enum Error {
    /// Another program listens there.
    AddressTaken(SocketAddr),
    /// This user may not listen there (a port below 1024).
    AddressForbidden(SocketAddr),
    /// This machine has no such address.
    AddressUnknown(SocketAddr),
    /// The admin listener is to have the same address.
    AddressOfAdmin(SocketAddr),
    /// Others than this machine would reach it there, and everybody would be let in: under these prefixes, where
    /// `auth.for` names others, else everywhere.
    OpenToAll(SocketAddr, Vec<String>),
    /// What decides who may come in cannot be set up.
    Auth(Trouble),
    /// The certificate or its key cannot be used.
    Tls(NoTls),
    /// Listening failed for another reason.
    Listen(SocketAddr, io::Error),
    /// It listened, and then the operating system would not let it serve.
    Serve(io::Error),
}

impl Error {
    /// What listening on `address` failed with.
    pub(super) fn listening(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Error::AddressTaken(address),
            io::ErrorKind::PermissionDenied => Error::AddressForbidden(address),
            io::ErrorKind::AddrNotAvailable => Error::AddressUnknown(address),
            _ => Error::Listen(address, error),
        }
    }

    /// Whether the settings are wrong, so that trying again helps nothing.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        matches!(self, Error::AddressOfAdmin(_) | Error::OpenToAll(..) | Error::Auth(_) | Error::Tls(_))
    }

    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Error::AddressTaken(_) => Some("stop the other program, or let `listen` name another port"),
            Error::AddressOfAdmin(_) => Some("give `listen` and `admin.listen` a port each, such as 8080 and 8081"),
            Error::AddressForbidden(_) => Some("let `listen` name a port above 1023"),
            Error::AddressUnknown(_) => {
                Some("let `listen` name an address of this machine, or 0.0.0.0 for all of them")
            }
            Error::OpenToAll(_, prefixes) if !prefixes.is_empty() => Some(
                "write a row of `auth.for` for each prefix of the setting `prefixes`, or methods under `auth` beside `for`, which hold for all calls that no row names; or take prefixes that nobody calls out of `prefixes`",
            ),
            Error::OpenToAll(..) => Some(
                "say under `auth` of gateway.yaml who may come in, or listen on 127.0.0.1; `--insecure` (setting `insecure: true`) lets everybody in, for a closed network or behind a proxy that admits the platform alone",
            ),
            Error::Auth(trouble) => Some(trouble.help),
            Error::Tls(why) => Some(why.help).filter(|help| !help.is_empty()),
            Error::Listen(..) | Error::Serve(_) => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::AddressTaken(address) => write!(f, "cannot listen on `{address}`: another program does"),
            Error::AddressOfAdmin(address) => {
                write!(f, "cannot listen on `{address}` twice: `listen` and `admin.listen` both name it")
            }
            Error::AddressForbidden(address) => write!(f, "cannot listen on `{address}`: this user may not"),
            Error::AddressUnknown(address) => {
                write!(f, "cannot listen on `{address}`: this machine has no such address")
            }
            Error::OpenToAll(address, prefixes) => {
                write!(f, "does not listen on `{address}`: other machines reach it, and nothing keeps anybody out")?;
                let named: Vec<String> = prefixes.iter().map(|prefix| format!("`\"{prefix}\"`")).collect();
                match named.as_slice() {
                    [] => Ok(()),
                    [one] => write!(f, " under the prefix {one}"),
                    several => write!(f, " under the prefixes {}", several.join(" and ")),
                }
            }
            Error::Auth(trouble) => f.write_str(&trouble.message),
            Error::Tls(why) => write!(f, "cannot encrypt: {why}"),
            Error::Listen(address, error) => write!(f, "cannot listen on `{address}`: {error}"),
            Error::Serve(error) => write!(f, "cannot serve: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Listen(_, error) | Error::Serve(error) => Some(error),
            Error::Tls(why) => Some(why),
            _ => None,
        }
    }
}
