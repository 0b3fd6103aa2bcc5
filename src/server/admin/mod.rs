//! The admin listener: how hookgate is and what it does, for those who run it, on an address of its own.

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
