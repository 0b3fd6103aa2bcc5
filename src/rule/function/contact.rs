//! Functions over e-mail addresses.

use email_address::EmailAddress;

use super::clock::Clock;
use super::value::at;
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
