//! The limits of a server's answers.

use super::excess::Excess;

/// Longest message that is taken, in bytes: an answer has at most 4 MiB of values.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
pub(super) const MESSAGE_LIMIT_BYTES: usize = 8 << 20;

/// Longest message before a server has let us in, in bytes. Those of servers have some hundred; what another program sends is
/// read as lengths of millions.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) const EARLY_LIMIT_BYTES: usize = 16 << 10;

/// A message of this many bytes begins, before or after the server has let us in.
///
/// # Errors
/// When it is longer than is taken then.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn within_login(bytes: usize, is_in: bool) -> Result<usize, Excess> {
    match is_in {
        true => within(bytes, MESSAGE_LIMIT_BYTES),
        false if bytes > EARLY_LIMIT_BYTES => Err(Excess::Early { bytes }),
        false => Ok(bytes),
    }
}

/// A message of this many bytes begins.
///
/// # Errors
/// When it is longer than is taken.
pub(super) fn within(bytes: usize, limit: usize) -> Result<usize, Excess> {
    if bytes > limit { Err(Excess::Long { bytes, limit }) } else { Ok(bytes) }
}

/// What comes behind the content of a message, of which `left` bytes are still to come.
#[cfg(any(feature = "nats", feature = "postgres"))]
pub(super) fn passed_over<'b>(left: &mut usize, bytes: &'b [u8]) -> &'b [u8] {
    let (content, behind) = bytes.split_at_checked(*left).unwrap_or((bytes, &[]));
    *left -= content.len();
    behind
}
