//! `auth` of gateway.yaml: methods of authentication, and where secrets stand, never the secrets themselves.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::everybody::{is_everybody, is_wide};
use super::header_name::objection;
use crate::diagnostic::{Diagnostic, Place, code};
use crate::outside::Credential;
use crate::server::{
    AuthSettings, CertificateNames, Claim, ClientCertificates, Guarded, JwksSettings, JwtAlgorithm, JwtKey, JwtSecret,
    JwtSettings, Require, SecretHeader, Settings as ServerSettings,
};
use crate::setting::Rows;
use crate::yaml::keys::{Key, Keys, Shape, TEXT_OR_TEXTS, optional, required};
use crate::yaml::{Content, Entry, Node};

/// How far clocks may be apart unless a section says otherwise.
const LEEWAY_MS: u64 = 30_000;
/// How often published keys are fetched, and how long they are used without, unless a section says otherwise.
const REFRESH_MS: u64 = 600_000;
const STALE_MS: u64 = 86_400_000;
/// Most secrets, keys, claims or names of one method: each costs every call.
const LIST_LIMIT: usize = 32;

/// The methods, and how many of them must accept a call.
pub const REQUIRE: Key =
    optional("require", Shape::OneOf(&["all", "any"]), "whether all methods must accept a call, or one");
pub const BY_JWT: Key = optional("jwt", NULL_OR_JWT, "a bearer that is a signed token");
pub const BY_BEARER: Key = optional("bearer", NULL_OR_BEARER, "a bearer that is a secret");
pub const BY_HEADER: Key = optional("header", NULL_OR_HEADER, "a header that is a secret");
pub const BY_CERTIFICATE: Key = optional("certificate", NULL_OR_CERTIFICATE, "a client certificate of the connection");
pub const BY_ADDRESS: Key = optional("address", NULL_OR_ADDRESS, "networks that calls may come from");

const NULL_OR_JWT: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&JWT)]);
const NULL_OR_BEARER: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&BEARER)]);
const NULL_OR_HEADER: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&HEADER)]);
const NULL_OR_CERTIFICATE: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&CERTIFICATE)]);
const NULL_OR_ADDRESS: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&ADDRESS)]);

const OBSERVE: Key = optional("observe", Shape::Boolean, "true: the verdict is logged and changes nothing");
const SECRETS: Key = required("secrets", TEXT_OR_TEXTS, "the secrets, each as `${env:NAME}` or `${file:PATH}`");

static JWT: Keys = Keys {
    what: "`auth.jwt`",
    keys: &[
        optional(
            "secrets",
            Shape::ListOf(&Shape::Either(&[Shape::Text, Shape::Mapping(&JWT_SECRET)])),
            "shared secrets, each as `${env:NAME}`, `${file:PATH}` or a mapping with one of these",
        ),
        optional(
            "keys",
            Shape::Either(&[Shape::Text, Shape::ListOf(&Shape::Either(&[Shape::Text, Shape::Mapping(&JWT_KEY)]))]),
            "PEM files with public keys",
        ),
        optional("jwks", Shape::Mapping(&JWKS), "where the issuer publishes its public keys"),
        optional("algorithms", TEXT_OR_TEXTS, "the algorithms that are taken; left out: all that a key is for"),
        optional("leeway_ms", Shape::Whole, "how far clocks may be apart, in milliseconds; left out: 30000"),
        optional("issuer", TEXT_OR_TEXTS, "who must have issued the token (`iss`)"),
        optional("audience", TEXT_OR_TEXTS, "whom the token must be for (`aud`)"),
        optional("claims", Shape::MapOf(&TEXT_OR_TEXTS), "what else must stand in the token"),
        OBSERVE,
    ],
};

const BOUND: Key =
    optional("claims", Shape::MapOf(&TEXT_OR_TEXTS), "what a token that is signed with it must say, beside the rest");

static JWT_SECRET: Keys = Keys {
    what: "a secret",
    keys: &[
        optional("secret", Shape::Text, "the secret, whose letters it is"),
        optional("base64", Shape::Text, "or a secret that is written in Base64"),
        BOUND,
    ],
};

static JWT_KEY: Keys =
    Keys { what: "a key", keys: &[required("file", Shape::Text, "a PEM file with a public key"), BOUND] };

