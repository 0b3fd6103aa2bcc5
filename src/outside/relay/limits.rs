//! How much of a server's answers is taken.

use super::excess::Excess;

/// Longest message that is taken, in bytes: an answer has at most 4 MiB of values.
pub(super) const MESSAGE_LIMIT_BYTES: usize = 8 << 20;
/// Most memory that one answer may take while it is read, in bytes.
pub(super) const ANSWER_LIMIT_BYTES: usize = 16 << 20;

/// A message of this many bytes begins.
///
/// # Errors
/// When it is longer than is taken.
pub(super) fn within(bytes: usize, limit: usize) -> Result<usize, Excess> {
    if bytes > limit { Err(Excess::Long { bytes, limit }) } else { Ok(bytes) }
}
