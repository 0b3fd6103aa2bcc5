//! The macro that declares the settings of a section: a row has key, allowed values, place and sentence.
//!
//! The reader, the names of variables, the JSON Schema and docs/settings.md are made of the rows.

/// Declares a section: a static with its [`Keys`](crate::yaml::keys::Keys), and the function that takes in one of its settings
/// by the key behind the section's name. A row is
///
/// ```text
/// "key" kind => place, "a sentence";
/// ```
///
/// where the place is what the value is put into, and the kind one of
///
/// * `whole(1..=60_000)` and `size(1..=60_000)`: a whole number within a range, as `u64` or `usize`;
/// * `switch`: true or false;
/// * `word(ALL)`: one of the words of a table `[(word, value)]`;
/// * `own(shape)`: whatever the expression in place of the place makes of the value;
/// * `section(KEYS, take)`: a section that is declared elsewhere.
macro_rules! section {
    (
        $(#[$about:meta])*
        $keys:ident $what:literal, $take:ident($draft:ident, $value:ident, $written:ident) {
            $($key:literal $kind:ident $(($($of:expr),*))? => $place:expr, $sentence:literal;)*
        }
    ) => {
        $(#[$about])*
        pub static $keys: crate::yaml::keys::Keys = crate::yaml::keys::Keys {
            what: $what,
            keys: &[$(crate::yaml::keys::optional(
                $key,
                $crate::config::declare::shape!($kind $(($($of),*))?),
                $sentence,
            )),*],
        };

        /// Takes in one of them.
        pub fn $take(
            $draft: &mut $crate::config::draft::Draft,
            key: &str,
            $value: &mut $crate::config::value::Value<'_, '_>,
            $written: &$crate::config::value::Written,
        ) {
            let (key, inner) = key.split_once('.').unwrap_or((key, ""));
            // Only some rows need them.
            let _ = (inner, $written);
            match key {
                $($key => $crate::config::declare::take!(
                    ($draft, inner, $value, $written) $kind $(($($of),*))? => $place
                ),)*
                // Only keys of the rows come here: `layer` refuses all others.
                _ => {}
            }
        }
    };
}
pub(super) use section;

/// What may stand behind a key of this kind.
macro_rules! shape {
    (whole($range:expr)) => {
        crate::yaml::keys::Shape::within($range)
    };
    (size($range:expr)) => {
        crate::yaml::keys::Shape::within($range)
    };
    (switch) => {
        crate::yaml::keys::Shape::Boolean
    };
    (word($words:expr)) => {
        crate::yaml::keys::Shape::OneOf(&const { crate::yaml::keys::words(&$words) })
    };
    (own($shape:expr)) => {
        $shape
    };
    (section($keys:expr, $take:expr)) => {
        crate::yaml::keys::Shape::Mapping(&$keys)
    };
}
pub(super) use shape;

/// Takes a value of this kind to its place.
macro_rules! take {
    (($draft:ident, $inner:ident, $value:ident, $written:ident) whole($range:expr) => $place:expr) => {
        $crate::config::value::put(&mut $place, $value.whole($range))
    };
    (($draft:ident, $inner:ident, $value:ident, $written:ident) size($range:expr) => $place:expr) => {
        $crate::config::value::put(&mut $place, $value.size($range))
    };
    (($draft:ident, $inner:ident, $value:ident, $written:ident) switch => $place:expr) => {
        $crate::config::value::put(&mut $place, $value.switch())
    };
    (($draft:ident, $inner:ident, $value:ident, $written:ident) word($words:expr) => $place:expr) => {
        $crate::config::value::put(&mut $place, $value.one_of(&$words))
    };
    (($draft:ident, $inner:ident, $value:ident, $written:ident) own($shape:expr) => $taken:expr) => {
        $taken
    };
    (($draft:ident, $inner:ident, $value:ident, $written:ident) section($keys:expr, $take:expr) => $taken:expr) => {
        $take($draft, $inner, $value, $written)
    };
}
pub(super) use take;
