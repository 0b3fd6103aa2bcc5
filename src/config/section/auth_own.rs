//! `auth.for` of gateway.yaml: hooks and prefixes with methods of their own in place of the common ones.

use std::collections::HashSet;

use super::auth::{BY_ADDRESS, BY_BEARER, BY_CERTIFICATE, BY_HEADER, BY_JWT, REQUIRE, method};
use crate::diagnostic::{Diagnostic, Place, Report, code, did_you_mean};
use crate::event::Hooks;
use crate::server::{AuthSettings, OwnMethods, Whose};
use crate::setting::Rows;
use crate::yaml::keys::{Keys, Shape, optional};
use crate::yaml::{Node, listed};

/// Most rows.
const LIMIT: usize = 256;

/// `auth`: each of its keys is one setting.
pub static AUTH: Keys = Keys {
    what: "`auth`",
    keys: &[
        REQUIRE,
        BY_JWT,
        BY_BEARER,
        BY_HEADER,
        BY_CERTIFICATE,
        BY_ADDRESS,
        optional("trusted_proxies", Shape::ListOf(&Shape::Text), "networks whose `X-Forwarded-For` is believed"),
        optional("for", Shape::ListOf(&Shape::Mapping(&OWN)), "hooks and prefixes with methods of their own"),
    ],
};

/// One row.
static OWN: Keys = Keys {
    what: "a row of `auth.for`",
    keys: &[
        optional("hooks", Shape::ListOf(&Shape::Text), "the hooks whose calls come to these methods"),
        optional("prefixes", Shape::ListOf(&Shape::Text), "or the prefixes under which all hooks do"),
        optional("open", Shape::Boolean, "true: everybody is admitted to these hooks"),
        REQUIRE,
        BY_JWT,
        BY_BEARER,
        BY_HEADER,
        BY_CERTIFICATE,
        BY_ADDRESS,
    ],
};

/// A hook or prefix that a row names, and where: whether there is one is seen once all settings are read.
pub struct Named {
    name: String,
    is_hook: bool,
    place: Place,
}

/// Reads all rows.
pub fn own(node: &Node, rows: &mut Rows<'_>) -> (Vec<OwnMethods>, Vec<Named>) {
    let (mut own, mut named) = (Vec::new(), Vec::new());
    let items = node.rows();
    if items.len() > LIMIT {
        rows.refuse(
            &node.span,
            format!("`auth.for` has more than {LIMIT} rows"),
            "put hooks with equal methods into one",
        );
    }
    for item in items {
        own.extend(row(item, rows, &mut named));
    }
    (own, named)
}

fn row(node: &Node, rows: &mut Rows<'_>, named: &mut Vec<Named>) -> Option<OwnMethods> {
    rows.reader.fields(node, &OWN)?;
    let mut names = |key: &str, is_hook: bool| -> Option<Vec<String>> {
        let texts = rows.reader.texts(node.get(key)?, "a name");
        let texts: Vec<_> = texts.into_iter().map(|(text, span)| (text.to_owned(), span.clone())).collect();
        for (name, span) in &texts {
            named.push(Named { name: name.clone(), is_hook, place: rows.reader.place(span) });
        }
        Some(texts.into_iter().map(|(name, _)| name).collect())
    };
    let whose = match (names("hooks", true), names("prefixes", false)) {
        (Some(hooks), None) if !hooks.is_empty() => Whose::Hooks(hooks),
        (None, Some(prefixes)) if !prefixes.is_empty() => {
            Whose::Prefixes(prefixes.iter().map(|prefix| plain(prefix)).collect())
        }
        _ => {
            let help = "write `hooks: [NAME]`, or `prefixes: [/tasks]` for all hooks under a prefix";
            rows.refuse(&node.span, "a row of `auth.for` is for hooks or for prefixes", help);
            return None;
        }
    };
    let mut auth = AuthSettings::default();
    for key in [REQUIRE, BY_JWT, BY_BEARER, BY_HEADER, BY_CERTIFICATE, BY_ADDRESS].map(|key| key.name) {
        if let Some(node) = node.get(key) {
            method(key, node, rows, &mut auth);
        }
    }
    let is_open = node.get("open").and_then(|node| rows.reader.boolean(node, "`open`")).unwrap_or(false);
    match (is_open, auth.keeps_out()) {
        (false, false) => {
            let help = "write a method, such as `address: { allow: [10.0.0.0/8] }`, or `open: true` if everybody may call these";
            rows.refuse(&node.span, "this row keeps nobody out, and does not say that it means to", help);
        }
        (true, true) => {
            let help = "take one of the two away";
            rows.refuse(
                &node.span,
                "this row lets everybody in (`open: true`) and has a method that keeps some out",
                help,
            );
        }
        (true, false) | (false, true) => {}
    }
    Some(OwnMethods { whose, is_open, auth })
}

fn plain(prefix: &str) -> String {
    prefix.trim_end_matches('/').to_owned()
}

/// Names that belong to no hook or prefix, and those that appear twice.
pub fn check(named: &[Named], hooks: &Hooks, prefixes: &[String], report: &mut Report) {
    let mut seen = HashSet::new();
    for Named { name, is_hook, place } in named {
        let mut refuse = |message: String, help: String| {
            report.push(Diagnostic::error(&code::BAD_AUTH, place.clone(), message).help(help));
        };
        let key = if *is_hook { name.to_ascii_lowercase() } else { plain(name) };
        let is_known = match is_hook {
            true => hooks.names().any(|known| known.eq_ignore_ascii_case(name)),
            false => prefixes.contains(&key),
        };
        if !is_known {
            let known: Vec<&str> =
                if *is_hook { hooks.names().collect() } else { prefixes.iter().map(|p| &**p).collect() };
            let what = if *is_hook { "hook" } else { "prefix" };
            let help = match did_you_mean(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if *is_hook => "hooks of your own are declared under `hooks`".to_owned(),
                None => format!("the prefixes are {}; `prefixes` says which there are", listed(known)),
            };
            refuse(format!("there is no {what} `{name}`"), help);
        } else if !seen.insert((*is_hook, key)) {
            let help = "let one row name it: nobody could tell which counts".to_owned();
            refuse(format!("`{name}` has methods of its own already"), help);
        }
    }
}
