//! The errors of a directory in words: never the question, and of the answer only its code.

use std::io::ErrorKind;
use std::time::Duration;

use ldap3::LdapError;
use rustls::{CertificateError, Error as TlsError};

use crate::lookup::source::{Fault, Rows, Trouble, of_excess};
use crate::outside::relay::{Unopened, excess};

/// Result codes (RFC 4511, A.1): the number, whose fault it is, in words, what to do.
const CODES: [(u32, Fault, &str, &str); 16] = [
    (1, Fault::Source, "the directory cannot do this now", "many directories want `bind` and `password`"),
    (2, Fault::Answer, "the directory does not understand the request", ""),
    (3, Fault::Source, "the directory did not finish within its time", "test attributes that it has an index for"),
    (4, Fault::Answer, "the filter fits more entries than the directory gives at once", "let the filter test more"),
    (8, Fault::Access, "the directory wants a stronger login", "write `ldaps://`, or remove `tls: off`"),
    (
        10,
        Fault::Answer,
        "the directory refers to another server",
        "write the address of the server that holds the base",
    ),
    (
        11,
        Fault::Answer,
        "the search is more work than the directory allows",
        "test attributes that it has an index for",
    ),
    (13, Fault::Access, "the directory wants an encrypted connection", "write `ldaps://`, or remove `tls: off`"),
    (18, Fault::Answer, "the filter tests an attribute as it cannot be tested", "compare it with `=`"),
    (32, Fault::Answer, "the base is not there, or not shown to us", "check `base`, and what `bind` may read"),
    (34, Fault::Answer, "the base is not a name of an entry", "write it as in `DC=corp,DC=example`"),
    (48, Fault::Access, "the directory does not take a login of this kind", "check `bind` and `password`"),
    (
        50,
        Fault::Access,
        "the directory does not allow us to search here",
        "give the account of `bind` the right to read",
    ),
    (51, Fault::Source, "the directory is busy", ""),
    (52, Fault::Source, "the directory is not available", ""),
    (53, Fault::Access, "the directory is unwilling", "check `bind` and `password`, and the directory's own log"),
];
/// The result of a bind with a wrong name or password.
const INVALID_CREDENTIALS: u32 = 49;

/// What Active Directory says of an account with that result, by the code behind `data` in its text: Windows' own error
/// numbers in hexadecimal, <https://learn.microsoft.com/windows/win32/debug/system-error-codes>.
const ACCOUNTS: [(&str, &str); 6] = [
    ("530", "the account may not log in at this time"),
    ("532", "the account's password has expired"),
    ("533", "the account is disabled"),
    ("701", "the account has expired"),
    ("773", "the account's password must be changed first"),
    ("775", "the account is locked"),
];

/// The end of a search that is not well: what is told, and whether the connection is good for further questions.
pub fn of_code(code: u32, rows: usize) -> (Result<Rows, Trouble>, bool) {
    let trouble = in_words(code);
    let trouble = match code {
        4 => Trouble { message: format!("{} ({rows})", trouble.message), ..trouble },
        _ => trouble,
    };
    let is_well = !trouble.is_of_source();
    (Err(trouble), is_well)
}

/// A bind that was refused.
pub fn of_bind(code: u32, text: &str) -> Trouble {
    if code != INVALID_CREDENTIALS {
        return in_words(code);
    }
    let account = ACCOUNTS.iter().find(|(number, _)| text.contains(&format!("data {number},")));
    let message = account.map_or("the directory does not know this name with this password", |(_, words)| words);
    let help = "check `bind` and `password` of the connection, and the account in the directory";
    Trouble::new(Fault::Access, message).help(help)
}

fn in_words(code: u32) -> Trouble {
    match CODES.iter().find(|(number, ..)| *number == code) {
        Some((_, fault, message, "")) => Trouble::new(*fault, *message),
        Some((_, fault, message, help)) => Trouble::new(*fault, *message).help(*help),
        None => Trouble::new(Fault::Answer, format!("the directory answers with the result code {code}"))
            .help("RFC 4511 explains result codes; the directory's own log may say more"),
    }
}

