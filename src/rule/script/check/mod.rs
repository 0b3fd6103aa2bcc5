//! Finds mistakes in scripts before they run.

mod analysis;
mod capture;
mod chain;
mod change;
mod foreign;
mod in_place;
mod methods;
mod mistake;
mod spelling;
mod sum_of_date;
mod suspect;

pub use analysis::{Findings, Known, analyse};
pub use chain::{Step, chain, free_name};
pub use foreign::word;
pub use in_place::Fate;
pub use mistake::{Mistake, line_column};
pub use spelling::{cure, escape};
