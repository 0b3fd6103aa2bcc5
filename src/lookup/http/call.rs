//! Builds an HTTP call with the key filled in, each value escaped so that none can change where the call goes.

use std::fmt::Write as _;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::event::{Segment, Value};
use crate::lookup::source::{Fault, Trouble};
use crate::rule::{Call, Filling, Method, Pages};

/// A call that can be made.
#[derive(Debug)]
pub struct Ready {
    pub method: &'static str,
    pub url: Url,
    pub headers: HeaderMap,
    /// JSON.
    pub body: Option<String>,
}

/// Fills the key into a call, with the number of the page that is asked for.
pub fn fill(call: &Call, key: &Value<'static>, address: &Url, page: Option<(&Pages, u64)>) -> Result<Ready, Trouble> {
    let mut url = address.clone();
    url.set_path(&path(call, key, address.path())?);
    let mut query: Vec<(String, String)> =
        call.query.iter().map(|(name, value)| (name.clone(), value.fill(key.view(), str::to_owned))).collect();
    let mut body = call.body.as_ref().map(|body| body.value(key.view()).into_static());
    match (page, call.method) {
        (Some((pages, number)), Method::Get) => {
            let name = name_of(pages);
            query.retain(|(written, _)| *written != name);
            query.push((name, number.to_string()));
        }
        (Some((pages, number)), Method::Post) => {
            let body = body.get_or_insert(Value::Map(Vec::new()));
            let number = Value::integer(i64::try_from(number).unwrap_or(i64::MAX));
            let at = steps(pages);
            let wrong =
                |_| Trouble::new(Fault::Question, format!("the body has no place for the page `{}`", name_of(pages)));
            body.set(&at, number).map_err(wrong)?;
        }
        (None, _) => {}
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let method = if call.method == Method::Get { "GET" } else { "POST" };
    let body = body.map(|body| body.to_json());
    Ok(Ready { method, url, headers: headers(call, key)?, body })
}

/// The path below the address's own. A value is one part of it, whatever is in it.
fn path(call: &Call, key: &Value<'static>, base: &str) -> Result<String, Trouble> {
    let filled = call.path.fill(key.view(), escaped);
    // No value holds a `/` any more, so that the parts are those the rule file wrote.
    let written = call.path.fill(key.view(), |_| "value".to_owned());
    if filled.split('/').zip(written.split('/')).any(|(part, written)| is_lost(part, written)) {
        let message = "the key would change the path: it is empty, `.` or `..` there";
        return Err(Trouble::new(Fault::Question, message));
    }
    Ok(format!("{}{filled}", base.trim_end_matches('/')))
}

/// Whether a part of a path is nothing where something was meant, or a step that URLs leave out: `.` and `..`, also as `%2e`
/// (WHATWG URL, "single-dot" and "double-dot URL path segment").
fn is_lost(part: &str, written: &str) -> bool {
    let steps = part.to_ascii_lowercase().replace("%2e", ".");
    part.is_empty() && !written.is_empty() || matches!(steps.as_str(), "." | "..")
}

/// A value as one part of a path: all but letters, digits, `-`, `_`, `.` and `~` as escapes (RFC 3986, 2.3).
pub fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn headers(call: &Call, key: &Value<'static>) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &call.headers {
        let wrong = || {
            Trouble::new(Fault::Question, format!("the key has characters that cannot stand in the header `{name}`"))
        };
        let value = value.fill(key.view(), str::to_owned);
        // Spaces around a header's value are no part of it, and beyond ASCII each service reads another text (RFC 9110, 5.5):
        // another key would arrive.
        if value.trim_matches([' ', '\t']) != value || !value.is_ascii() {
            return Err(wrong());
        }
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, HeaderValue::from_str(&value).map_err(|_| wrong())?);
    }
    Ok(headers)
}

fn name_of(pages: &Pages) -> String {
    pages.number.to_string()
}

/// Where the page's number stands in a body.
fn steps(pages: &Pages) -> Vec<Segment> {
    let first = Segment::Key(pages.number.root.name().into());
    std::iter::once(first).chain(pages.number.segments.iter().cloned()).collect()
}

/// A text with the key in it, as it is compared.
pub fn wanted(filling: &Filling, key: &Value<'static>) -> String {
    filling.fill(key.view(), str::to_owned)
}
