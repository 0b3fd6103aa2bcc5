//! What was written for other tools and means nothing here, or something else: texts, names and whole files.

pub mod file;
pub mod template;
pub mod text;
