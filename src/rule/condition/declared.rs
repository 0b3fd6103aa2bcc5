//! The operators, each declared once: its name, its sentence, what stands behind it, its opposite, and how it is said.
//!
//! The reader, the schema, "did you mean" and `hookgate docs` are made from this table. `hookgate check` and the index ask
//! what they must know of a comparator by the methods below.

/// An operator of the language.
#[derive(Debug)]
pub struct Declared {
    pub name: &'static str,
    /// A sentence for the schema and the documentation.
    pub about: &'static str,
    /// Name and sentence of the operator that holds of the other values that are there.
    pub negated: Option<(&'static str, &'static str)>,
    pub operand: Operand,
    /// What is said, before what it compares with, of a value for which it holds, and of one for which it does not.
    pub words: (&'static str, &'static str),
}

/// What stands behind an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A value, be it written or computed.
    Value(Relation),
    Pattern,
    Date(Side),
    /// True or false.
    Property(Property),
    Length,
    /// Operators on each element.
    Elements(Quantifier),
    /// How many elements there are, or of how many something holds.
    Count,
    /// Operators on a field of an element, behind its name. It has no row of its own.
    Field,
    /// Networks of addresses.
    Networks,
    /// Operators that must not all hold.
    Not,
    Lookup,
}

/// How a value relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    Member,
    Part(At),
    Order(Comparison),
}

/// Where a part stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Start,
    End,
    /// In a list it is an element.
    Anywhere,
}

/// On which side of a moment a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

/// What a value is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// The day has ended, or the moment has passed.
    Over,
    /// It is a date that can be read.
    IsDate,
    Present,
    Empty,
}

/// Of how many elements something must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    Every,
}

/// What a relation compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Value,
    /// A part of a text: white space at its ends may be meant.
    Part,
    List,
    Number,
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

const fn declared(
    name: &'static str,
    operand: Operand,
    about: &'static str,
    words: (&'static str, &'static str),
) -> Declared {
    Declared { name, about, negated: None, operand, words }
}

impl Declared {
    const fn negated_as(mut self, name: &'static str, about: &'static str) -> Self {
        self.negated = Some((name, about));
        self
    }
}

/// The operators, in the order in which they are told.
static OPERATORS: [Declared; 23] = [
    declared("is", Operand::Value(Relation::Equal), "equal to the value", ("is ", "is not "))
        .negated_as("is_not", "different from the value"),
    declared(
        "in",
        Operand::Value(Relation::Member),
        "one of the list, or a number in the range: `[a, b]`, `4..7`, `7..`",
        ("is one of ", "is none of "),
    )
    .negated_as("not_in", "none of the list, or no number in the range"),
    declared(
        "matches",
        Operand::Pattern,
        "the regular expression is found in the text; write ^…$ for the whole of it",
        ("matches ", "does not match "),
    ),
    declared(
        "starts_with",
        Operand::Value(Relation::Part(At::Start)),
        "the text begins so",
        ("begins with ", "does not begin with "),
    ),
    declared(
        "ends_with",
        Operand::Value(Relation::Part(At::End)),
        "the text ends so",
        ("ends with ", "does not end with "),
    ),
    declared(
        "contains",
        Operand::Value(Relation::Part(At::Anywhere)),
        "the text holds this text, or the list this element",
        ("contains ", "does not contain "),
    ),
    declared(
        "gt",
        Operand::Value(Relation::Order(Comparison::Greater)),
        "a number greater than",
        ("is greater than ", "is not greater than "),
    ),
    declared(
        "gte",
        Operand::Value(Relation::Order(Comparison::GreaterOrEqual)),
        "a number of at least",
        ("is at least ", "is not at least "),
    ),
    declared(
        "lt",
        Operand::Value(Relation::Order(Comparison::Less)),
        "a number less than",
        ("is less than ", "is not less than "),
    ),
    declared(
        "lte",
        Operand::Value(Relation::Order(Comparison::LessOrEqual)),
        "a number of at most",
        ("is at most ", "is not at most "),
    ),
    declared(
        "before",
        Operand::Date(Side::Before),
        "a moment before this date, path, `now` or `today`, or so far from it: `today-7d`, `user.endDate+1mo`",
        ("is earlier than ", "is not earlier than "),
    ),
    declared(
        "after",
        Operand::Date(Side::After),
        "a moment after this date, path, `now` or `today`, or so far from it: `today-7d`, `user.endDate+1mo`",
        ("is later than ", "is not later than "),
    ),
    declared(
        "over",
        Operand::Property(Property::Over),
        "true: the day has ended, or the moment has passed; false: not yet",
        ("is over", "is not over yet"),
    ),
    declared(
        "is_date",
        Operand::Property(Property::IsDate),
        "true: a date that can be read; false: something that is there and none",
        ("is a date", "is not a date that can be read"),
    ),
    declared(
        "length",
        Operand::Length,
        "so many characters or elements; a number, a range, or a mapping of is, gt, gte, lt, lte",
        ("has a length of ", "does not have a length of "),
    ),
    declared(
        "present",
        Operand::Property(Property::Present),
        "true: there and not null, be it a blank text; false: absent or null",
        ("is present", "is absent"),
    ),
    declared(
        "empty",
        Operand::Property(Property::Empty),
        "true: absent, null, blank text, or without elements",
        ("is absent or empty", "is not empty"),
    ),
    declared(
        "any",
        Operand::Elements(Quantifier::Any),
        "at least one element of the list holds; a field of it is written `.name`",
        ("has an element that ", "has no element that "),
    ),
    declared(
        "every",
        Operand::Elements(Quantifier::Every),
        "every element of the list holds; a field of it is written `.name`",
        ("is a list of which every element ", "is not a list of which every element "),
    ),
    declared(
        "count",
        Operand::Count,
        "so many elements, or with `of` so many of which this holds; a number, a range, or a mapping of of, is, gt, gte, lt, lte",
        ("is a list with ", "is not a list with "),
    ),
    declared("not", Operand::Not, "the operators in it do not all hold", ("is not so that it ", "is so that it ")),
    declared(
        "found_in",
        Operand::Lookup,
        "the lookup of this name has a row under the value",
        ("is found in the lookup ", "is not found in the lookup "),
    ),
    declared(
        "within",
        Operand::Networks,
        "an address in one of these networks: `[10.20.0.0/14, 2001:db8::/32]`",
        ("is an address within ", "is not an address within "),
    )
    .negated_as("not_within", "no address in any of these networks"),
];

