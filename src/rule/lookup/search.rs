//! A lookup in a directory: which entries are searched, and which attributes become a row.

use super::filling::{Filling, Part};
use super::keys::{AT_ONCE, CACHE, ON_ERROR, TIMEOUT};
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional, required};

/// A search of an LDAP connection.
#[derive(Clone, Debug)]
pub struct Search {
    /// Where it begins; `None`: at the connection's own base.
    pub base: Option<String>,
    pub scope: Scope,
    pub filter: Filling,
    pub attributes: Vec<Attribute>,
}

/// An attribute that becomes a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    /// Always a list (`proxyAddresses[]`); else one value is a text and several are a list.
    pub is_list: bool,
}

/// How far below the base is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Base,
    One,
    Subtree,
}

impl Scope {
    /// Every scope with its word.
    pub const ALL: [(&'static str, Scope); 3] =
        [("base", Scope::Base), ("one", Scope::One), ("subtree", Scope::Subtree)];
}

impl Search {
    /// Every part that the key fills, and the text between them.
    #[must_use]
    pub fn parts(&self) -> Vec<&Part> {
        self.filter.parts.iter().collect()
    }

    /// The filter with the places of the key as they are written.
    #[must_use]
    pub fn shown(&self) -> String {
        self.filter.shown()
    }
}

/// A lookup in a directory.
pub static LDAP_LOOKUP: Keys = Keys {
    what: "a lookup in a directory",
    keys: &[
        required("ldap", Shape::Text, "a connection of gateway.yaml"),
        required("filter", Shape::Text, "which entries: `(mail=${key})`"),
        required("attributes", TEXT_OR_TEXTS, "what becomes a column; `proxyAddresses[]` is always a list"),
        optional("base", Shape::Text, "where the search begins (left out: the connection's base)"),
        optional("scope", Shape::OneOf(&["base", "one", "subtree"]), "how far below the base (left out: subtree)"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};
