//! Where the rules in force come from: the folder, the last good set, or a rollback.

/// Where the rules in force come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// From the rules folder.
    #[default]
    Folder,
    /// They were in force last: those of the folder had a mistake at the start.
    LastGood,
    /// Somebody has rolled back to them; until the folder's content changes.
    RolledBack,
}

impl Origin {
    /// All of them.
    pub const ALL: [Origin; 3] = [Origin::Folder, Origin::LastGood, Origin::RolledBack];

    /// For programs: the word of `/rules`, `/ready` and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Origin::Folder => "folder",
            Origin::LastGood => "last_good",
            Origin::RolledBack => "rolled_back",
        }
    }

    /// What whoever looks should know; nothing where all is as usual.
    #[must_use]
    pub fn note(self) -> Option<Note> {
        match self {
            Origin::Folder => None,
            Origin::LastGood => Some(Note {
                code: "LastGoodRules",
                message: "the rules in the folder had a mistake at the start, so that those serve that were last in force: correct the \
                          folder (`hookgate check`), and it is in force at once, or after `hookgate reload` where `reload.watch` is false",
            }),
            Origin::RolledBack => Some(Note {
                code: "RulesRolledBack",
                message: "rules were rolled back: those of the folder are not in force until its content changes, or until \
                          `hookgate rules rollback` goes back to them",
            }),
        }
    }
}

/// What whoever looks should know, and keeps nobody from answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: &'static str,
    pub message: &'static str,
}