/// Behind `count`: what must hold of the elements that are counted.
pub const COUNTED: &str = "of";

/// What is written among operators and changes those beside it.
pub const IGNORE_CASE: (&str, &str) = ("ignore_case", "true: the operators beside it do not tell A from a");

impl Declared {
    /// Every operator, with each name and sentence it has.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static Declared)> {
        OPERATORS.iter().flat_map(|declared| {
            let negated = declared.negated.map(|(name, about)| (name, about, declared));
            [(declared.name, declared.about, declared)].into_iter().chain(negated)
        })
    }

    /// What may stand where an operator is written.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(|(name, ..)| name).chain([IGNORE_CASE.0])
    }

    /// The operator of this name, and whether the name is that of its opposite.
    #[must_use]
    pub fn named(name: &str) -> Option<(&'static Self, bool)> {
        Self::all().find(|(own, ..)| *own == name).map(|(own, _, declared)| (declared, own != declared.name))
    }

    /// The operator before which this stands.
    #[must_use]
    pub fn with(operand: Operand) -> Option<&'static Self> {
        OPERATORS.iter().find(|declared| declared.operand == operand)
    }
}

impl Operand {
    /// The types of JSON that it may have, as the schema says; any where there are none.
    #[must_use]
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Operand::Value(relation) => match relation.takes() {
                Takes::List => &["array", "string"],
                Takes::Value | Takes::Part | Takes::Number => &[],
            },
            Operand::Property(Property::Present | Property::Empty) => &["boolean"],
            Operand::Pattern | Operand::Lookup => &["string"],
            Operand::Length | Operand::Count => &["integer", "string", "object"],
            Operand::Networks => &["string", "array"],
            Operand::Property(Property::Over | Property::IsDate)
            | Operand::Date(_)
            | Operand::Elements(_)
            | Operand::Field
            | Operand::Not => &[],
        }
    }
}

impl Relation {
    /// What it compares with.
    #[must_use]
    pub fn takes(self) -> Takes {
        match self {
            Relation::Equal => Takes::Value,
            Relation::Member => Takes::List,
            Relation::Part(_) => Takes::Part,
            Relation::Order(_) => Takes::Number,
        }
    }

    /// Whether it holds of values that are equal to what is written, and of no others.
    #[must_use]
    pub fn is_equality(self) -> bool {
        match self {
            Relation::Equal | Relation::Member => true,
            Relation::Part(_) | Relation::Order(_) => false,
        }
    }

    /// Where the value must have what is written.
    #[must_use]
    pub fn part(self) -> Option<At> {
        match self {
            Relation::Part(at) => Some(at),
            Relation::Equal | Relation::Member | Relation::Order(_) => None,
        }
    }

    /// How numbers are compared.
    #[must_use]
    pub fn order(self) -> Option<Comparison> {
        match self {
            Relation::Order(comparison) => Some(comparison),
            Relation::Equal | Relation::Member | Relation::Part(_) => None,
        }
    }
}

impl At {
    /// Whether it says something of a list, too: that the list has such an element.
    #[must_use]
    pub fn is_of_lists(self) -> bool {
        match self {
            At::Anywhere => true,
            At::Start | At::End => false,
        }
    }
}

impl Property {
    /// Whether it is one of dates.
    #[must_use]
    pub fn is_of_dates(self) -> bool {
        match self {
            Property::Over | Property::IsDate => true,
            Property::Present | Property::Empty => false,
        }
    }
}
