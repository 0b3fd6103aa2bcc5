//! The functions of all subjects, each by what it is about; `each` finds there what it calls.

use super::date::{day, form, time};
use super::list::{choose, value};
use super::person::{contact, name, phone};
use super::table::Function;
use super::text::{encode, markup, piece, search, whole};

/// The functions by their subjects, all but `each`.
pub(super) static SUBJECTS: [&[&Function]; 13] = [
    choose::FUNCTIONS,
    contact::FUNCTIONS,
    day::FUNCTIONS,
    encode::FUNCTIONS,
    form::FUNCTIONS,
    markup::FUNCTIONS,
    name::FUNCTIONS,
    phone::FUNCTIONS,
    piece::FUNCTIONS,
    search::FUNCTIONS,
    time::FUNCTIONS,
    value::FUNCTIONS,
    whole::FUNCTIONS,
];

/// The one of them with this name.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    SUBJECTS.into_iter().flatten().copied().find(|function| function.name == name)
}
