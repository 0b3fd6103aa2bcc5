//! Lists every setting with its value and where that comes from. A credential is never shown, only its place.

use super::layer::{is_one_place, place};
use super::leaf::{leaves, variable};
use super::value::Written;
use crate::event::secret::HIDDEN;
use crate::outside::Credential;
use crate::yaml::keys::Shape;
use crate::yaml::{Content, Node, Style};

/// What somebody wrote, from the weakest to the strongest.
pub(super) struct Layers {
    pub(super) defaults: Vec<Written>,
    pub(super) below: Vec<Written>,
    pub(super) file: Vec<Written>,
    pub(super) environment: Vec<Written>,
    pub(super) flags: Vec<Written>,
}

/// A setting with its value.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `limits.body_bytes`
    pub path: String,
    /// As gateway.yaml has it, on one line.
    pub value: String,
    /// `default`, `gateway.yaml:3`, `variable HOOKGATE_LISTEN` or `flag --rules`.
    pub from: String,
    pub is_default: bool,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What may stand in it, as `jwks` in `auth.jwt`.
    pub shape: &'static Shape,
}

impl Layers {
    /// Every setting, in the order of gateway.yaml.
    pub(super) fn list(&self) -> Vec<Listed> {
        let Self { defaults, below, file, environment, flags } = self;
        let of_variable = |written: &Written| format!("variable {}", variable(&written.path));
        let named = |layer: &'_ [Written], path: &str, name: &dyn Fn(&Written) -> String| {
            layer.iter().rev().find(|written| written.path == path).map(|written| (shown(written), name(written)))
        };
        let mut all = Vec::new();
        for leaf in leaves() {
            let path = leaf.path.as_str();
            let set = named(flags, path, &|written| written.file.name.clone())
                .or_else(|| named(environment, path, &of_variable))
                .or_else(|| named(file, path, &place))
                .or_else(|| named(below, path, &place));
            let is_default = set.is_none();
            let default = || named(defaults, path, &|_| "default".to_owned());
            let (value, mut from) = set.or_else(default).unwrap_or_default();
            if let Some(other) = self.in_its_place(path) {
                from = format!("{from}; `{other}` counts in its place");
            }
            all.push(Listed { path: leaf.path, value, from, is_default, about: leaf.about, shape: leaf.shape });
        }
        all
    }

    /// The setting that takes the place of this one: the outbox is in a file or in a database, whichever is said last.
    fn in_its_place(&self, path: &str) -> Option<&str> {
        let Self { defaults, below, file, environment, flags } = self;
        let all = || [defaults, below, file, environment, flags].into_iter().flatten();
        let under = all().rfind(|written| written.path == path)?;
        let last = all().rfind(|over| over.path == path || is_one_place(over, under))?;
        Some(last.path.as_str()).filter(|last| *last != path)
    }
}

/// Settings in which credentials may stand, and how far below them keys are names that people choose.
const GUARDED: [&str; 13] = [
    "admin.login.oidc",
    "admin.login.users",
    "admin.token",
    "auth.bearer",
    "auth.for",
    "auth.header",
    "auth.jwt",
    "connections",
    "destinations",
    "journal.key",
    "outbox.encryption_key",
    "outbox.postgres",
    "traces.headers",
];

/// Those whose rows have names that people choose.
const NAMED: [&str; 3] = ["connections", "destinations", "traces.headers"];

/// Keys of them behind which no credential stands. What a key that is missing here holds is hidden.
const PLAIN: [&str; 44] = [
    "accepts",
    "address",
    "algorithms",
    "allow",
    "at_once",
    "audience",
    "base",
    "bind",
    "ca",
    "certificate",
    "certificate_key",
    "claim",
    "claims",
    "cleartext_password",
    "client_id",
    "cloudevents",
    "escape",
    "file",
    "fingerprints",
    "hooks",
    "issuer",
    "jwks",
    "keep_files",
    "keys",
    "ldap",
    "leeway_ms",
    "method",
    "mode",
    "name",
    "names",
    "nats",
    "observe",
    "open",
    "per_second",
    "prefixes",
    "require",
    "retry",
    "rights",
    "rotate_bytes",
    "sql",
    "subject",
    "timeout_ms",
    "tls",
    "user",
];

/// How much of a value may be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    All,
    /// What stands behind the keys of [`PLAIN`].
    Keys,
    /// Rows whose names people choose, and of each what stands behind the keys of [`PLAIN`].
    Rows,
    /// The host of an address: the path of a webhook may be all that keeps others from calling it.
    Host,
    /// Where a credential stands, and nothing else.
    Places,
}

/// The value on one line.
fn shown(written: &Written) -> String {
    let path = written.path.as_str();
    let sight = match GUARDED.contains(&path) {
        true if path == "traces.headers" => Sight::Places,
        true if NAMED.contains(&path) => Sight::Rows,
        true => Sight::Keys,
        false => Sight::All,
    };
    match written.node.scalar() {
        // What stands alone needs no quotes: nobody takes it for anything else.
        Some(text) if sight == Sight::All && !text.contains('\n') && !text.is_empty() => text.to_owned(),
        _ => flow(&written.node, sight),
    }
}

/// A value in YAML's flow style.
fn flow(node: &Node, sight: Sight) -> String {
    match &node.content {
        Content::Scalar { .. } if node.is_null() => "null".to_owned(),
        Content::Scalar { text, style } => match sight {
            Sight::All if *style == Style::Plain => text.clone(),
            Sight::All => quoted(text),
            // `token: caller` names the bearer of a call, and is none.
            Sight::Host => quoted(&host_of(text)),
            Sight::Keys | Sight::Rows | Sight::Places if text == "caller" => text.clone(),
            Sight::Keys | Sight::Rows | Sight::Places => quoted(&place_of_credential(text)),
        },
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, sight)).collect();
            format!("[{}]", items.join(", "))
        }
        Content::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Content::Map(entries) => {
            let entry = |key: &str, value| format!("{key}: {}", flow(value, below(sight, key)));
            let entries: Vec<String> = entries.iter().map(|each| entry(&each.key, &each.value)).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// How much of the value behind this key may be seen.
fn below(sight: Sight, key: &str) -> Sight {
    match sight {
        Sight::All => Sight::All,
        Sight::Host => Sight::Host,
        Sight::Places => Sight::Places,
        Sight::Keys if key == "http" => Sight::Host,
        Sight::Keys if PLAIN.contains(&key) => Sight::All,
        Sight::Keys if key == "headers" => Sight::Places,
        // A row, a method of `auth.for`, or a secret that is bound to claims.
        Sight::Rows | Sight::Keys => Sight::Keys,
    }
}

fn place_of_credential(text: &str) -> String {
    match Credential::read(text) {
        Ok(credential) if !credential.is_written_out() => credential.place(),
        Ok(_) | Err(_) => HIDDEN.to_owned(),
    }
}

/// The address up to its host, and `…` for a path.
fn host_of(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    match rest.split_once(['/', '?']) {
        Some((host, _)) => format!("{scheme}://{host}/…"),
        None => address.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
