//! The form in which keys of tables are compared, for reading a table and for asking it.

use std::borrow::Cow;

use crate::event::{folded, nfc};

/// A key without spaces around it and in NFC; with `ignore_case` in small letters too.
pub fn key_form(key: &str, ignore_case: bool) -> Cow<'_, str> {
    if ignore_case { folded(key.trim()) } else { nfc(key.trim()) }
}
