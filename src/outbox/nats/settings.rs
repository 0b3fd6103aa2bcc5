//! A row of `destinations` for a subject of NATS JetStream.

use std::path::PathBuf;

use crate::outbox::destination::{ACCEPTS, ESCAPE, ON_THE_WAY, PER_SECOND, RETRIES, TIMEOUT};
use crate::outside::Credential;
use crate::setting::Rows;
use crate::setting::keys::{CA, ENCRYPTED, PASSWORD, USER};
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, optional, required};

/// A subject of NATS JetStream.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "nats"), expect(dead_code, reason = "read and checked by builds that send nothing there too"))]
pub struct NatsTarget {
    /// `nats://host` or `tls://host`
    pub address: String,
    pub subject: String,
    pub user: Option<Credential>,
    pub password: Option<Credential>,
    pub token: Option<Credential>,
    pub ca: Option<PathBuf>,
}

/// A subject of NATS JetStream.
pub static KEYS: Keys = Keys {
    what: "a NATS destination",
    keys: &[
        required("nats", Shape::Text, "nats://host or tls://host"),
        required("subject", Shape::Text, "a subject of a JetStream stream"),
        USER,
        PASSWORD,
        optional("token", Shape::Text, "a token: `${env:NAME}` or `${file:PATH}`"),
        ENCRYPTED,
        CA,
        ACCEPTS,
        ESCAPE,
        ON_THE_WAY,
        PER_SECOND,
        TIMEOUT,
        RETRIES,
    ],
};

impl NatsTarget {
    /// Reads a row of `destinations`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let is_encrypted = rows.is_encrypted(node);
        let address = rows.address(node.get("nats")?, "nats", &[("tls://", true), ("nats://", false)], is_encrypted)?;
        let subject = match node.get("subject") {
            Some(subject) => self::subject(rows, subject)?,
            None => {
                let help = "write the subject of a JetStream stream: `subject: hookgate.events`";
                rows.refuse(&node.span, "a destination in NATS needs a `subject`", help);
                return None;
            }
        };
        let login = rows.login(node, "user");
        let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
        let token = node.get("token").and_then(|node| rows.credential(node));
        if token.is_some() && user.is_some() {
            rows.refuse(&node.span, "a destination has one credential", "write `token`, or `user` with `password`");
        }
        Some(Self { address, subject, user, password, token, ca: rows.path(node, "ca") })
    }
}

/// Words with points between them: what is published has one subject, and no wildcard (docs.nats.io, "Subject-Based
/// Messaging").
fn subject(rows: &mut Rows<'_>, node: &Node) -> Option<String> {
    let text = rows.reader.text(node, "`subject`")?;
    let is_word = |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control());
    if text.split('.').all(|word| is_word(word) && word != "*" && word != ">") {
        return Some(text.to_owned());
    }
    let help = "a subject is words with points between them, without spaces, `*` and `>`: `hookgate.events`";
    rows.refuse(&node.span, format!("nothing can be published to `{text}`"), help);
    None
}
