//! A lookup in a directory: which entries are searched, and which attributes become a row.

use super::filling::Filling;

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
