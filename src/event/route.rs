//! Finds the hook of a URL path: prefixes, any case, repeated slashes, an application id after the name.

use std::borrow::Cow;
use std::collections::HashMap;

use super::hook::Hooks;

/// Every path of every hook under every prefix, in lower case.
#[derive(Clone, Debug)]
pub struct Routes {
    /// The place of the hook in its table, and of the prefix among the prefixes.
    paths: HashMap<String, (usize, usize)>,
}

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Place of the hook in the table.
    pub hook: usize,
    /// Place of the prefix that it was called under.
    pub prefix: usize,
    /// The application id behind the hook's name, as it stands in the path.
    pub app: Option<String>,
}

impl Routes {
    /// Routes for each hook under each prefix (`/webhook`, or an empty text for none).
    #[must_use]
    pub fn new(hooks: &Hooks, prefixes: &[String]) -> Self {
        let mut paths = HashMap::new();
        for (place, hook) in hooks.rows.iter().enumerate() {
            for (under, prefix) in prefixes.iter().enumerate() {
                for path in &hook.paths {
                    let prefix = prefix.trim_end_matches('/');
                    let full = format!("{prefix}/{}", path.trim_matches('/')).to_lowercase();
                    paths.entry(full).or_insert((place, under));
                }
            }
        }
        Self { paths }
    }

    /// The hook a path means, or none. Slashes in a row are one, and those at the end are none: the platform joins a server's
    /// address and a context path, and either may have one. No other liberties are taken.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Route> {
        let path = with_single_slashes(path.trim_end_matches('/'));
        let lower = path.to_ascii_lowercase();
        if let Some((hook, prefix)) = self.paths.get(&lower).copied() {
            return Some(Route { hook, prefix, app: None });
        }
        let (name, app) = path.rsplit_once('/')?;
        let (hook, prefix) = self.paths.get(lower.get(..name.len())?).copied()?;
        (!app.is_empty()).then(|| Route { hook, prefix, app: Some(app.to_owned()) })
    }
}

fn with_single_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let mut single = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !single.ends_with('/') {
            single.push(c);
        }
    }
    Cow::Owned(single)
}
