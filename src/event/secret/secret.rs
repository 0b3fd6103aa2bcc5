//! Which values are secrets, by their names, and the type they have as soon as a body is read.

use std::sync::LazyLock;

use crate::event::nfc::{folded, same_in_any_case, taken_apart};
use crate::event::path::{Path, Root, Segment, canonical_field};

/// The target attribute by which a `policyMap` call asks for a password.
pub const PASSWORD_ATTRIBUTE: &str = "__PASSWORD__";

/// What is printed in a secret's place.
pub const HIDDEN: &str = "(hidden)";

/// What stands in the place of a secret that is not handed on, such as in a record. Read again it is a secret of which
/// nothing is known but that it is not blank. It begins with a control letter, so that nobody sends it.
pub const WITHHELD: &str = "\u{1}(secret)";
/// The same as JSON.
pub const WITHHELD_JSON: &str = r#""\u0001(secret)""#;

/// What was computed from such a secret: nothing is known of it, not even whether it is blank.
pub const UNKNOWN: &str = "\u{1}(computed from a secret)";

/// Names of fields that hold a secret wherever they stand; compared as [`SecretNames::has_key`] does.
const SECRET_KEYS: [&str; 18] = [
    "password",
    "passwords",
    "passwordText",
    "newPassword",
    "oldPassword",
    "currentPassword",
    "confirmPassword",
    "userPassword",
    "unicodePwd",
    "pwd",
    "passwd",
    "passcode",
    "passphrase",
    "otp",
    "securityQuestion",
    "securityQuestions",
    "securityAnswer",
    "securityAnswers",
];

static STANDARD: LazyLock<SecretNames> = LazyLock::new(SecretNames::default);

/// Whether a field of this name holds a secret wherever it stands (`passwordText`, `user.password`, `user_password`, …).
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    STANDARD.has_key(key)
}

/// Something that is never shown: it has no `Display` and no `Serialize`, and its `Debug` says only that it is hidden.
/// It is not deref'd, compared or printed by accident; [`Secret::expose`] is the one way to it.
#[derive(Clone, Copy)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value in plain. Who calls this answers for where it goes; a test lists the callers (tests/layout.rs).
    pub fn expose(self) -> T {
        self.0
    }

    /// The same without taking it.
    pub const fn expose_ref(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// What is kept secret: what always is, and what a tenant adds by names of fields and by paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretNames {
    keys: Vec<String>,
    paths: Vec<Path>,
    /// The letters and digits of all names, in small letters.
    letters: Vec<String>,
    ends: Ends,
}

impl Default for SecretNames {
    /// What always is secret.
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

impl SecretNames {
    /// What always is secret; fields of these names wherever they stand; and what stands at these paths
    /// (`user.nationalId`, `attr.PAN`, `request.form`). A name without a letter or digit names nothing.
    #[must_use]
    pub fn new(keys: Vec<String>, paths: Vec<Path>) -> Self {
        let names = SECRET_KEYS.into_iter().chain(keys.iter().map(String::as_str));
        let letters: Vec<String> = names.map(letters).filter(|letters| !letters.is_empty()).collect();
        let mut ends = Ends::default();
        letters.iter().for_each(|letters| ends.add(letters));
        Self { keys, paths, letters, ends }
    }

    /// What always is secret.
    #[must_use]
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// The names that the tenant adds.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The paths that the tenant adds.
    #[must_use]
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// Whether a field of this name is a secret wherever it stands. Letters and digits alone count, in any case:
    /// `newPassword`, `new_password` and `NEW PASSWORD` are one name.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        self.ends.may_have(key) && self.has_letters(key)
    }

    #[cold]
    fn has_letters(&self, key: &str) -> bool {
        if key.is_ascii() {
            let of_key = || key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
            return self.letters.iter().any(|known| of_key().eq(known.bytes()));
        }
        let key = letters(key);
        self.letters.contains(&key)
    }

