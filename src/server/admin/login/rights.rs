//! What a visitor of the console may do.

/// What a visitor of the console may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// See the pages; personal values are left out.
    pub look: bool,
    /// See personal values, recorded events and tables, and search by person.
    pub people: bool,
    /// Change what runs: redrive, drop, pause, roll back.
    pub act: bool,
}

impl Rights {
    /// All of them.
    pub const ALL: Self = Self { look: true, people: true, act: true };

    /// What either gives.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { look: self.look || other.look, people: self.people || other.people, act: self.act || other.act }
    }
}
