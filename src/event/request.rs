//! An event: one webhook call, with all that a decision may depend on. Time, ids and claims are part of it.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::attribute;
use super::blank::is_blank;
use super::date::Calendar;
use super::document::{Document, Node};
use super::hook::{Hook, Hooks, Kind};
use super::nfc::same_text;
use super::path::{Path, Root, Segment};
use super::reader::{Bounds, Unreadable};
use super::secret::{self, SecretNames};
use super::trace::Trace;
use super::value::{Value, View};

/// What is known of a call beside its body.
#[derive(Clone, Debug)]
pub struct Context {
    /// The id of the request, told to the caller and written to the log.
    pub id: String,
    /// The event's clock: rules never see the machine's.
    pub now: Timestamp,
    /// How its dates are meant.
    pub calendar: Calendar,
    /// The application id of the path, if there was one.
    pub app: Option<String>,
    /// Verified claims of the caller's token; null without one.
    pub token: Value<'static>,
    /// Where the call came from and how it was authenticated.
    pub caller: Value<'static>,
    /// The bearer the call came with, for lookups whose connection forwards it. No rule can read it.
    pub bearer: Option<SecretString>,
    /// The trace that the call belongs to, where it says so. No rule can read it.
    pub trace: Option<Arc<Trace>>,
}

/// One webhook call.
#[derive(Debug)]
pub struct Event {
    /// Place of the hook in the table.
    pub hook: usize,
    pub context: Context,
    body: Document,
    /// Where the request stands in the body, and its user, which every rule asks for.
    request: u32,
    user: Option<u32>,
    maps_a_password: bool,
}

/// Why a body is no event. Never quotes the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// It is no JSON that can be answered.
    Unreadable(Unreadable),
    /// It is JSON, but neither `{"request":{…}}` nor an object that has `user`.
    NoRequest,
    /// This hook answers the user, and there is none in the request.
    NoUser,
}

impl BadBody {
    /// The code the caller sees.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            BadBody::Unreadable(_) => "BodyUnreadable",
            BadBody::NoRequest => "RequestMissing",
            BadBody::NoUser => "UserMissing",
        }
    }
}

impl std::fmt::Display for BadBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadBody::Unreadable(why) => write!(f, "{why}"),
            BadBody::NoRequest => f.write_str("the body has neither `request` nor `user`"),
            BadBody::NoUser => f.write_str("the request has no `user` object"),
        }
    }
}

/// The contract's spelling of a request field that is also written correctly.
#[must_use]
pub fn canonical_field(field: &str) -> &str {
    match field {
        "cymmetriField" => "cymmetrifield",
        "formVariable" => "formVeriable",
        other => other,
    }
}

impl Event {
    /// Reads the body of a call to the hook at this place of the table.
    ///
    /// A probe may come with an empty body, `{}` or `null`, a hook of the tenant's own that is told or asked something with any
    /// object. The envelope may be missing around `user`. What has a secret's name,
    /// or one of those that the tenant keeps secret, is a secret from here on.
    ///
    /// # Errors
    /// When the body is no event; see [`BadBody`].
    pub fn read(
        hooks: &Hooks,
        hook: usize,
        body: Vec<u8>,
        bounds: impl Into<Bounds>,
        context: Context,
    ) -> Result<Self, BadBody> {
        let kind = hooks.rows.get(hook).map_or(Kind::Notify, |hook| hook.kind);
        let is_probe = kind == Kind::Probe;
        let written = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
        let is_blank = written.trim_ascii().is_empty();
        let body = if is_probe && is_blank { b"{}".to_vec() } else { body };
        Self::of(hooks, hook, Document::read(body, bounds).map_err(BadBody::Unreadable)?, context)
    }

    /// Reads the body of a recorded call, in which tokens stand in place of personal values.
    ///
    /// # Errors
    /// When the body is no event; see [`BadBody`].
    pub fn recorded(hooks: &Hooks, hook: usize, body: Document, context: Context) -> Result<Self, BadBody> {
        Self::of(hooks, hook, body, context)
    }