static JWKS: Keys = Keys {
    what: "`auth.jwt.jwks`",
    keys: &[
        required("address", Shape::Text, "where the keys are: `https://…`"),
        optional("refresh_ms", Shape::Whole, "how often they are fetched, in milliseconds; left out: 600000"),
        optional(
            "stale_ms",
            Shape::Whole,
            "how long they count when they cannot be fetched, in milliseconds; left out: 86400000 (a day)",
        ),
        optional("allow", Shape::ListOf(&Shape::Text), "private networks that the host's name may lead to"),
        optional("tls", Shape::OneOf(&["on", "off"]), "off: the connection need not be encrypted"),
        optional("ca", Shape::Text, "a PEM file with certificate authorities in addition to those of the system"),
    ],
};

static BEARER: Keys = Keys { what: "`auth.bearer`", keys: &[SECRETS, OBSERVE] };

static HEADER: Keys = Keys {
    what: "`auth.header`",
    keys: &[required("name", Shape::Text, "the header, such as X-Api-Key"), SECRETS, OBSERVE],
};

static CERTIFICATE: Keys = Keys {
    what: "`auth.certificate`",
    keys: &[
        optional("names", TEXT_OR_TEXTS, "common names, DNS names, e-mail addresses or URIs of certificates"),
        optional("fingerprints", TEXT_OR_TEXTS, "SHA-256 of certificates, in hexadecimal"),
        OBSERVE,
    ],
};

static ADDRESS: Keys = Keys {
    what: "`auth.address`",
    keys: &[required("allow", TEXT_OR_TEXTS, "networks or addresses: 10.0.0.0/8, 192.0.2.7"), OBSERVE],
};

/// Reads the networks whose `X-Forwarded-For` is believed.
pub fn trusted_proxies(node: &Node, rows: &mut Rows<'_>) -> Vec<IpNet> {
    let networks = rows.listed_networks(node);
    if is_everybody(&networks) || networks.iter().any(is_wide) {
        let message = "`auth.trusted_proxies` trusts strangers: whoever writes `X-Forwarded-For` would choose the address that \
                       calls come from";
        let help =
            "write the addresses of your own proxies, such as `[10.1.2.3, 10.1.2.4]`, or the network they stand in";
        rows.refuse(&node.span, message, help);
    }
    networks
}

/// Reads one of the methods.
pub fn method(key: &str, node: &Node, rows: &mut Rows<'_>, auth: &mut AuthSettings) {
    match key {
        "require" => auth.require = rows.reader.one_of(node, "`require`", &Require::ALL).unwrap_or(auth.require),
        "jwt" => auth.jwt = section(rows, node, &JWT, jwt),
        "bearer" => auth.bearer = section(rows, node, &BEARER, secrets),
        "header" => auth.header = section(rows, node, &HEADER, header),
        "certificate" => auth.certificate = section(rows, node, &CERTIFICATE, certificate),
        "address" => auth.address = section(rows, node, &ADDRESS, address),
        _ => {}
    }
}

/// What can only be seen in the whole.
pub fn contradictions(server: &ServerSettings, certificates: &[Place]) -> Vec<Diagnostic> {
    let all = std::iter::once(&server.auth).chain(server.auth.own.iter().map(|own| &own.auth));
    let mut found: Vec<Diagnostic> = all.filter_map(two_in_one_header).collect();
    if server.tls.client_certificates == ClientCertificates::None {
        found.extend(certificates.iter().map(certificate_of_nobody));
    }
    found
}

fn two_in_one_header(auth: &AuthSettings) -> Option<Diagnostic> {
    let both =
        auth.jwt.as_ref().is_some_and(Guarded::is_enforced) && auth.bearer.as_ref().is_some_and(Guarded::is_enforced);
    let is_contradiction = both && auth.require == Require::All;
    let message = "`auth.jwt` and `auth.bearer` both want the header `Authorization`, and `auth.require` is `all`";
    let finding = || Diagnostic::nowhere(&code::BAD_AUTH, message.to_owned());
    is_contradiction.then(|| finding().help("write `require: any`, or keep one of the two"))
}

/// A method that can accept nobody; where it only observes, it harms nobody either.
fn certificate_of_nobody(place: &Place) -> Diagnostic {
    let message = "`auth.certificate` lets nobody in: callers are asked for no certificate";
    let help = "set `tls.client_certificates` to `required` or `optional`, with `tls.client_ca`; where something in front \
                of hookgate ends TLS, use another method";
    Diagnostic::error(&code::BAD_AUTH, place.clone(), message).help(help)
}

/// Where a certificate is asked for that must be there.
pub fn certificates(key: &str, node: &Node, rows: &Rows<'_>) -> Vec<Place> {
    let sections: Vec<&Node> = match (key, &node.content) {
        ("certificate", _) => vec![node],
        ("for", Content::List(items)) => items.iter().filter_map(|item| item.get("certificate")).collect(),
        _ => Vec::new(),
    };
    let is_enforced = |node: &&&Node| !node.is_null() && node.get("observe").and_then(Node::scalar) != Some("true");
    sections.iter().filter(is_enforced).map(|node| rows.reader.place(&node.span)).collect()
}

