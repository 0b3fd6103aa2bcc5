//! Facts from the outside: how events ask, and what each kind of source answers.

mod asking;
mod keeping;
mod sqlite;
mod suspended;
