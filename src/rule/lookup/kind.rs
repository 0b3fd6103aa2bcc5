//! The kinds of connections that lookups ask: one table, a line for each kind.
//!
//! `rule/compile/lookup/remote.rs` reads a lookup of each; the room `lookup` answers it.

use super::call::{Call, HTTP_LOOKUP};
use super::filling::Part;
use super::keys::TABLE_LOOKUP;
use super::search::{LDAP_LOOKUP, Search};
use super::statement::{SQL_LOOKUP, Statement};
use crate::yaml::keys::{Keys, Shape};

/// From the table: the kinds, what is asked of each, and what a lookup may be.
macro_rules! connection_kinds {
    ($($kind:ident = $word:literal, asked by $asked:ident, declared with $keys:ident;)*) => {
        /// The kinds of connections.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ConnectionKind {
            $($kind),*
        }

        /// What is asked.
        #[derive(Clone, Debug)]
        pub enum Ask {
            $($kind($asked)),*
        }

        impl ConnectionKind {
            /// Every kind, in the order in which they are named to people.
            pub const ALL: &[ConnectionKind] = &[$(ConnectionKind::$kind),*];

            /// The word by which gateway.yaml and lookups name it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(ConnectionKind::$kind => $word),*
                }
            }

            /// What may stand in a lookup that asks it.
            #[must_use]
            pub fn keys(self) -> &'static Keys {
                match self {
                    $(ConnectionKind::$kind => &$keys),*
                }
            }
        }

        impl Ask {
            /// Every part that the key fills.
            #[must_use]
            pub fn parts(&self) -> Vec<&Part> {
                match self {
                    $(Ask::$kind(asked) => asked.parts()),*
                }
            }

            /// In words, with the places of the key as they are written.
            #[must_use]
            pub fn shown(&self) -> String {
                match self {
                    $(Ask::$kind(asked) => asked.shown()),*
                }
            }
        }

        /// A lookup's declaration: the key that only one kind has says which it is.
        pub const LOOKUP: Shape = Shape::Either(&[Shape::Mapping(&TABLE_LOOKUP), $(Shape::Mapping(&$keys)),*]);
    };
}

connection_kinds! {
    Http = "http", asked by Call, declared with HTTP_LOOKUP;
    Sql = "sql", asked by Statement, declared with SQL_LOOKUP;
    Ldap = "ldap", asked by Search, declared with LDAP_LOOKUP;
}
