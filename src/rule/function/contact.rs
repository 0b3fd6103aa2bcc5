//! Functions over e-mail addresses and telephone numbers.
#![expect(clippy::unnecessary_wraps, reason = "one signature for the whole table")]

use std::borrow::Cow;

use email_address::EmailAddress;

use super::table::Clock;
use super::value::{at, text, wrong};
use crate::event::number::{Worth, worth};
use crate::event::{Shape, Value};

type Answer = Result<Value<'static>, String>;

pub(super) fn domain(values: &[Value<'_>], _: &Clock) -> Answer {
    let Shape::Text(email) = at(values, 0).shape() else { return Ok(Value::Null) };
    let domain = email.trim().rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty());
    Ok(domain.map_or(Value::Null, |domain| Value::text(domain.to_lowercase())))
}

pub(super) fn is_email(values: &[Value<'_>], _: &Clock) -> Answer {
    let well_formed = match at(values, 0).shape() {
        Shape::Text(text) => {
            // A display name before the address is well-formed for the library, but no address.
            let options = email_address::Options::default().with_required_tld().without_display_text();
            EmailAddress::parse_with_options(&text, options.without_domain_literal()).is_ok()
        }
        _ => false,
    };
    Ok(Value::Bool(well_formed))
}

pub(super) fn mobile(values: &[Value<'_>], _: &Clock) -> Answer {
    let written = match at(values, 0).shape() {
        Shape::Null => return Ok(Value::Null),
        Shape::Text(text) => text,
        Shape::Number(number) => match worth(number) {
            Worth::Whole(whole) => Cow::Owned(whole.to_string()),
            Worth::Other(_) => return Ok(Value::Null),
        },
        _ => return Err(wrong("mobile", "text or a number", at(values, 0))),
    };
    let country = match values.len() {
        0 | 1 => Cow::Borrowed(""),
        _ => text("mobile", values, 1)?,
    };
    let is_punctuation = |c: char| c.is_whitespace() || "+-./()".contains(c);
    if written.chars().any(|c| !c.is_ascii_digit() && !is_punctuation(c)) {
        return Ok(Value::Null);
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let national = match &*country {
        "IN" => indian(&digits),
        _ => Some(&*digits).filter(|digits| (4..=15).contains(&digits.len())),
    };
    Ok(national.map_or(Value::Null, Value::text))
}

/// The ten digits of an Indian mobile, which begin with 6 to 9, behind `91`, `0`, `0091` or nothing.
fn indian(digits: &str) -> Option<&str> {
    let (before, number) = digits.split_at_checked(digits.len().checked_sub(10)?)?;
    let is_prefix = matches!(before, "" | "0" | "91" | "091" | "0091");
    (is_prefix && number.starts_with(['6', '7', '8', '9'])).then_some(number)
}
