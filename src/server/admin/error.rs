//! The errors that prevent the admin listener from running.

use std::net::SocketAddr;

use crate::server::error::Error;
use crate::server::tls::NoTls;

/// Why the admin listener cannot run.
#[derive(Debug)]
pub enum AdminError {
    /// Other machines reach it there, and no token keeps anybody out.
    Open(SocketAddr),
    /// The token is not there; why.
    Token(String),
    /// A password of the console cannot be checked; why.
    Login(String),
    /// The certificate or its key cannot be used.
    Tls(NoTls),
    /// It cannot listen, or not serve.
    Listen(Error),
}

impl AdminError {
    /// Whether the settings are wrong, so that trying again helps nothing.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        matches!(self, AdminError::Open(_) | AdminError::Token(_) | AdminError::Login(_) | AdminError::Tls(_))
    }

    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            AdminError::Open(_) => {
                "set `admin.token` to `${env:NAME}` or `${file:PATH}`, or let `admin.listen` be 127.0.0.1:8081"
            }
            AdminError::Token(_) => "set the variable for the process that runs hookgate, or correct the path",
            AdminError::Login(_) => {
                "let `hookgate console hash` make the hash again, and write what it prints under `password_hash`"
            }
            AdminError::Tls(why) if why.help.is_empty() => "name other files under `admin.tls`",
            AdminError::Tls(why) => why.help,
            AdminError::Listen(_) => {
                "let `admin.listen` name another address or port (HOOKGATE_ADMIN_LISTEN), or be `off`"
            }
        }
    }
}

impl std::fmt::Display for AdminError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AdminError::Open(address) => {
                write!(f, "the admin listener may not be on `{address}`: other machines reach it, and it has no token")
            }
            AdminError::Token(why) => write!(f, "`admin.token` cannot be used: {why}"),
            AdminError::Login(why) => write!(f, "`admin.login.users` cannot be used: {why}"),
            AdminError::Tls(why) => write!(f, "`admin.tls` cannot be used: {why}"),
            AdminError::Listen(error) => write!(f, "the admin listener: {error}"),
        }
    }
}

impl std::error::Error for AdminError {}
