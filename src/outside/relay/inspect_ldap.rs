//! Inspects messages of a directory: elements of BER (RFC 4511, section 5.1), with limits of length and depth.
//!
//! What the library would misread is refused: elements without a length, tags of several octets (LDAP has none), and
//! elements that are longer than the element they stand in.

use super::excess::Excess;
use super::limits::{MESSAGE_LIMIT_BYTES, within};

/// Deepest nesting. An entry has six levels, one with controls a few more.
const DEPTH_LIMIT: usize = 16;
/// The tag of a message: a sequence.
const SEQUENCE: u8 = 0x30;
/// The tag of its first element, the number of the request.
const INTEGER: u8 = 0x02;
/// The bit of a tag that says that elements stand inside.
const CONSTRUCTED: u8 = 0x20;
/// The bits of a tag that are all set where the number of the tag follows.
const LONG_TAG: u8 = 0x1f;

/// Where in an element the next byte stands.
#[derive(Clone, Copy, Debug)]
enum At {
    Tag,
    Length { tag: u8 },
    Octets { tag: u8, left: u8, length: usize },
    Content { left: usize },
}

/// Follows the messages of a directory.
#[derive(Debug)]
pub(super) struct Ldap {
    at: At,
    /// How many bytes are left of each element that the next byte stands in, outermost first.
    open: Vec<usize>,
    /// How many elements the message has had.
    parts: usize,
    /// Whether the message's number is zero so far: it answers no request.
    is_unasked: bool,
    /// Whether a whole message has come.
    is_in: bool,
}

impl Ldap {
    pub(super) fn new() -> Self {
        Self { at: At::Tag, open: Vec::new(), parts: 0, is_unasked: false, is_in: false }
    }