    fn of(hooks: &Hooks, hook: usize, body: Document, context: Context) -> Result<Self, BadBody> {
        let kind = hooks.rows.get(hook).map_or(Kind::Notify, |hook| hook.kind);
        let is_probe = kind == Kind::Probe;
        let envelope = body.root().get("request").filter(|request| request.is_map());
        let user = envelope.unwrap_or(body.root()).get("user").map(Node::index);
        let takes_any = || body.root().is_map() && hooks.rows.get(hook).is_some_and(Hook::takes_any_object);
        if !is_probe && envelope.is_none() && user.is_none() && !takes_any() {
            return Err(BadBody::NoRequest);
        }
        let request = envelope.map_or(0, Node::index);
        let mut event = Self { hook, context, body, request, user, maps_a_password: false };
        if kind.needs_user() && !event.user().is_some_and(Node::is_map) {
            return Err(BadBody::NoUser);
        }
        event.maps_a_password = kind == Kind::Map
            && event.field("targetAttribute").is_some_and(|name| name.text() == secret::PASSWORD_ATTRIBUTE);
        event.hide(&hooks.secrets);
        Ok(event)
    }

    /// Hides what the tenant names, and what a call for a password has to offer.
    fn hide(&mut self, secrets: &SecretNames) {
        let mut hidden: Vec<u32> = Vec::new();
        if !secrets.keys.is_empty() {
            keyed(self.request(), secrets, &mut hidden);
        }
        let of_path = |path: &Path| self.at(path).map(Node::index);
        hidden.extend(secrets.paths.iter().filter_map(of_path));
        if self.maps_a_password {
            let offered = ["defaultValue", "formVeriable"].into_iter().filter_map(|field| self.field(field));
            hidden.extend(offered.map(Node::index));
        }
        hidden.into_iter().for_each(|index| self.body.hide(index));
    }

    /// What stands at a path of the request as it came.
    fn at(&self, path: &Path) -> Option<Node<'_>> {
        let (start, segments) = match (&path.root, path.segments.split_first()) {
            (Root::User, _) => (self.user()?, &*path.segments),
            (Root::Request, Some((Segment::Key(key), rest))) => (self.field(key)?, rest),
            (Root::Attr, Some((Segment::Key(name), rest))) => {
                let mut found = None;
                attribute::each(self.user()?, |there, value| {
                    found = found.or(value.filter(|_| same_text(there, name)));
                });
                (found?, rest)
            }
            _ => return None,
        };
        match View::Node(start).walk(segments)? {
            View::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Whether the event comes out of a record, so that some values are known by tokens alone.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.body.is_recorded()
    }

    /// The memory that its body takes, with the index of its values, in bytes.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.body.held_bytes()
    }

    /// The request object.
    #[must_use]
    pub fn request(&self) -> Node<'_> {
        self.body.node(self.request)
    }

    /// The user as it came.
    #[must_use]
    pub fn user(&self) -> Option<Node<'_>> {
        self.user.map(|user| self.body.node(user))
    }

    /// A field of the request beside the user, in either spelling of the two odd ones.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Node<'_>> {
        let request = self.request();
        let canonical = canonical_field(name);
        request.get(canonical).or_else(|| match canonical {
            "cymmetrifield" => request.get("cymmetriField"),
            "formVeriable" => request.get("formVariable"),
            _ => None,
        })
    }

    /// Who the event is about: the first of id, login, employeeId, email that is not blank.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        let user = self.user()?;
        let named = |key| user.get(key).map(Node::text).filter(|text| !is_blank(text) && text != "null");
        ["id", "login", "employeeId", "email"].into_iter().find_map(named).map(std::borrow::Cow::into_owned)
    }

    /// Whether anything in the request is a secret.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        self.body.has_secrets()
    }

    /// Whether the mapped value this event asks for is a password.
    #[must_use]
    pub fn maps_a_password(&self) -> bool {
        self.maps_a_password
    }
}

/// The values of an object or list, and of all in it, whose fields have one of the tenant's names.
fn keyed(node: Node<'_>, secrets: &SecretNames, found: &mut Vec<u32>) {
    for (key, value) in node.fields() {
        match secrets.has_key(&key.text()) {
            true => found.push(value.index()),
            false => keyed(value, secrets, found),
        }
    }
    node.items().for_each(|item| keyed(item, secrets, found));
}
