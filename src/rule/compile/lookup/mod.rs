//! Reads lookups: where they ask, what, and within which limits.

mod declared;
mod filling;
mod http_call;
mod remote;
mod search;
mod size;
mod validity;
