//! Who may come in: what must be refused, what must be let in, and what is said of both.

mod admitted;
mod door;
mod jwks;
mod own;
mod refused;
pub mod setup;
pub mod token;
mod told;
