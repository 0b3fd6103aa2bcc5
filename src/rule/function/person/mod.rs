//! Functions over what people are told apart and reached by: names, telephone numbers, addresses.

pub mod contact;
mod latin;
pub mod name;
pub mod phone;
mod plan;
