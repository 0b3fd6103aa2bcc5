//! The screens of the navigation: where each stands, what it is called, who may see it.

use crate::server::Rights;

/// A screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Screen {
    Now,
    Person,
    Decisions,
    Playground,
    Rules,
    Changes,
    Deliveries,
    SetUp,
}

/// What is needed to see a page or to send a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: it is shown to everybody who reaches the console.
    Nothing,
    Look,
    /// What is recorded of people is shown; each use is recorded.
    People,
    Act,
}

impl Need {
    pub fn is_met(self, rights: Rights) -> bool {
        match self {
            Self::Nothing => true,
            Self::Look => rights.look,
            Self::People => rights.people,
            Self::Act => rights.act,
        }
    }

    /// The right as gateway.yaml has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Look => "look",
            Self::People => "people",
            Self::Act => "act",
        }
    }
}

impl Screen {
    /// In the order of the navigation.
    pub const ALL: [Self; 8] = [
        Self::Now,
        Self::Person,
        Self::Decisions,
        Self::Playground,
        Self::Rules,
        Self::Changes,
        Self::Deliveries,
        Self::SetUp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Person => "Person",
            Self::Decisions => "Decisions",
            Self::Playground => "Playground",
            Self::Rules => "Rules",
            Self::Changes => "Changes",
            Self::Deliveries => "Deliveries",
            Self::SetUp => "Set up",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Now => "/console",
            Self::Person => "/console/person",
            Self::Decisions => "/console/decisions",
            Self::Playground => "/console/playground",
            Self::Rules => "/console/rules",
            Self::Changes => "/console/changes",
            Self::Deliveries => "/console/deliveries",
            Self::SetUp => "/console/setup",
        }
    }

    pub fn need(self) -> Need {
        match self {
            Self::Now => Need::Nothing,
            Self::Person => Need::People,
            Self::Decisions | Self::Playground | Self::Rules | Self::Changes | Self::Deliveries | Self::SetUp => {
                Need::Look
            }
        }
    }
}
