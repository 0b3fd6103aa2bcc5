//! The screen *Now*: what runs at this moment, and the last hour.
//!
//! - What is on the page, and what is sent again as it changes? `page.rs`.
//! - The parts: `tiles.rs`, `notices.rs` (what somebody should look at), `hour.rs` with the charts of `chart.rs`, `rules.rs`,
//!   `service.rs` (connections, destinations, outbox, journal, certificate).
//! - What do other gateways say? `peers.rs` asks them, `beside.rs` shows it.

mod beside;
mod chart;
mod hour;
mod notices;
mod page;
mod peers;
mod rules;
mod service;
mod tiles;

pub(super) use page::{live, page};
pub(super) use peers::Peers;
