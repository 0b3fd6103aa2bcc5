//! Deliveries: what rules send, where it waits, and how it arrives.

mod courier;
mod http;
mod rules;
mod schedule;
mod store;
mod whole;
