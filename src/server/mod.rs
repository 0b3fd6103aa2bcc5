//! The door for machines: HTTP/1.1 in front of the gateway, with a limit on everything a caller can spend.

mod admin;
mod answer;
mod app;
mod body;
mod counters;
mod door;
mod error;
mod guard;
mod id;
mod line;
mod reaper;
mod refusal;
mod requests;
mod routes;
mod run;
mod settings;
mod visit;

pub use admin::{Admin, AdminError, AdminSettings, Watched, start as start_admin};
pub use counters::Counters;
pub use door::Answering;
pub use error::Error;
pub use run::{Server, Stopper, bind, bind_answering};
pub use settings::Settings;
