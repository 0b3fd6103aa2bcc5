//! What differs between two JSON values, by path: what the rules changed in a user.

use serde_json::Value as Json;

/// A path, and what stands there before and after; `None` where nothing does.
pub type Difference<'j> = (String, Option<&'j Json>, Option<&'j Json>);

/// The differences of what stands at `path`, in the order of the fields before, then of those that were added. Only
/// objects are looked into: a list differs as a whole.
#[must_use]
pub fn differences<'j>(path: &str, before: Option<&'j Json>, after: Option<&'j Json>) -> Vec<Difference<'j>> {
    match (before, after) {
        (before, after) if before == after => Vec::new(),
        (Some(Json::Object(old)), Some(Json::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            let within = |key: &String| differences(&format!("{path}.{key}"), old.get(key), new.get(key));
            old.keys().chain(added).flat_map(within).collect()
        }
        (before, after) => vec![(path.to_owned(), before, after)],
    }
}
