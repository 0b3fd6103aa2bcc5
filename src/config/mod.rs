//! The settings: gateway.yaml, the environment and flags become one value with a part for each room.
//!
//! - Which settings are there? `section/`, a section a file; how one is declared: `declare.rs`; all of them by path
//!   and variable: `leaf.rs`.
//! - Where do settings come from? `load.rs`, `layer.rs`; which have no effect: `overridden.rs`; each with its value and
//!   origin: `listed.rs`. `settings.yaml` has the defaults and explains each.
//! - How do they become one value? `decode.rs`, `draft.rs`, `value.rs`; the value: `settings.rs`, with a part for
//!   each room.
//! - How are rows of `connections` and `destinations` read? In the rooms `lookup` and `outbox`, with `setting/`.
//! - What is made of the tables? `page.rs`: docs/settings.md, and the JSON Schema of gateway.yaml.

mod declare;
mod decode;
mod draft;
mod keys;
mod layer;
mod leaf;
mod listed;
mod load;
mod overridden;
mod page;
mod section;
mod settings;
mod value;

pub use layer::Flag;
pub use leaf::{Leaf, leaves};
pub use listed::Listed;
pub use load::{DEFAULTS, environment, file_of, list, load, load_as_far, read};
pub use overridden::Overridden;
pub use page::{commented, schema, to_markdown};
pub use section::SETTINGS;
pub use section::instance::host;
pub use settings::Settings;
