//! The console: pages in the browser for those who own the rules and use no terminal.
//!
//! - Which pages are there, and who may see them? `routes.rs`, a line each; the screens of the navigation: `screen.rs`.
//! - Who calls it? `site.rs`; what its pages read: `console.rs`.
//! - How is a request read, and an answer written? `asked.rs`, `answer.rs`; the frame around each page: `frame.rs`.
//! - What do pages look like? `parts.rs` has what several share; the style sheet and the modules: `assets/`.
//! - How do pages stay up to date? `live.rs` sends server-sent events.
//! - How are findings, differences and sentences shown? `shown/`.
//! - What may take longer than a page? `work/`: one job at a time, with progress; what is found out in the background.
//! - How does one get in? The listener lets people in (`server/admin/login/`); the page: `login.rs`.
//! - Who used it for what? `used.rs`.
//! - What is read of past decisions? `past.rs`.
//! - What does a screen show? A folder each, named after it: `now/`, `person/`, `decisions/`, `deliveries/` …

mod answer;
mod asked;
mod assets;
mod changes;
#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod console;
mod decisions;
mod deliveries;
mod frame;
mod live;
mod login;
mod now;
mod parts;
mod past;
mod person;
mod playground;
mod routes;
mod rules;
mod screen;
mod setup;
mod shown;
mod site;
mod used;
mod work;

pub use console::Console;
