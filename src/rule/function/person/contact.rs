//! Functions over e-mail addresses.

use email_address::EmailAddress;

use crate::event::{Shape, Value};
use crate::rule::condition::At;
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::at;

pub static FUNCTIONS: &[&Function] = &[&DOMAIN, &IS_EMAIL];

static DOMAIN: Function = Function::new(
    "domain(email)",
    "domain",
    (1, 1),
    "what follows the `@`, in lower case; absent when the value is absent or has no `@`",
    domain,
)
.answering(Answering::Texts("what follows the `@`, in small letters", of_domain))
.examples(&[("domain(\"v1@ACME.example\")", "acme.example")]);

fn domain(values: &[Value<'_>], _: &Clock) -> Answer {
    let Shape::Text(email) = at(values, 0).shape() else { return Ok(Value::Null) };
    let domain = email.trim().rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty());
    Ok(domain.map_or(Value::Null, |domain| Value::text(domain.to_lowercase())))
}

fn of_domain(_: Option<At>, text: &str) -> bool {
    !text.contains('@') && text.to_lowercase() == text
}

static IS_EMAIL: Function = Function::new(
    "is_email(x)",
    "is_email",
    (1, 1),
    "whether the value is one well-formed e-mail address; false for an absent value",
    is_email,
)
.hearing_absent()
.silent()
.answering(Answering::Truths)
.examples(&[("is_email(\"asha.rao\")", "false")]);

fn is_email(values: &[Value<'_>], _: &Clock) -> Answer {
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
