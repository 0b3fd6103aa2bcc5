//! Lookups in SQL databases.

mod database;
mod idle;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "mysql")]
mod mysql_datetime;
mod open;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
mod settings;
mod sqlite;
mod sqlite_pool;
mod sqlite_trouble;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod trouble;

pub use open::KIND;
