//! The admin listener: health, metrics, rules in force and reload, on an address of its own.

mod callers;
mod console;
mod error;
mod forms;
mod json;
mod listener;
mod login;
mod metrics;
mod origin_check;
mod ready;
mod reload;
mod rollback;
mod routes;
mod rules;
mod run;
mod sending;
mod settings;
mod site;
mod token;
mod watched;

pub use callers::callers;
pub use error::AdminError;
pub use forms::FORMS_LIMIT_BYTES;
pub use login::{
    Login, LoginSettings, LoginUser, NoConsole, OidcSettings, Rights, Visitor, Ways, guard, hash_password,
};
pub use run::{Admin, obstacle, start};
pub use settings::{AdminSettings, Peer};
pub use site::{CONSOLE, STREAM_LIMIT, Site, Visit};
pub use watched::Watched;
