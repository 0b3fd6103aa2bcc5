//! Dates and moments as people, spreadsheets and programs write them.

mod calendar;
mod count;
mod cursor;
mod day;
mod moment;
mod offset;
mod parts;
mod read;
mod start;
mod text;
mod time;
mod unreadable;
mod working;
mod written;

pub use calendar::{Calendar, DateOrder, DateStyle};
pub use moment::Moment;
pub use offset::{Offset, Unit};
pub use read::{instant, read};
pub use start::Start;
pub use text::{is_readable, is_unreadable, written};
pub use time::{zone_named, zone_offset};
pub use unreadable::Unreadable;
pub use working::WorkingDays;
pub use written::Written;