    /// Whether the path leads to a secret or into one.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        self.has_key_in(path) || self.paths.iter().any(|secret| rest_of(secret, path).is_some())
    }

    /// Whether what stands at the path may be a secret, or have one in it at a place that the tenant names: because of a name
    /// or a path, or because it is the value of a pair or a form, of which only an event tells.
    #[must_use]
    pub fn may_have(&self, path: &Path) -> bool {
        let is_of_pair = |key: &str| Half::of(key) == Some(Half::Value);
        let is_form = |key: &str| FORMS.iter().any(|form| same_in_any_case(form, key));
        let is_form = path.root == Root::Request && path.keys().next().is_some_and(is_form);
        self.has(path) || is_form || path.keys().any(is_of_pair) || self.below(path).next().is_some()
    }

    /// Whether a step of the path is a secret's name.
    #[must_use]
    pub fn has_key_in(&self, path: &Path) -> bool {
        path.segments.iter().any(|segment| matches!(segment, Segment::Key(key) if self.has_key(key)))
    }

    /// Whether the user's field or custom attribute of this name is a secret, or the request's; the name may be a path, also
    /// with places in lists or with names in brackets.
    #[must_use]
    pub fn has_field(&self, name: &str) -> bool {
        let name = name.trim();
        let key = |key: &str| Segment::Key(key.into());
        let step = |step: &str| step.parse().map_or_else(|_| key(step), Segment::Index);
        let steps = name.split(['.', '[', ']']).map(|step| step.trim_matches(['"', '\'', ' ']));
        let is_root = |step: &str| ["user", "request"].iter().any(|root| step.eq_ignore_ascii_case(root));
        let steps = steps.filter(|step| !step.is_empty()).skip_while(|step| is_root(step));
        let steps: Vec<Segment> = steps.map(step).collect();
        let of = |root: &Root| {
            let whole = Path { root: root.clone(), segments: vec![key(name)] };
            let parts = Path { root: root.clone(), segments: steps.clone() };
            self.has(&whole) || self.has(&parts)
        };
        of(&Root::User) || of(&Root::Attr) || of(&Root::Request) || Path::read(name).is_ok_and(|path| self.has(&path))
    }

    /// Whether the value under such a key of a pair says that the pair's other half is a secret.
    #[must_use]
    pub fn names_one(&self, half: Half, name: &str) -> bool {
        match half {
            Half::Name => self.has_key(name),
            Half::Path => self.has_key(name) || self.has_field(name),
            Half::Value => false,
        }
    }

    /// The rest of each of the tenant's paths that leads through `path`.
    pub fn below(&self, path: &Path) -> impl Iterator<Item = Vec<Segment>> {
        self.paths.iter().filter_map(|secret| rest_of(path, secret)).filter(|rest| !rest.is_empty())
    }
}

/// The letters and digits of a name in small letters, which are what names of secrets are compared by.
fn letters(name: &str) -> String {
    // Letters that are other ones in another width or form, such as a long s, are those.
    folded(&taken_apart(name)).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Where a field is written as a pair, as in `{ name: pin, value: 1234 }`: what this key has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Name,
    /// A name that may be a path: SCIM's `path`, the platform's `cymmetrifield`.
    Path,
    Value,
}

/// The request's fields that are forms: one that comes as a text is a secret as a whole where it has one in it.
pub const FORMS: [&str; 3] = ["form", "formVariables", "formVeriables"];

/// The keys of such pairs in what forms, directories, SCIM and the platform's calls for mapped values send.
const HALVES: [(&str, Half); 20] = [
    ("id", Half::Name),
    ("key", Half::Name),
    ("name", Half::Name),
    ("label", Half::Name),
    ("field", Half::Name),
    ("fieldName", Half::Name),
    ("attribute", Half::Name),
    ("attributeName", Half::Name),
    ("targetAttribute", Half::Name),
    ("path", Half::Path),
    ("cymmetrifield", Half::Path),
    ("val", Half::Value),
    ("value", Half::Value),
    ("values", Half::Value),
    ("newValue", Half::Value),
    ("oldValue", Half::Value),
    ("defaultValue", Half::Value),
    ("attributeValue", Half::Value),
    ("formVeriable", Half::Value),
    ("formVariable", Half::Value),
];
/// The longest of those keys, in bytes.
const HALF_LIMIT_BYTES: usize = 15;
/// How those keys begin and end, each with how long they are, a bit for each pair: nearly all others are told apart by it, at
/// once.
const HALF_MARKS: (u128, u128) = {
    let (mut begins, mut ends, mut left) = (0, 0, HALVES.as_slice());
    while let [(key, _), rest @ ..] = left {
        if let ([first, ..], [.., last]) = (key.as_bytes(), key.as_bytes()) {
            begins |= half_mark(*first, key.len());
            ends |= half_mark(*last, key.len());
        }
        left = rest;
    }
    (begins, ends)
};

/// The same for small and capital letters.
const fn half_mark(letter: u8, length: usize) -> u128 {
    1 << (((letter & 7) as usize) << 4 | length)
}

impl Half {
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        let (first, last, length) = (*key.as_bytes().first()?, *key.as_bytes().last()?, key.len());
        let is_likely = length <= HALF_LIMIT_BYTES
            && HALF_MARKS.0 & half_mark(first, length) != 0
            && HALF_MARKS.1 & half_mark(last, length) != 0;
        if is_likely { Self::looked_up(key) } else { None }
    }

    #[cold]
    fn looked_up(key: &str) -> Option<Self> {
        HALVES.iter().find(|(known, _)| key.eq_ignore_ascii_case(known)).map(|(_, half)| *half)
    }

    /// Whether it says which field it is.
    #[must_use]
    pub fn is_name(self) -> bool {
        match self {
            Half::Name | Half::Path => true,
            Half::Value => false,
        }
    }
}

