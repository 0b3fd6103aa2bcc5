//! Lookups as they are declared: reads where they ask, what, and under which limits.

mod declared;
mod filling;
mod http_call;
mod remote;
mod search;
mod size;
