//! Who may come in: what must be refused, what must be let in, and what is said of both.

mod admitted;
mod jwks;
mod own;
mod refused;
mod set_up;
pub mod setup;
pub mod token;
mod told;
