//! What gateway.yaml says of the user's fields: which there are beside the platform's own, and what stands in them.

/// What a declared field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    TrueFalse,
    Date,
    List,
    /// One of these texts.
    OneOf(Vec<String>),
}

impl FieldKind {
    /// The kinds that a word says.
    pub const WORDS: [(&'static str, FieldKind); 5] = [
        ("text", FieldKind::Text),
        ("number", FieldKind::Number),
        ("true_false", FieldKind::TrueFalse),
        ("date", FieldKind::Date),
        ("list", FieldKind::List),
    ];
}
