//! The settings of the whole: gateway.yaml, the environment and flags become one value for each room.

mod decode;
mod keys;
mod layer;
mod load;
mod overridden;
mod section;
mod settings;
mod value;

pub use keys::{Leaf, SETTINGS, leaves};
pub use layer::Flag;
pub use load::{DEFAULTS, environment, file_of, load, load_as_far, read};
pub use overridden::Overridden;
pub use settings::Settings;
