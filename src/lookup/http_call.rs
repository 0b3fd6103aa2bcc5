//! A call over HTTP with a key filled in: each value is escaped for where it stands, so that none can change where the call goes.

use std::fmt::Write as _;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::source::{Fault, Trouble};
use crate::event::{Segment, Value};
use crate::rule::{Call, Filling, Method, Pages};

/// A call that can be made.
#[derive(Debug)]
pub(super) struct Ready {
    pub method: &'static str,
    pub url: Url,
    pub headers: HeaderMap,
    /// JSON.
    pub body: Option<String>,
}

/// Fills the key into a call, with the number of the page that is asked for.
pub(super) fn fill(
    call: &Call,
    key: &Value<'static>,
    address: &Url,
    page: Option<(&Pages, u64)>,
) -> Result<Ready, Trouble> {
    let mut url = address.clone();
    url.set_path(&path(call, key, address.path())?);
    let mut query: Vec<(String, String)> =
        call.query.iter().map(|(name, value)| (name.clone(), value.fill(key.view(), str::to_owned))).collect();
    let mut body = call.body.as_ref().map(|body| body.value(key.view()).into_static());
    match (page, call.method) {
        (Some((pages, number)), Method::Get) => query.push((name_of(pages), number.to_string())),
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
    if filled.split('/').skip(1).any(|part| matches!(part, "" | "." | "..")) {
        let message = "the key would change the path: it is empty, `.` or `..` there";
        return Err(Trouble::new(Fault::Question, message));
    }
    Ok(format!("{}{filled}", base.trim_end_matches('/')))
}

/// A value as one part of a path: all but letters, digits, `-`, `_`, `.` and `~` as escapes (RFC 3986, 2.3).
pub(super) fn escaped(value: &str) -> String {
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
        let (name, value) = (HeaderName::from_bytes(name.as_bytes()), value.fill(key.view(), str::to_owned));
        headers.insert(name.map_err(|_| wrong())?, HeaderValue::from_str(&value).map_err(|_| wrong())?);
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
pub(super) fn wanted(filling: &Filling, key: &Value<'static>) -> String {
    filling.fill(key.view(), str::to_owned)
}
