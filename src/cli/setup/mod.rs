//! Commands of the first hour: a folder to begin with, the settings, and what editors need.

mod example;
pub mod init;
mod missing;
pub mod schema;
pub mod settings;

pub use missing::explained;
