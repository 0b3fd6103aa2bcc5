//! The macro that declares the codes of an area, in order.

/// Declares the codes of one area: a constant, its id, its title, its text; and `ALL` of them.
macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal, $text:literal;)*) => {
        $(#[doc = $title] pub static $name: crate::diagnostic::Code =
            crate::diagnostic::Code { id: $id, title: $title, text: $text };)*
        pub(super) static ALL: &[&crate::diagnostic::Code] = &[$(&$name),*];
    };
}
pub(crate) use codes;
