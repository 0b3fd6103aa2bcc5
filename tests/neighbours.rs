//! Servers that send what no server sends: the gateway lives, the lookup has its `on_error`, and memory stays bounded.
#![cfg(all(feature = "full", target_os = "linux"))]

mod known;
mod made_up;
mod player;
mod strangers;
