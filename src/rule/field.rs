//! The fields of a user: the platform's own, and what gateway.yaml says there is beside them.

/// User fields the platform is known to send; the user is an open object, so that others are no mistake.
pub const KNOWN_USER_FIELDS: [&str; 36] = [
    "id",
    "login",
    "firstName",
    "middleName",
    "lastName",
    "displayName",
    "email",
    "mobile",
    "countryCode",
    "landline",
    "country",
    "city",
    "address1",
    "address2",
    "userType",
    "department",
    "designation",
    "grade",
    "employeeId",
    "managerId",
    "manager",
    "orgUnitId",
    "associatedPartner",
    "startDate",
    "endDate",
    "dateOfBirth",
    "status",
    "assignedGroups",
    "provisionedApps",
    "securityQuestion",
    "attributes",
    "rbacRoles",
    "password",
    "title",
    "state",
    "location",
];

/// Fields of the user that hold days, as the platform sends them.
pub const DAYS: [&str; 3] = ["startDate", "endDate", "dateOfBirth"];

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
