//! Recognises what was written for other tools and means nothing here, or something else: texts, names, files.

pub mod file;
pub mod name;
pub mod template;
pub mod text;
