//! Inspects packets of MySQL and MariaDB: a length of three bytes, a number, contents (MySQL's "Protocol Basics").
//!
//! The library allocates as many columns as an answer announces, before one of them comes. The announcement is at the
//! beginning of a packet, a number whose first byte says how long it is. In the answers that hookgate asks for (rows
//! in binary, which begin with a zero) nothing else begins with these bytes except the end of an answer, which is
//! short.

use super::excess::Excess;
use super::limits::within_login;

/// Bytes of a head.
const HEAD_BYTES: usize = 4;
/// How many bytes of a packet are looked at.
const FIRST_BYTES: usize = 3;
/// Most columns that a table can have (MySQL's manual, "Limits on Table Column Count").
const COLUMNS_LIMIT: usize = 4_096;
/// The first byte of a greeting: the version of the protocol, of old servers and others, or an error's.
const GREETINGS: [u8; 3] = [9, 10, 0xff];
/// The first byte of a number of two, three and eight bytes.
const TWO: u8 = 0xfc;
const THREE: u8 = 0xfd;
const EIGHT: u8 = 0xfe;
/// The length of a packet from which on `EIGHT` begins no end of an answer, in bytes.
const NO_END_BYTES: usize = 9;

/// Follows the packets of a server.
#[derive(Debug, Default)]
pub(super) struct MySql {
    head: [u8; HEAD_BYTES],
    /// How many bytes of the head are there.
    filled: usize,
    /// The first bytes of the packet.
    first: Vec<u8>,
    length: usize,
    /// How many bytes of the packet are to come.
    left: usize,
    /// Whether the server has greeted us.
    is_greeted: bool,
    /// Whether we are logged in: the first packet that begins with a zero says so.
    is_in: bool,
}

impl MySql {
    /// How many packets begin in `bytes`.
    pub(super) fn look(&mut self, mut bytes: &[u8]) -> Result<usize, Excess> {
        let mut packets = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.left == 0 {
                packets += usize::from(self.head(byte)?);
                bytes = rest;
                continue;
            }
            let (taken, after) = bytes.split_at_checked(self.left).unwrap_or((bytes, &[]));
            self.content(taken)?;
            bytes = after;
        }
        Ok(packets)
    }

    /// Whether the head is complete with this byte.
    fn head(&mut self, byte: u8) -> Result<bool, Excess> {
        if let Some(place) = self.head.get_mut(self.filled) {
            *place = byte;
        }
        self.filled += 1;
        if self.filled < HEAD_BYTES {
            return Ok(false);
        }
        let [low, middle, high, _] = self.head;
        let length = u32::from_le_bytes([low, middle, high, 0]);
        self.length = within_login(usize::try_from(length).unwrap_or(usize::MAX), self.is_in)?;
        (self.left, self.filled) = (self.length, 0);
        self.first.clear();
        Ok(true)
    }

    fn content(&mut self, bytes: &[u8]) -> Result<(), Excess> {
        let wanted = FIRST_BYTES.min(self.length);
        let missing = wanted - self.first.len();
        self.first.extend(bytes.iter().take(missing));
        self.left -= bytes.len();
        if missing > 0 && self.first.len() == wanted { self.judge() } else { Ok(()) }
    }

    fn judge(&mut self) -> Result<(), Excess> {
        let is_first = !std::mem::replace(&mut self.is_greeted, true);
        if is_first && !self.first.first().is_some_and(|version| GREETINGS.contains(version)) {
            return Err(Excess::Malformed { why: "no greeting of MySQL begins so" });
        }
        let many = Err(Excess::Many { what: "columns", limit: COLUMNS_LIMIT });
        match *self.first.as_slice() {
            [0, ..] => self.is_in = true,
            // The server may ask for another way of logging in.
            _ if !self.is_in => {}
            [TWO, low, high] if usize::from(u16::from_le_bytes([low, high])) > COLUMNS_LIMIT => return many,
            [THREE, ..] => return many,
            [EIGHT, ..] if self.length >= NO_END_BYTES => return many,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(bytes: &[u8]) -> Result<usize, Excess> {
        let whole = MySql::default().look(bytes);
        let mut mysql = MySql::default();
        let single: Result<usize, Excess> = bytes.chunks(1).map(|byte| mysql.look(byte)).sum();
        assert_eq!(whole, single);
        whole
    }

    fn packet(content: &[u8]) -> Vec<u8> {
        let [low, middle, high, _] = u32::try_from(content.len()).unwrap().to_le_bytes();
        [&[low, middle, high, 0], content].concat()
    }

    const GREETING: &[u8] = b"\x0a8.0.0\0";
    const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

    fn answered(answer: &[u8]) -> Result<usize, Excess> {
        looked(&[packet(GREETING), packet(OK), packet(answer)].concat())
    }

    #[test]
    fn columns_have_the_limit_that_a_table_has() {
        for well in [&[1][..], &[250], &[TWO, 0, 0x10], &[EIGHT, 0, 0, 2, 0, 0, 0], &[0; 40], &[0xff; 20], &[]] {
            assert_eq!(answered(well), Ok(3), "{well:x?}");
        }
        let two_to_the_33 = [&[EIGHT][..], &(1_u64 << 33).to_le_bytes()].concat();
        for many in
            [&two_to_the_33[..], &[TWO, 1, 0x10], &[TWO, 0xff, 0xff], &[THREE, 1, 0, 0], &[EIGHT; 9], &[EIGHT; 99]]
        {
            assert_eq!(answered(many), Err(Excess::Many { what: "columns", limit: COLUMNS_LIMIT }), "{many:x?}");
        }
    }

    #[test]
    fn another_way_of_logging_in_passes_before_we_are_in_and_not_after() {
        let switch = packet(b"\xfemysql_native_password\0aaaaaaaaaaaaaaaaaaaa\0");
        assert_eq!(looked(&[packet(GREETING), switch.clone(), packet(OK)].concat()), Ok(3));
        assert!(looked(&[packet(GREETING), packet(OK), switch].concat()).is_err());
    }

    #[test]
    fn a_length_is_judged_before_its_content_comes() {
        let begun = [packet(GREETING), packet(OK)].concat();
        let behind = |head: [u8; 4]| looked(&[&begun[..], &head].concat());
        assert_eq!(behind([0, 0, 0x80, 1]), Ok(3));
        for head in [[1, 0, 0x80, 1], [0xff, 0xff, 0xff, 1]] {
            assert!(matches!(behind(head), Err(Excess::Long { .. })));
            assert!(matches!(looked(&[head[0], head[1], head[2], 0]), Err(Excess::Early { .. })));
        }
    }

    /// What other programs say first is told as that, and not as a large answer.
    #[test]
    fn what_is_no_greeting_is_told_at_its_first_bytes() {
        for greeting in ["SSH-2.0-x\r\n", "HTTP/1.1 400 Bad Request\r\n", "220 mail.example ESMTP\r\n", "+OK\r\n"] {
            let told = looked(greeting.as_bytes()).unwrap_err();
            assert!(!told.is_of_answer() && told.help().contains("which program"), "{greeting:?}: {told}");
        }
    }
}
