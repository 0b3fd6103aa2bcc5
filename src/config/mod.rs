//! The settings of the whole: gateway.yaml, the environment and flags become one value for each room.

mod declare;
mod decode;
mod draft;
mod keys;
mod layer;
mod leaf;
mod load;
mod overridden;
mod page;
mod section;
mod settings;
mod value;

pub use layer::Flag;
pub use leaf::{Leaf, leaves};
pub use load::{DEFAULTS, environment, file_of, load, load_as_far, read};
pub use overridden::Overridden;
pub use page::{schema, to_markdown};
pub use section::SETTINGS;
pub use settings::Settings;
