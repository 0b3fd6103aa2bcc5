//! Deliveries: what rules send, where it waits, and how it arrives.

mod courier;
mod rules;
mod schedule;
mod store;
mod whole;
