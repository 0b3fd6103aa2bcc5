//! The trait by which the index asks for values of an event.

use crate::event::View;

/// The values of slots.
pub trait Values {
    /// The value of a slot as it is now; absent and null are both `None`.
    fn value(&mut self, slot: usize) -> Option<View<'_>>;
}
