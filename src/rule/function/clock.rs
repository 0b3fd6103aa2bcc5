//! What a function may know beside its arguments: the event's time and zone.

use jiff::Timestamp;

use crate::event::Calendar;

/// The event's clock: all that a function may know beside its values.
#[derive(Clone, Debug)]
pub struct Clock {
    pub now: Timestamp,
    /// How dates are meant, and the zone in which days are counted.
    pub calendar: Calendar,
}
