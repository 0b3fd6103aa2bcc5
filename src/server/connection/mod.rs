//! One connection: from the bytes that come to heads and bodies, one request after the other.

mod framing;
mod head;
mod wire;

pub(super) use framing::Left;
pub(super) use head::{Declared, Head};
pub(super) use wire::{Stream, Wire};
