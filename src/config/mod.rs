//! The settings of the whole: gateway.yaml, the environment and flags become one value for each room.

mod admin;
mod auth;
mod auth_own;
mod connections;
mod credentials;
mod decode;
mod destinations;
mod everybody;
mod fields;
mod header_name;
mod hooks;
mod instance;
mod journal;
mod keys;
mod layer;
mod limits;
mod load;
mod overridden;
mod settings;
mod tls;
mod traces;
mod value;

pub use keys::{Leaf, SETTINGS, leaves};
pub use layer::Flag;
pub use load::{DEFAULTS, environment, file_of, load, load_as_far, read};
pub use overridden::Overridden;
pub use settings::Settings;
