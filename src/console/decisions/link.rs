//! Where decisions are shown: paths with their queries.

use url::form_urlencoded;

/// A path with a query, without what is blank.
pub(super) fn linked(path: &str, pairs: &[(&str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    format!("{path}?{}", query.finish())
}

/// Where a decision is shown.
pub(in crate::console) fn link(id: &str) -> String {
    linked("/console/decisions/one", &[("id", id.to_owned())])
}
