//! The newest calls of "save & test" as the admin listener tells them, in words.

use std::fmt::Write as _;

use serde::Deserialize;

use super::advice::advice;
use crate::server::Reason;

/// What `GET /callers` answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Reply {
    pub calls: Vec<Call>,
}

/// One call.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    pub at: String,
    pub request_id: String,
    pub from: Option<String>,
    pub hook: String,
    /// Of a call that found no hook: what its path has before the hook's name.
    pub above: Option<String>,
    pub accepted: bool,
    pub status: u16,
    pub code: Option<String>,
    pub cause: Option<String>,
    pub methods: Vec<Method>,
}

/// What one method found.
#[derive(Clone, Debug, Deserialize)]
pub struct Method {
    #[serde(rename = "method")]
    pub name: String,
    pub verdict: String,
    pub why: String,
    pub reason: Option<String>,
}

impl Method {
    /// What to do where it did not accept the call.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        let name = self.reason.as_ref()?;
        Reason::ALL.iter().find(|(known, _)| known == name).map(|(_, reason)| advice(*reason))
    }
}

impl Call {
    /// What became of it, and what to do. `prefixes` are those of the settings.
    #[must_use]
    pub fn to_text(&self, prefixes: &[String]) -> String {
        let Self { at, from, hook, above, status, code, cause, methods, .. } = self;
        let from = from.as_ref().map_or(String::new(), |from| format!(" from {from}"));
        let mut out = format!("{at} call of `{hook}`{from}: ");
        match (code, above) {
            (None, _) => out += "accepted\n",
            (Some(code), Some(above)) => {
                let _ = writeln!(out, "refused with {status} {code}: there is no hook under `{above}`");
                let _ = writeln!(out, "  help: {}", other_path(prefixes));
            }
            (Some(code), None) if methods.is_empty() => {
                let _ = writeln!(out, "refused with {status} {code}: {}", cause.as_deref().unwrap_or_default());
            }
            (Some(code), None) => {
                let _ = writeln!(out, "refused with {status} {code}");
            }
        }
        for method in methods {
            let Method { name, verdict, why, .. } = method;
            let _ = writeln!(out, "  {name}: {verdict}: {why}");
            if let Some(help) = method.help() {
                let _ = writeln!(out, "    help: {help}");
            }
        }
        if self.accepted && methods.is_empty() {
            out += "  no method under `auth` looked at it\n";
        }
        out
    }
}

/// What to do about a call under another path. `prefixes` are those of the settings.
#[must_use]
pub fn other_path(prefixes: &[String]) -> String {
    let known: Vec<String> = prefixes
        .iter()
        .map(|prefix| if prefix.is_empty() { "nothing".to_owned() } else { format!("`{prefix}`") })
        .collect();
    format!("type {} as Service context path, or add the path to `prefixes`", known.join(" or "))
}
