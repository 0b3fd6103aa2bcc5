//! Facts from the outside: how events ask, and what each kind of source answers.

mod asking;
mod cymmetri_api;
mod free;
mod guard;
mod http;
mod http_credentials;
mod http_injection;
mod http_load;
mod http_misbehaving;
mod http_pages;
mod hungry;
mod keeping;
mod queueing;
mod sqlite;
mod suspended;
