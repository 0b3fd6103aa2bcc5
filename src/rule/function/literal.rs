//! Checks calls with written arguments before they run: values that their function does not know.

/// A value as it is written in a call.
#[derive(Clone, Copy, Debug)]
pub enum Written<'v> {
    Text(&'v str),
    Whole(i64),
    /// Whatever is only known when the call runs.
    Computed,
}

/// What is wrong with a value that is written out, and what to write.
pub type UnknownValue = (String, &'static str);

/// The value at a place of a call.
pub(super) fn written<'v>(values: &[Written<'v>], place: usize) -> Written<'v> {
    values.get(place).copied().unwrap_or(Written::Computed)
}
