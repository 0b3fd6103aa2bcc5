//! The door for machines: webhooks over HTTP.

mod settings;

pub use settings::Settings;
