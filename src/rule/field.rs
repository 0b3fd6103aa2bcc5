//! The fields of a user: the platform's own, and those that gateway.yaml adds.

/// A user field that the platform is known to send.
#[derive(Clone, Copy, Debug)]
pub struct UserField {
    pub name: &'static str,
    pub on_form: OnForm,
}

/// How a field stands on the form on which a person is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnForm {
    /// As text, typed or picked: blank where nobody filled it in.
    Text,
    /// As a day, blank where nobody filled it in.
    Day,
    /// Not at all, or not as one text: the platform makes it, or it is a list.
    No,
}

impl OnForm {
    /// What the field holds, in a sentence for editors.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Text => "a text of the person's form, blank where nobody filled it in",
            Self::Day => "a day of the person's form, blank where nobody filled it in",
            Self::No => "a field of the person that stands on no form, or not as a text",
        }
    }
}

const fn text(name: &'static str) -> UserField {
    UserField { name, on_form: OnForm::Text }
}

const fn day(name: &'static str) -> UserField {
    UserField { name, on_form: OnForm::Day }
}

const fn other(name: &'static str) -> UserField {
    UserField { name, on_form: OnForm::No }
}

/// User fields the platform is known to send; the user is an open object, so that others are no mistake.
pub const USER_FIELDS: [UserField; 36] = [
    other("id"),
    text("login"),
    text("firstName"),
    text("middleName"),
    text("lastName"),
    text("displayName"),
    text("email"),
    text("mobile"),
    text("countryCode"),
    text("landline"),
    text("country"),
    text("city"),
    text("address1"),
    text("address2"),
    text("userType"),
    text("department"),
    text("designation"),
    text("grade"),
    text("employeeId"),
    text("managerId"),
    other("manager"),
    text("orgUnitId"),
    text("associatedPartner"),
    day("startDate"),
    day("endDate"),
    day("dateOfBirth"),
    other("status"),
    other("assignedGroups"),
    other("provisionedApps"),
    other("securityQuestion"),
    other("attributes"),
    other("rbacRoles"),
    other("password"),
    text("title"),
    text("state"),
    text("location"),
];

/// The user field of this name, where the platform is known to send it.
#[must_use]
pub fn user_field(name: &str) -> Option<UserField> {
    USER_FIELDS.into_iter().find(|field| field.name == name)
}

/// Whether a field of the user holds days, as the platform sends them.
#[must_use]
pub fn holds_days(name: &str) -> bool {
    user_field(name).is_some_and(|field| field.on_form == OnForm::Day)
}

/// Fields of the user that are lists.
const LISTS: [&str; 2] = ["assignedGroups", "rbacRoles"];

/// Whether a field of the user is a list, as the platform sends it.
#[must_use]
pub fn holds_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// Whether a field of the user is one text, as the platform sends it.
#[must_use]
pub fn holds_text(name: &str) -> bool {
    user_field(name).is_some_and(|field| field.on_form == OnForm::Text)
}

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
