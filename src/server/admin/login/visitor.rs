//! Who asks for a page of the console, and what this visitor may do.

/// What a visitor of the console may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub look: bool,
    pub people: bool,
    pub act: bool,
}

/// Who asks for a page of the console.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub name: String,
    pub rights: Rights,
}

impl Visitor {
    /// What every form sends along.
    #[must_use]
    pub fn csrf(&self) -> &str {
        ""
    }

    /// Whether the session goes on.
    #[must_use]
    pub fn is_live(&self) -> bool {
        true
    }
}

/// How one gets in.
#[derive(Clone, Debug, Default)]
pub struct Ways {}
