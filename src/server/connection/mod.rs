//! One connection: bytes become heads and bodies, one request after the other.

mod conversation;
mod descriptors;
mod framing;
mod head;
mod idle_timeout;
pub mod listener;
mod peer;
mod per_address;
mod wire;

pub use framing::Left;
pub use head::{Declared, Head};
pub use idle_timeout::{Connection, IdleTimeout};
pub use peer::PeerCertificate;
pub use per_address::network;
pub use wire::Wire;
