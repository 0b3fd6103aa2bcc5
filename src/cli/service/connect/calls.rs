//! The newest calls of "save & test" as the admin listener tells them, in words.

use std::fmt::Write as _;

use serde::Deserialize;

use super::advice::advice;
use crate::server::Reason;

/// What `GET /callers` answers.
#[derive(Debug, Deserialize)]
pub struct Reply {
    pub calls: Vec<Call>,
}

/// One call.
#[derive(Debug, Deserialize)]
pub struct Call {
    at: String,
    pub request_id: String,
    from: Option<String>,
    hook: String,
    /// Of a call that found no hook: what its path has before the hook's name.
    above: Option<String>,
    pub accepted: bool,
    status: u16,
    code: Option<String>,
    cause: Option<String>,
    methods: Vec<Method>,
}

/// What one method found.
#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "method")]
    name: String,
    verdict: String,
    why: String,
    reason: Option<String>,
}

impl Call {
    /// What became of it, and what to do. `prefixes` are those of the settings.
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
        for Method { name, verdict, why, reason } in methods {
            let _ = writeln!(out, "  {name}: {verdict}: {why}");
            let reason = reason.as_ref().and_then(|name| Reason::ALL.iter().find(|(known, _)| known == name));
            if let Some((_, reason)) = reason {
                let _ = writeln!(out, "    help: {}", advice(*reason));
            }
        }
        if self.accepted && methods.is_empty() {
            out += "  no method under `auth` looked at it\n";
        }
        out
    }
}

fn other_path(prefixes: &[String]) -> String {
    let known: Vec<String> = prefixes
        .iter()
        .map(|prefix| if prefix.is_empty() { "nothing".to_owned() } else { format!("`{prefix}`") })
        .collect();
    format!("type {} as Service context path, or add the path to `prefixes`", known.join(" or "))
}
