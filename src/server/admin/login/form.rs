//! Reads fields of a form, and knows a form that carries the word of its session.

use super::random;
use super::visitor::Visitor;

/// The form that nobody can have the word of a session for.
pub(super) const LOGIN: &str = "/console/login";

/// Whether a page that the visitor was shown sends this form. Before the login there is no session whose word it could carry.
/// None is needed: another site's form is refused by the origin check, and cannot plant a session of its own user, since browsers say
/// themselves where a form comes from.
pub(super) fn is_proven(path: &str, body: &[u8], visitor: Option<&Visitor>) -> bool {
    path == LOGIN
        || visitor.is_none_or(|visitor| field(body, "csrf").is_some_and(|word| random::is_same(&word, visitor.csrf())))
}

/// A field of a form that has it once.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let mut all = url::form_urlencoded::parse(body).filter(|(key, _)| key == name);
    let (_, value) = all.next()?;
    all.next().is_none().then(|| value.into_owned())
}