fn section<T>(
    rows: &mut Rows<'_>,
    node: &Node,
    keys: &'static Keys,
    read: impl FnOnce(&mut Rows<'_>, &Node) -> Option<T>,
) -> Option<Guarded<T>> {
    if node.is_null() {
        return None;
    }
    rows.reader.fields(node, keys)?;
    let observe = node.get("observe").and_then(|node| rows.reader.boolean(node, "`observe`")).unwrap_or(false);
    Some(Guarded { what: read(rows, node)?, observe })
}

fn jwt(rows: &mut Rows<'_>, node: &Node) -> Option<JwtSettings> {
    let secrets = node.get("secrets").map(|node| jwt_secrets(rows, node)).unwrap_or_default();
    let keys = node.get("keys").map(|node| jwt_keys(rows, node)).unwrap_or_default();
    let jwks = node.get("jwks").and_then(|node| jwks(rows, node));
    if node.get("jwks").is_none() && secrets.is_empty() && keys.is_empty() {
        let help = "write one of `secrets: [\"${env:NAME}\"]`, `keys: [FILE.pem]` and `jwks: { address: https://… }`";
        rows.refuse(&node.span, "`auth.jwt` has nothing to check a signature with", help);
    }
    Some(JwtSettings {
        secrets,
        keys,
        jwks,
        algorithms: algorithms(rows, node),
        leeway: milliseconds(rows, node, "leeway_ms", 0..=600_000, LEEWAY_MS),
        issuers: texts(rows, node, "issuer"),
        audiences: texts(rows, node, "audience"),
        claims: claims(rows, node),
    })
}

fn jwt_secrets(rows: &mut Rows<'_>, node: &Node) -> Vec<JwtSecret> {
    items(rows, node, "secrets").iter().filter_map(|node| jwt_secret(rows, node)).collect()
}

fn jwt_secret(rows: &mut Rows<'_>, node: &Node) -> Option<JwtSecret> {
    if !matches!(node.content, Content::Map(_)) {
        return Some(JwtSecret { secret: secret(rows, node)?, is_base64: false, claims: Vec::new() });
    }
    rows.reader.fields(node, &JWT_SECRET)?;
    let (at, is_base64) = match (node.get("secret"), node.get("base64")) {
        (Some(at), None) => (at, false),
        (None, Some(at)) => (at, true),
        (Some(_), Some(_)) | (None, None) => {
            let help =
                "write `{ secret: \"${env:NAME}\" }`, or `{ base64: \"${env:NAME}\" }` if it is written in Base64";
            rows.refuse(&node.span, "a secret is `secret` or `base64`", help);
            return None;
        }
    };
    Some(JwtSecret { secret: secret(rows, at)?, is_base64, claims: claims(rows, node) })
}

fn jwt_keys(rows: &mut Rows<'_>, node: &Node) -> Vec<JwtKey> {
    let one = |rows: &mut Rows<'_>, node: &Node| {
        let is_bound = matches!(node.content, Content::Map(_));
        if is_bound {
            rows.reader.fields(node, &JWT_KEY)?;
        }
        let at = if is_bound { node.get("file")? } else { node };
        let file = PathBuf::from(rows.reader.text(at, "`keys`")?);
        Some(JwtKey { file, claims: if is_bound { claims(rows, node) } else { Vec::new() } })
    };
    items(rows, node, "keys").iter().filter_map(|node| one(rows, node)).collect()
}

fn jwks(rows: &mut Rows<'_>, node: &Node) -> Option<JwksSettings> {
    rows.reader.fields(node, &JWKS)?;
    let is_encrypted = rows.is_encrypted(node);
    let schemes = [("https://", true), ("http://", false)];
    let address = rows.address(node.get("address")?, "address", &schemes, is_encrypted)?;
    let (allow, ca) = (rows.networks(node), rows.path(node, "ca"));
    let refresh = milliseconds(rows, node, "refresh_ms", 100..=86_400_000, REFRESH_MS);
    let stale = milliseconds(rows, node, "stale_ms", 0..=2_592_000_000, STALE_MS);
    Some(JwksSettings { address, allow, ca, refresh, stale })
}

fn algorithms(rows: &mut Rows<'_>, node: &Node) -> Vec<JwtAlgorithm> {
    let Some(node) = node.get("algorithms") else { return Vec::new() };
    let nodes = items(rows, node, "algorithms");
    nodes.iter().filter_map(|node| rows.reader.one_of(node, "an algorithm", &JwtAlgorithm::ALL)).collect()
}