    /// How many elements begin in `bytes`.
    pub(super) fn look(&mut self, mut bytes: &[u8]) -> Result<usize, Excess> {
        let mut elements = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = match self.at {
                At::Content { left } => {
                    let (taken, behind) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
                    if self.open.len() == 1 && self.parts == 1 {
                        self.is_unasked &= taken.iter().all(|byte| *byte == 0);
                    }
                    self.content(left - taken.len())?;
                    behind
                }
                At::Tag => {
                    self.tag(byte)?;
                    elements += 1;
                    rest
                }
                At::Length { tag } => {
                    self.length(tag, byte)?;
                    rest
                }
                At::Octets { tag, left, length } => {
                    self.spend()?;
                    let length = length << 8 | usize::from(byte);
                    match left {
                        1 => self.begin(tag, length)?,
                        _ => self.at = At::Octets { tag, left: left - 1, length },
                    }
                    rest
                }
            };
        }
        Ok(elements)
    }

    fn tag(&mut self, tag: u8) -> Result<(), Excess> {
        self.spend()?;
        if self.open.is_empty() && tag != SEQUENCE {
            return Err(Excess::Malformed { why: "a message of LDAP is a sequence" });
        }
        if tag & LONG_TAG == LONG_TAG {
            return Err(Excess::Malformed { why: "LDAP has no tag of several octets" });
        }
        self.at = At::Length { tag };
        Ok(())
    }

    fn length(&mut self, tag: u8, byte: u8) -> Result<(), Excess> {
        self.spend()?;
        match byte {
            0..=0x7f => self.begin(tag, byte.into()),
            0x81..=0x84 => {
                self.at = At::Octets { tag, left: byte - 0x80, length: 0 };
                Ok(())
            }
            _ => Err(Excess::Malformed { why: "the length of an element is none that LDAP has" }),
        }
    }

    /// A byte of a head counts for what the element stands in.
    fn spend(&mut self) -> Result<(), Excess> {
        self.take(1)
    }

    fn take(&mut self, bytes: usize) -> Result<(), Excess> {
        if let Some(left) = self.open.last_mut() {
            let why = "an element is longer than what it stands in";
            *left = left.checked_sub(bytes).ok_or(Excess::Malformed { why })?;
        }
        Ok(())
    }

    /// The head of an element is complete.
    fn begin(&mut self, tag: u8, length: usize) -> Result<(), Excess> {
        match self.open.len() {
            0 => {
                within(length, MESSAGE_LIMIT_BYTES)
                    .map_err(|long| if self.is_in { long } else { Excess::Early { bytes: length } })?;
                (self.parts, self.is_unasked) = (0, true);
            }
            1 => self.part(tag)?,
            _ => {}
        }
        self.take(length)?;
        if tag & CONSTRUCTED == 0 {
            return self.content(length);
        }
        if self.open.len() >= DEPTH_LIMIT {
            return Err(Excess::Deep { limit: DEPTH_LIMIT });
        }
        self.open.push(length);
        self.at = At::Tag;
        self.end()
    }

    /// What a message consists of: a number, an operation, perhaps controls.
    fn part(&mut self, tag: u8) -> Result<(), Excess> {
        let is_one = match self.parts {
            0 => tag == INTEGER,
            // Of the class that the application has given tags to.
            1 => tag & 0xc0 == 0x40,
            _ => true,
        };
        self.parts += 1;
        // Such a message has one meaning (RFC 4511, 4.4.1, "Notice of Disconnection").
        if is_one && self.parts == 2 && self.is_unasked {
            return Err(Excess::Ended);
        }
        if is_one { Ok(()) } else { Err(Excess::Malformed { why: "a message of LDAP is a number and an operation" }) }
    }

    fn content(&mut self, left: usize) -> Result<(), Excess> {
        self.at = if left == 0 { At::Tag } else { At::Content { left } };
        if left == 0 { self.end() } else { Ok(()) }
    }

    /// Leaves the elements that end here.
    fn end(&mut self) -> Result<(), Excess> {
        while self.open.last() == Some(&0) {
            self.open.pop();
            self.is_in |= self.open.is_empty();
            if self.open.is_empty() && self.parts < 2 {
                return Err(Excess::Malformed { why: "a message of LDAP is a number and an operation" });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of bytes, which must not depend on how they are cut.
    fn looked(bytes: &[u8]) -> Result<usize, Excess> {
        let whole = Ldap::new().look(bytes);
        let mut ldap = Ldap::new();
        let single: Result<usize, Excess> = bytes.chunks(1).map(|byte| ldap.look(byte)).sum();
        assert_eq!(whole, single);
        whole
    }

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84], &length[..], content].concat()
    }

    fn message(operation: &[u8]) -> Vec<u8> {
        element(0x30, &[&[2, 1, 1], operation].concat())
    }

    #[test]
    fn what_directories_send_passes_one_message_after_the_other() {
        let done = [0x30, 12, 2, 1, 1, 0x65, 7, 10, 1, 0, 4, 0, 4, 0];
        assert_eq!(looked(&done.repeat(3)), Ok(18));
        let attribute = element(0x30, &[element(4, b"cn"), element(0x31, &element(4, &[b'x'; 300]))].concat());
        let entry = element(0x64, &[element(4, b"dc=corp"), element(0x30, &attribute)].concat());
        assert_eq!(looked(&[message(&entry), done.to_vec()].concat()), Ok(15));
    }

    #[test]
    fn a_directory_that_says_goodbye_has_ended_the_connection() {
        let operation = element(0x78, &[10, 1, 52, 4, 0, 4, 0]);
        // As Active Directory says it: the name of it stands outside of the operation.
        let goodbye = |number: &[u8]| element(0x30, &[number, &operation, &element(0x8a, b"1.3")].concat());
        for number in [&[2, 1, 0][..], &[2, 2, 0, 0]] {
            assert_eq!(looked(&goodbye(number)), Err(Excess::Ended));
        }
        for number in [&[2, 1, 1][..], &[2, 2, 1, 0], &[2, 2, 0, 1]] {
            assert!(looked(&goodbye(number)).is_ok());
        }
    }

    #[test]
    fn nesting_has_an_end_however_the_lengths_are_written() {
        let nested = |levels: usize| (0..levels).fold(Vec::new(), |inner, _| element(0x30, &inner));
        assert!(looked(&message(&element(0x64, &nested(DEPTH_LIMIT - 2)))).is_ok());
        for levels in [DEPTH_LIMIT - 1, 1_000] {
            assert_eq!(looked(&message(&element(0x64, &nested(levels)))), Err(Excess::Deep { limit: DEPTH_LIMIT }));
        }
        assert!(looked(&[0x30, 0x80].repeat(24_000)).is_err());
    }

    #[test]
    fn a_length_is_judged_before_its_content_comes() {
        for length in [MESSAGE_LIMIT_BYTES + 1, 1 << 30, 0xffff_ffff] {
            let head = [&[0x30, 0x84], &u32::try_from(length).unwrap().to_be_bytes()[..]].concat();
            assert_eq!(looked(&head), Err(Excess::Early { bytes: length }));
            let later = [&[0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0][..], &head].concat();
            assert_eq!(looked(&later), Err(Excess::Long { bytes: length, limit: MESSAGE_LIMIT_BYTES }));
        }
    }

    #[test]
    fn what_two_readers_could_read_in_two_ways_is_refused() {
        for bytes in [
            // No sequence; a tag of several octets; no length; one of nine octets, of which the library drops the first.
            &b"HTTP/1.1 400"[..],
            &[0x30, 4, 2, 1, 1, 0x7f],
            &[0x30, 0x80],
            &[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 2],
            // Longer than what it stands in, head or content.
            &[0x30, 5, 2, 1, 1, 0x65, 7],
            &[0x30, 4, 2, 1, 1, 0x65, 7],
            &[0x30, 6, 2, 1, 1, 0x65, 0x82, 1, 0],
            // Too little, or something else than a number and an operation.
            &[0x30, 0],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 5, 4, 1, 1, 0x65, 0],
            &[0x30, 5, 2, 1, 1, 0x8a, 0],
        ] {
            assert!(matches!(looked(bytes), Err(Excess::Malformed { .. })), "{bytes:x?}: {:?}", looked(bytes));
        }
    }
}
