//! Names people in the log by a keyed digest, so that lines about one person are found and say nobody's name.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, OnceLock};

use siphasher::sip::SipHasher24;

use crate::event::{folded, is_blank};

/// How the log names the person of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Person {
    /// As a digest, equal for equal names.
    #[default]
    Digest,
    Plain,
    /// Not at all.
    Off,
}

impl Person {
    /// Every way with the word that gateway.yaml uses for it.
    pub const ALL: [(&'static str, Person); 3] =
        [("digest", Person::Digest), ("plain", Person::Plain), ("off", Person::Off)];
}

/// What digests of names are made with. Whoever has it can try whether a digest is somebody's.
#[derive(Clone, Copy)]
pub struct PersonKey(SipHasher24);

impl PersonKey {
    /// A key that is kept elsewhere: digests are the same wherever it is used.
    #[must_use]
    pub fn new(key: [u8; 16]) -> Self {
        Self(SipHasher24::new_with_key(&key))
    }

    /// A key that nobody has but this process: digests are the same until it ends.
    #[must_use]
    pub fn random() -> Self {
        // The operating system's randomness, as every hash map of this process has it.
        let half = |of: u8| RandomState::new().hash_one(of);
        let (first, second) = (half(0), half(1));
        Self(SipHasher24::new_with_keys(first, second))
    }

    /// The digest of a name, SipHash-2-4 of 64 bits. Small and capital letters are one, as are both forms in which Unicode
    /// writes a letter; spaces around the name are no part of it.
    #[must_use]
    pub fn digest(&self, name: &str) -> u64 {
        self.0.hash(folded(name.trim()).as_bytes())
    }
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

/// How a log names people, and with which key: the first that it is given, or a random one once somebody is named before.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    shown: Person,
    key: Arc<OnceLock<PersonKey>>,
}

impl People {
    pub(super) fn new(shown: Person) -> Self {
        Self { shown, key: Arc::default() }
    }

    /// Whether the key is the one from now on; it is not where one is in use already.
    pub(super) fn set_key(&self, key: PersonKey) -> bool {
        self.key.set(key).is_ok()
    }

    /// What stands for this name.
    pub(super) fn shown(&self, name: &str) -> Shown {
        match self.shown {
            Person::Off => Shown::Nothing,
            Person::Digest if !is_blank(name) => Shown::Digest(self.key.get_or_init(PersonKey::random).digest(name)),
            Person::Digest | Person::Plain => Shown::Name,
        }
    }
}

/// What stands in a line for a name.
pub(super) enum Shown {
    Nothing,
    Name,
    Digest(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the authors' own list: the key 00 01 … 0f, and the texts "" and 00 01 … 0e (the paper on it, appendix A).
    #[test]
    fn digests_are_those_of_siphash_2_4() {
        let key = PersonKey::new(std::array::from_fn(|n| u8::try_from(n).unwrap()));
        assert_eq!(key.digest(""), 0x726f_db47_dd0e_0e31);
        assert_eq!(key.0.hash(&std::array::from_fn::<u8, 15, _>(|n| u8::try_from(n).unwrap())), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn one_name_is_one_digest_however_it_is_written() {
        let key = PersonKey::new([7; 16]);
        for other in ["Asha.Rao", " asha.rao\t", "ASHA.RAO"] {
            assert_eq!(key.digest(other), key.digest("asha.rao"), "{other:?}");
        }
        assert_eq!(key.digest("Zoe\u{308}"), key.digest("zoë"));
        assert_ne!(key.digest("asha.rau"), key.digest("asha.rao"));
        assert_ne!(PersonKey::new([8; 16]).digest("asha.rao"), key.digest("asha.rao"));
        assert_ne!(PersonKey::random().digest("asha.rao"), PersonKey::random().digest("asha.rao"));
    }

    #[test]
    fn the_key_that_names_the_first_person_stays() {
        let digest = |people: &People| match people.shown("asha") {
            Shown::Digest(digest) => digest,
            Shown::Nothing | Shown::Name => unreachable!(),
        };
        let (given, late) = (People::new(Person::Digest), People::new(Person::Digest));
        assert!(given.set_key(PersonKey::new([7; 16])));
        assert_eq!(digest(&given), PersonKey::new([7; 16]).digest("asha"));
        let before = digest(&late);
        assert!(!late.set_key(PersonKey::new([7; 16])));
        assert_eq!(digest(&late), before);
    }
}