fn claims(rows: &mut Rows<'_>, node: &Node) -> Vec<Claim> {
    let entries = node.get("claims").and_then(|node| rows.reader.entries(node, "`claims`")).unwrap_or_default();
    let claim =
        |entry: &Entry| Claim { name: entry.key.clone(), accepted: listed_texts(rows, &entry.value, &entry.key) };
    entries.iter().map(claim).collect()
}

fn secrets(rows: &mut Rows<'_>, node: &Node) -> Option<Vec<Credential>> {
    Some(items(rows, node.get("secrets")?, "secrets").iter().filter_map(|node| secret(rows, node)).collect())
}

fn header(rows: &mut Rows<'_>, node: &Node) -> Option<SecretHeader> {
    let (at, secrets) = (node.get("name")?, secrets(rows, node)?);
    let name = rows.reader.text(at, "`name`")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let why = if is_name { objection(name) } else { Some("it is not a header's name") };
    if let Some(why) = why {
        let help = "write a header of your own, such as X-Api-Key; for `Authorization` there are `jwt` and `bearer`";
        rows.refuse(&at.span, format!("`{name}` cannot be this header: {why}"), help);
    }
    Some(SecretHeader { name: name.to_owned(), secrets })
}

fn certificate(rows: &mut Rows<'_>, node: &Node) -> Option<CertificateNames> {
    let names = texts(rows, node, "names");
    let plain = |text: String| text.replace(':', "").to_ascii_lowercase();
    let fingerprints: Vec<String> = texts(rows, node, "fingerprints").into_iter().map(plain).collect();
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !fingerprints.iter().all(is_hash) {
        let help = "`openssl x509 -in FILE.pem -noout -fingerprint -sha256` prints it";
        rows.refuse(&node.span, "a fingerprint is 64 hexadecimal digits, with colons or without", help);
    }
    if names.is_empty() && fingerprints.is_empty() {
        let help = "write `names: [NAME]` or `fingerprints: [SHA-256]`";
        rows.refuse(&node.span, "`auth.certificate` lets nobody in", help);
    }
    Some(CertificateNames { names, fingerprints })
}

fn address(rows: &mut Rows<'_>, node: &Node) -> Option<Vec<IpNet>> {
    let list = node.get("allow")?;
    if matches!(&list.content, Content::List(items) if items.is_empty()) {
        rows.refuse(&list.span, "`auth.address` lets nobody in", "write `allow: [10.0.0.0/8]`");
    }
    let networks = rows.listed_networks(list);
    if is_everybody(&networks) {
        let help = "write the networks that calls come from, or leave `address` out if any may call";
        rows.refuse(&list.span, "`address` lets everybody in", help);
    }
    Some(networks)
}

/// A secret that stands elsewhere: gateway.yaml is shown to many.
fn secret(rows: &mut Rows<'_>, node: &Node) -> Option<Credential> {
    let credential = rows.credential(node)?;
    if credential.is_written_out() {
        let help = "write `\"${env:NAME}\"` or `\"${file:PATH}\"`, and put the secret there";
        rows.refuse(&node.span, "this secret is written out", help);
    }
    Some(credential)
}

fn texts(rows: &mut Rows<'_>, node: &Node, key: &str) -> Vec<String> {
    node.get(key).map(|node| listed_texts(rows, node, key)).unwrap_or_default()
}

fn listed_texts(rows: &mut Rows<'_>, node: &Node, what: &str) -> Vec<String> {
    let nodes = items(rows, node, what);
    nodes.iter().filter_map(|node| rows.reader.text(node, format!("`{what}`"))).map(str::to_owned).collect()
}

/// What stands in a list, or the one that stands alone.
fn items<'n>(rows: &mut Rows<'_>, node: &'n Node, what: &str) -> &'n [Node] {
    let found = match &node.content {
        Content::List(items) => items,
        _ => std::slice::from_ref(node),
    };
    let is_blank = |node: &Node| node.scalar().is_some_and(|text| text.trim().is_empty());
    if found.is_empty() || found.len() > LIST_LIMIT || found.iter().any(is_blank) {
        let help = "leave the key out if it is not needed";
        rows.refuse(&node.span, format!("`{what}` has 1 to {LIST_LIMIT} entries, and none is blank"), help);
    }
    found
}

fn milliseconds(rows: &mut Rows<'_>, node: &Node, key: &str, range: RangeInclusive<u64>, usual: u64) -> Duration {
    let written = node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), range));
    Duration::from_millis(written.unwrap_or(usual))
}