/// A question that got no result at all within `limit`.
pub fn of_error(error: &LdapError, limit: Duration) -> Trouble {
    match error {
        LdapError::Io { source } => of_io(source),
        LdapError::Timeout { .. } => of_silence(limit),
        LdapError::LdapResult { result } => in_words(result.rc),
        LdapError::FilterParsing => {
            let help = "write it as in `(&(objectClass=person)(mail=${key}))`";
            Trouble::new(Fault::Question, "the filter cannot be read").help(help)
        }
        LdapError::UrlParsing { .. } | LdapError::UnknownScheme(_) | LdapError::DNSName { .. } => {
            Trouble::new(Fault::Question, "the address of the directory cannot be read").help("write `ldaps://host`")
        }
        _ => Trouble::new(Fault::Source, "the directory closed the connection"),
    }
}

/// A directory that says nothing for this long.
pub fn of_silence(limit: Duration) -> Trouble {
    Trouble::new(Fault::Source, format!("no answer in {} ms", limit.as_millis()))
}

/// A connection that was not made.
pub fn of_unopened(unopened: Unopened) -> Trouble {
    match unopened {
        Unopened::Io(error) => of_io(&error),
        Unopened::Refused(code) => in_words(code),
    }
}

/// What is wrong with the way to a directory.
pub fn of_io(error: &std::io::Error) -> Trouble {
    if let Some(excess) = excess(error) {
        return of_excess(excess);
    }
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        return of_tls(error);
    }
    let (message, help) = match error.kind() {
        ErrorKind::ConnectionRefused => ("nobody listens at this address", "check host and port, and that it runs"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            ("the host cannot be reached", "check the network")
        }
        ErrorKind::TimedOut => ("the host does not answer", "check the network, and firewalls on the way"),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            return Trouble::new(Fault::Source, "the directory closed the connection");
        }
        // How the standard library says that a name cannot be resolved.
        _ if error.to_string().starts_with("failed to lookup address") => {
            ("the host's name cannot be resolved", "check the name, and the name server of this machine")
        }
        ErrorKind::Other => return Trouble::new(Fault::Answer, "the answer cannot be read as LDAP"),
        kind => return Trouble::new(Fault::Source, format!("the connection failed: {kind}")),
    };
    Trouble::new(Fault::Source, message).help(help)
}

fn of_tls(error: &TlsError) -> Trouble {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
        UnknownIssuer,
    };
    let (message, help) = match error {
        TlsError::InvalidCertificate(UnknownIssuer) => (
            "the server's certificate comes from an authority that is not known here",
            "name a PEM file with this authority under `ca` of the connection",
        ),
        TlsError::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => (
            "the server's certificate is for another name",
            "write the address with a name that stands in the certificate",
        ),
        TlsError::InvalidCertificate(Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) => {
            ("the server's certificate is not valid now", "renew it, and check the clock of both machines")
        }
        TlsError::InvalidCertificate(_) => ("the server's certificate is not valid", "let the server have a valid one"),
        _ => ("no TLS with this server", "check that the address is the one for TLS; `ldap://` is for StartTLS"),
    };
    Trouble::new(Fault::Source, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Active Directory writes it.
    fn refused(data: &str) -> Trouble {
        of_bind(
            49,
            &format!("80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data {data}, v4563"),
        )
    }

    #[test]
    fn a_refused_login_says_why_and_is_no_fault_of_the_source() {
        assert_eq!(refused("775").message, "the account is locked");
        assert_eq!(refused("532").message, "the account's password has expired");
        assert_eq!(refused("52e").message, "the directory does not know this name with this password");
        assert_eq!(of_bind(49, "").fault, Fault::Access);
        assert_eq!(of_bind(53, "").fault, Fault::Access);
        assert_eq!(of_bind(51, "").fault, Fault::Source);
    }

    #[test]
    fn a_search_that_the_directory_could_not_do_costs_its_connection() {
        for (code, fault, is_well) in [
            (4, Fault::Answer, true),
            (32, Fault::Answer, true),
            (50, Fault::Access, true),
            (52, Fault::Source, false),
            (77, Fault::Answer, true),
        ] {
            let (outcome, is_kept) = of_code(code, 0);
            assert_eq!((outcome.unwrap_err().fault, is_kept), (fault, is_well), "{code}");
        }
    }
}
