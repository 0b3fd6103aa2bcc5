//! Deliveries: what rules send, where it waits, and how it arrives.

pub mod any_store;
mod courier;
mod file;
mod http;
mod markup;
mod rules;
mod schedule;
mod store;
mod whole;
