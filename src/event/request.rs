//! An event: one webhook call with everything a decision may depend on, time, ids and claims included.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::blank::is_blank;
use super::date::Calendar;
use super::hook::{Hook, Hooks, Kind};
use super::json::{Bounds, Document, Node, Shape, Unreadable, Value, View};
use super::nfc::same_in_any_case;
use super::path::{Path, Root, Segment, canonical_field};
use super::secret::{FORMS, HIDDEN, Half, SecretNames};
use super::trace::Trace;

/// Deepest nesting of a form that comes as a text.
const FORM_LEVELS: usize = 64;

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
        let body = Document::read_hiding(body, bounds, &hooks.secrets).map_err(BadBody::Unreadable)?;
        Self::of(hooks, hook, body, context)
    }

    /// Reads the body of a call from which secrets were taken out, with marks in their places (see
    /// [`WITHHELD`](super::secret::WITHHELD)).
    ///
    /// # Errors
    /// When the body is no event; see [`BadBody`].
    pub fn read_withheld(
        hooks: &Hooks,
        hook: usize,
        body: &str,
        bounds: impl Into<Bounds>,
        context: Context,
    ) -> Result<Self, BadBody> {
        let body = Document::read_withheld(body, bounds, &hooks.secrets).map_err(BadBody::Unreadable)?;
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
        event.maps_a_password = kind == Kind::Map && event.asks_for_a_secret(&hooks.secrets);
        event.hide(&hooks.secrets);
        Ok(event)
    }

    /// Whether what is mapped is a secret by its name: that of the attribute it goes to, or of the user's field it comes from.
    fn asks_for_a_secret(&self, secrets: &SecretNames) -> bool {
        let is_text = |node: &Node<'_>| matches!(node.shape(), Shape::Text(_));
        let texts = |field| {
            let fields = self.spelled(field).flat_map(|node| std::iter::once(node).chain(node.items()));
            fields.filter(is_text).map(Node::text)
        };
        texts("targetAttribute").any(|name| secrets.has_key(&name))
            || texts("cymmetrifield").any(|name| secrets.has_key(&name) || secrets.has_field(&name))
    }

    /// Hides what stands at the tenant's paths, and what a call for a password has to offer.
    fn hide(&mut self, secrets: &SecretNames) {
        let mut hidden: Vec<u32> = Vec::new();
        secrets.paths().iter().for_each(|path| self.note(path, &mut hidden));
        if self.maps_a_password {
            let offered = ["defaultValue", "formVeriable"].into_iter().flat_map(|field| self.spelled(field));
            hidden.extend(offered.map(Node::index));
        }
        let forms = FORMS.into_iter().flat_map(|field| self.spelled(field));
        hidden.extend(forms.filter(|form| is_form_with_a_secret(*form, secrets)).map(Node::index));
        hidden.into_iter().for_each(|index| self.body.hide(index));
    }

    /// Notes all that stands at a path of the request as it came.
    fn note(&self, path: &Path, found: &mut Vec<u32>) {
        match (&path.root, path.segments.split_first()) {
            (Root::User, _) => self.user().into_iter().for_each(|user| along(user, &path.segments, found)),
            (Root::Request, Some((Segment::Key(key), rest))) => {
                self.spelled(key).for_each(|field| along(field, rest, found));
            }
            (Root::Attr, _) => {
                let fields = self.user().into_iter().flat_map(Node::fields);
                let attributes = fields.filter(|(key, _)| same_in_any_case(&key.text(), "attributes"));
                attributes.for_each(|(_, attributes)| along(attributes, &path.segments, found));
            }
            _ => {}
        }
    }

    /// The body as it came, with marks in the places of its secrets, as [`Event::read_withheld`] reads it.
    #[must_use]
    pub fn body_withheld(&self) -> Cow<'_, str> {
        View::Node(self.body.root()).withheld()
    }

    /// The length of its body, in bytes.
    #[must_use]
    pub fn body_bytes(&self) -> usize {
        self.body.length()
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

    /// The same where a request has both spellings: each of them, in any case of letters.
    fn spelled(&self, name: &str) -> impl Iterator<Item = Node<'_>> {
        let wanted = canonical_field(name);
        let is_it = move |key: &str| same_in_any_case(key, wanted) || canonical_field(key) == wanted;
        self.request().fields().filter(move |(key, _)| is_it(&key.text())).map(|(_, value)| value)
    }

    /// Who the event is about: the first of id, login, employeeId, email that is not blank.
    #[must_use]
    pub fn person(&self) -> Option<Cow<'_, str>> {
        let user = self.user()?;
        let named = |key| user.get(key).map(Node::text).filter(|text| !is_blank(text) && text != "null");
        ["id", "login", "employeeId", "email"].into_iter().find_map(named)
    }

    /// All by which a person is known: the id, the employee id, the login and the e-mail address, as far as they are there
    /// and no secrets.
    pub fn person_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let says_nothing = |text: &str| is_blank(text) || text == "null" || text == HIDDEN;
        let named = move |key| Some(self.user()?.get(key)?.text()).filter(|text| !says_nothing(text));
        ["id", "employeeId", "login", "email"].into_iter().filter_map(named)
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

/// Notes what stands behind these steps. A path leads through lists, to each of equal names, and to what is written as a pair
/// of a name and a value.
fn along(node: Node<'_>, steps: &[Segment], found: &mut Vec<u32>) {
    match steps.split_first() {
        None => found.push(node.index()),
        Some((Segment::Index(index), rest)) => node.at(*index).into_iter().for_each(|item| along(item, rest, found)),
        Some((Segment::Key(wanted), rest)) => {
            let halves = |half| node_halves(node, half);
            if halves(Half::Name).chain(halves(Half::Path)).any(|name| same_in_any_case(&name.text(), wanted)) {
                halves(Half::Value).for_each(|value| along(value, rest, found));
            }
            let named = node.fields().filter(|(key, _)| same_in_any_case(&key.text(), wanted));
            named.for_each(|(_, value)| along(value, rest, found));
            node.items().for_each(|item| along(item, steps, found));
        }
    }
}

/// Whether a form that came as one text is an object, or a list, with a secret in it: it is one as a whole then.
fn is_form_with_a_secret(form: Node<'_>, secrets: &SecretNames) -> bool {
    if !matches!(form.shape(), Shape::Text(_)) {
        return false;
    }
    let text = form.text();
    let is_json = text.trim_start().starts_with(['{', '[']);
    is_json
        && Document::read_hiding(text.into_owned().into_bytes(), FORM_LEVELS, secrets)
            .is_ok_and(|form| form.has_secrets())
}

fn node_halves(node: Node<'_>, half: Half) -> impl Iterator<Item = Node<'_>> {
    node.fields().filter(move |(key, _)| Half::of(&key.text()) == Some(half)).map(|(_, value)| value)
}
