//! The admin listener: health, metrics, rules in force and reload, on an address of its own.

mod callers;
mod error;
mod metrics;
mod ready;
mod reload;
mod rollback;
mod routes;
mod rules;
mod run;
mod settings;
mod token;
mod watched;

pub use error::AdminError;
pub use run::{Admin, obstacle, start};
pub use settings::AdminSettings;
pub use watched::Watched;