/// Which first and last letters names have: tells fastest that a field of a body is none of them, as most are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ends([u32; 28]);

impl Ends {
    /// A letter in either case, a digit, or (0) anything else, which may or may not count.
    fn class(byte: u8) -> u8 {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => byte & 31,
            b'0'..=b'9' => 27,
            _ => 0,
        }
    }

    fn classes(name: &str) -> (u8, u8) {
        let class = |byte: Option<&u8>| byte.copied().map_or(0, Self::class);
        (class(name.as_bytes().first()), class(name.as_bytes().last()))
    }

    fn add(&mut self, letters: &str) {
        let (first, last) = Self::classes(letters);
        self.0.get_mut(usize::from(first)).into_iter().for_each(|row| *row |= 1 << last);
    }

    fn may_have(&self, name: &str) -> bool {
        let (first, last) = Self::classes(name);
        first == 0 || last == 0 || self.0.get(usize::from(first)).is_some_and(|row| row >> last & 1 == 1)
    }
}

/// What is left of `path` behind `start`, where it leads through it; nothing is left of the same path.
///
/// `user.attributes.PAN` is `attr.PAN`, either spelling of the contract's odd names is the other, and an index that only one
/// of them has leads through a list: `user.cards[0].pin` is `user.cards.pin`.
fn rest_of(start: &Path, path: &Path) -> Option<Vec<Segment>> {
    let ((root, start), (other, path)) = (canonical(start), canonical(path));
    if root != other {
        return None;
    }
    let (mut start, mut path) = (start.as_slice(), path.as_slice());
    loop {
        (start, path) = match (start.split_first(), path.split_first()) {
            (None, _) => return Some(path.to_vec()),
            (Some((Segment::Index(a), start)), Some((Segment::Index(b), path))) if a == b => (start, path),
            (Some((Segment::Index(_), _)), Some((Segment::Index(_), _))) => return None,
            (_, Some((Segment::Index(_), path))) => (start, path),
            (Some((Segment::Index(_), start)), Some(_)) => (start, path),
            (Some((Segment::Key(a), start)), Some((Segment::Key(b), path))) if same_in_any_case(a, b) => (start, path),
            (Some((Segment::Key(_), _)), Some((Segment::Key(_), _))) | (Some(_), None) => return None,
        };
    }
}

fn canonical(path: &Path) -> (Root, Vec<Segment>) {
    match (&path.root, path.segments.split_first()) {
        (Root::Attr, _) => {
            let first = Segment::Key("attributes".into());
            (Root::User, std::iter::once(first).chain(path.segments.iter().cloned()).collect())
        }
        (Root::Request, Some((Segment::Key(key), rest))) => {
            let first = Segment::Key(canonical_field(key).into());
            (Root::Request, std::iter::once(first).chain(rest.iter().cloned()).collect())
        }
        (root, _) => (root.clone(), path.segments.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_of_a_pair_is_known_in_any_case_and_no_other() {
        for (key, half) in HALVES {
            assert!(key.len() <= HALF_LIMIT_BYTES);
            for spelling in [key.to_owned(), key.to_uppercase(), key.to_lowercase()] {
                assert_eq!(Half::of(&spelling), Some(half), "{spelling}");
            }
            assert_eq!(Half::of(&format!("{key}s")).is_some(), key == "value");
        }
        for key in ["", "x", "firstName", "a-name-that-is-much-longer-than-any", "näme"] {
            assert_eq!(Half::of(key), None, "{key}");
        }
    }

    #[test]
    fn most_names_are_told_apart_by_their_ends() {
        let ends = &SecretNames::standard().ends;
        assert!(SECRET_KEYS.iter().all(|key| ends.may_have(key) && ends.may_have(&key.to_uppercase())));
        assert!(["firstName", "mobile", "id", "7x"].iter().all(|key| !ends.may_have(key)));
    }

    #[test]
    fn a_path_may_have_a_secret_by_a_name_a_pair_a_form_or_a_path_of_the_tenant() {
        let path = |text: &str| Path::read(text).unwrap();
        let names = SecretNames::new(vec!["pin".to_owned()], vec![path("attr.PAN"), path("user.card.no")]);
        let may = "user user.password user.a.PIN.b user.a.value user.values[0] request.form request.FORMVARIABLES.x \
            request.formVeriable attr attr.PAN user.attributes.pan.x user.attributes user.card user.card[1].no attr.otp";
        let may_not = "user.login user.form user.attributes.OTHER user.card.name user.PAN attr.form request.action \
            request.x.form token.sub";
        for text in may.split_whitespace() {
            assert!(names.may_have(&path(text)), "{text}");
        }
        for text in may_not.split_whitespace() {
            assert!(!names.may_have(&path(text)), "{text}");
        }
    }
}
