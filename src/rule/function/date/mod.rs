//! Functions over dates.

pub mod day;
pub mod form;
pub mod own_time;
mod part;
mod pattern;
pub mod time;
mod zone;
