//! A row of `destinations` for HTTP: any service, or the incoming webhook of a chat.

use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use crate::outbox::destination::{ACCEPTS, ESCAPE, ON_THE_WAY, PER_SECOND, RETRIES, TIMEOUT, Usual};
use crate::outbox::envelope::Format;
use crate::outside::Credential;
use crate::rule::Markup;
use crate::setting::Rows;
use crate::setting::keys::{ALLOW, BASIC_USER, BEARER, CA, ENCRYPTED, HEADERS, PASSWORD};
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional};

/// An HTTP receiver.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// The whole address. Of a chat it is a secret, so it may be `${env:…}`.
    pub address: Credential,
    pub method: HttpMethod,
    pub headers: Vec<(String, Credential)>,
    pub format: Format,
    pub bearer: Option<Credential>,
    pub user: Option<Credential>,
    pub password: Option<Credential>,
    /// PEM files with a client certificate and its key.
    pub certificate: Option<PathBuf>,
    pub certificate_key: Option<PathBuf>,
    /// Keys of the Standard Webhooks signature: the newest first, older ones during a rotation.
    pub signature_keys: Vec<Credential>,
    pub allow: Vec<IpNet>,
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
}

/// How a receiver is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    Post,
    Put,
    Patch,
}

/// The keys that say where it is, each with what is sent there.
const FORMATS: [(&str, Format); 3] = [("http", Format::Plain), ("slack", Format::Slack), ("teams", Format::Teams)];

/// Hosts of incoming webhooks, with the markup of their messages.
const CHATS: [(&str, Markup); 4] = [
    ("hooks.slack.com", Markup::Slack),
    ("hooks.slack-gov.com", Markup::Slack),
    ("webhook.office.com", Markup::Markdown),
    ("outlook.office.com", Markup::Markdown),
];

/// A receiver over HTTP.
pub static KEYS: Keys = Keys {
    what: "an HTTP destination",
    keys: &[
        optional("http", Shape::Text, "the address"),
        optional("slack", Shape::Text, "the address of an incoming webhook of Slack"),
        optional("teams", Shape::Text, "the address of a workflow of Microsoft Teams"),
        optional("method", Shape::OneOf(&["post", "put", "patch"]), "how it is called; left out: post"),
        HEADERS,
        BEARER,
        BASIC_USER,
        PASSWORD,
        optional("certificate", Shape::Text, "a PEM file with a client certificate"),
        optional("certificate_key", Shape::Text, "a PEM file with its key"),
        optional("signature", TEXT_OR_TEXTS, "keys of the Standard Webhooks signature, the newest first"),
        optional("cloudevents", Shape::Boolean, "true: in an envelope of CloudEvents 1.0"),
        ALLOW,
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

impl HttpTarget {
    /// Reads a row of `destinations`; mistakes are told.
    pub fn read(rows: &mut Rows<'_>, node: &Node) -> Option<Self> {
        let (key, format) = *FORMATS.iter().find(|(word, _)| node.get(word).is_some())?;
        let address_node = node.get(key)?;
        let text = rows.reader.text(address_node, format!("`{key}`"))?;
        if !text.contains("${") {
            let is_encrypted = rows.is_encrypted(node);
            rows.address(address_node, key, &[("https://", true), ("http://", false)], is_encrypted)?;
        }
        let address = rows.credential(address_node)?;
        let methods = [("post", HttpMethod::Post), ("put", HttpMethod::Put), ("patch", HttpMethod::Patch)];
        let method = node.get("method").and_then(|node| rows.reader.one_of(node, "`method`", &methods));
        let cloud =
            node.get("cloudevents").and_then(|node| rows.reader.boolean(node, "`cloudevents`")).unwrap_or(false);
        if cloud && format != Format::Plain {
            rows.refuse(&address_node.span, format!("`{key}` has a form of its own"), "remove `cloudevents`");
        }
        let login = rows.login(node, "user");
        let bearer = node.get("bearer").and_then(|node| rows.credential(node));
        if bearer.is_some() && login.is_some() {
            rows.refuse(&node.span, "a destination has one credential", "write `bearer`, or `user` with `password`");
        }
        let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
        let signature = node.get("signature").map(|node| rows.credentials(node)).unwrap_or_default();
        Some(Self {
            address,
            method: method.unwrap_or(HttpMethod::Post),
            headers: rows.headers(node),
            format: if cloud { Format::CloudEvents } else { format },
            bearer,
            user,
            password,
            certificate: rows.path(node, "certificate"),
            certificate_key: rows.path(node, "certificate_key"),
            signature_keys: signature,
            allow: rows.networks(node),
            is_encrypted: rows.is_encrypted(node),
            ca: rows.path(node, "ca"),
        })
    }
}

/// For which markup texts are escaped: as the form of a chat says, else as the host of the address does.
pub fn markup(node: &Node) -> Usual {
    match FORMATS.iter().find(|(word, _)| node.get(word).is_some()).map(|(_, format)| *format) {
        Some(Format::Slack) => Usual::Is(Markup::Slack),
        Some(Format::Teams) => Usual::Is(Markup::Markdown),
        Some(Format::Plain | Format::CloudEvents) | None => {
            let host = node.get("http").and_then(Node::scalar).and_then(|text| Url::parse(text).ok());
            let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
            let is_of = |(known, _): &&(&str, Markup)| host == *known || host.ends_with(&format!(".{known}"));
            CHATS.iter().find(is_of).map_or(Usual::None, |(_, markup)| Usual::Guessed(*markup))
        }
    }
}
