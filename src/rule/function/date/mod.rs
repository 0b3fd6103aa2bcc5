//! Functions over dates.

pub mod day;
pub mod own_time;
