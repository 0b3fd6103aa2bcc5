//! What a rule is for, who answers for it, and where that was agreed, in its author's words.

/// The three, as far as the rule or its file says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// What it is for, in a sentence.
    pub about: Option<String>,
    /// Who answers for it: a team, a person, an address.
    pub owner: Option<String>,
    /// Where it was agreed: the number or the address of a ticket.
    pub ticket: Option<String>,
}

impl Ownership {
    /// The same with what the file says where the rule says nothing.
    #[must_use]
    pub fn or(self, file: &Self) -> Self {
        let or = |own: Option<String>, file: &Option<String>| own.or_else(|| file.clone());
        Self {
            about: or(self.about, &file.about),
            owner: or(self.owner, &file.owner),
            ticket: or(self.ticket, &file.ticket),
        }
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is said, each with the key by which a rule file says it.
    pub fn said(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("about", &self.about), ("owner", &self.owner), ("ticket", &self.ticket)];
        all.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?)))
    }

    /// Whom to ask, in a line: `owner HR`, or else `ticket IAM-7`; nothing where neither is said.
    #[must_use]
    pub fn whom_to_ask(&self) -> Option<String> {
        let said = self.said().find(|(key, _)| *key != "about");
        said.map(|(key, text)| format!("{key} {text}"))
    }
}
