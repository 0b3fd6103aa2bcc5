//! hookgate: a rule-driven webhook gateway. docs/ARCHITECTURE.md is the map of this crate.

pub mod cli;
pub mod config;
pub mod console;
pub mod diagnostic;
pub mod engine;
pub mod event;
pub mod gateway;
pub mod journal;
pub mod lint;
pub mod lookup;
pub mod outbox;
pub mod outside;
pub mod report;
pub mod rule;
pub mod server;
pub mod setting;
pub mod telemetry;
pub mod yaml;
