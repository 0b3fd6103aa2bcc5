//! Functions over lists, and over values of any kind.

pub mod value;
