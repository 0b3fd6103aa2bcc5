//! Functions over lists, and over values of any kind.

mod alike;
pub mod brackets;
pub mod choose;
pub mod each;
pub mod value;
