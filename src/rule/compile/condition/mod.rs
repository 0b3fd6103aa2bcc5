//! Reads conditions: what stands behind `when`, and what must hold of one value.

mod datetime;
mod operators;
mod pattern;
mod when;

pub use when::field_of;
