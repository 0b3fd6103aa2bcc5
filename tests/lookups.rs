//! Facts from the outside: how events ask, and what each kind of source answers.

mod asking;
mod http_size;
mod keeping;
mod sqlite;
mod suspended;
