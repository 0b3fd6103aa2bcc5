//! The store in a PostgreSQL database, which several gateways share.

mod claim;
mod clock;
mod options;
mod put;
mod sessions;
mod store;
mod table;
mod trouble;
mod writer;

pub use store::Postgres;
