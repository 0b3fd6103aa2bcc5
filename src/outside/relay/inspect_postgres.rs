//! Inspects messages of PostgreSQL: a letter, and a length of four bytes that counts itself ("Message Formats").

use super::excess::Excess;
use super::limits::{passed_over, within_login};

/// Bytes of a head.
const HEAD_BYTES: usize = 5;
/// The letter of a message that tells a setting of the session; the library keeps them all.
const SETTING: u8 = b'S';
/// The letter of the message by which the server says that it waits for a question: we are in.
const READY: u8 = b'Z';
/// The letters with which messages begin before that: of logging in, settings, the key for an end, notices and errors.
const EARLY: &[u8] = b"RSKNEv";
/// Most of these over one connection. A server tells about fifteen, and each again when it changes.
const SETTINGS_LIMIT: usize = 1_000;

/// Follows the messages of a server.
#[derive(Debug, Default)]
pub(super) struct Postgres {
    head: [u8; HEAD_BYTES],
    /// How many bytes of the head are there.
    filled: usize,
    /// How many bytes of the message are to come.
    left: usize,
    settings: usize,
    is_in: bool,
}

impl Postgres {
    /// How many messages begin in `bytes`.
    pub(super) fn look(&mut self, mut bytes: &[u8]) -> Result<usize, Excess> {
        let mut messages = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.left > 0 {
                bytes = passed_over(&mut self.left, bytes);
                continue;
            }
            if let Some(place) = self.head.get_mut(self.filled) {
                *place = byte;
            }
            self.filled += 1;
            bytes = rest;
            if self.filled == HEAD_BYTES {
                self.begin()?;
                messages += 1;
            }
        }
        Ok(messages)
    }

    fn begin(&mut self) -> Result<(), Excess> {
        let [letter, length @ ..] = self.head;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        let content = length.checked_sub(HEAD_BYTES - 1);
        self.left = content.ok_or(Excess::Malformed { why: "a message is shorter than its own length" })?;
        within_login(length, self.is_in)?;
        self.is_in |= letter == READY;
        if !self.is_in && !EARLY.contains(&letter) {
            return Err(Excess::Malformed { why: "no login to PostgreSQL begins so" });
        }
        self.filled = 0;
        if letter == SETTING {
            self.settings += 1;
        }
        if self.settings > SETTINGS_LIMIT {
            return Err(Excess::Many { what: "settings", limit: SETTINGS_LIMIT });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(bytes: &[u8]) -> Result<usize, Excess> {
        let whole = Postgres::default().look(bytes);
        let mut postgres = Postgres::default();
        let single: Result<usize, Excess> = bytes.chunks(1).map(|byte| postgres.look(byte)).sum();
        assert_eq!(whole, single);
        whole
    }

    #[test]
    fn messages_pass_up_to_their_limit() {
        assert_eq!(looked(b"Z\0\0\0\x05I1\0\0\0\x04D\0\0\0\x06\0\0"), Ok(3));
        let row = |length: u32| [&b"Z\0\0\0\x05ID"[..], &length.to_be_bytes()].concat();
        assert_eq!(looked(&row(8 << 20)), Ok(2));
        for length in [(8 << 20) + 1, 1 << 30, u32::MAX] {
            let told = looked(&row(length));
            assert_eq!(
                told,
                Err(Excess::Long { bytes: length as usize, limit: super::super::limits::MESSAGE_LIMIT_BYTES })
            );
        }
        for length in 0..4 {
            assert!(matches!(looked(&row(length)), Err(Excess::Malformed { .. })));
        }
    }

    /// What other programs say first is told as that, and not as a large answer.
    #[test]
    fn before_the_login_messages_are_short_and_of_few_kinds() {
        for greeting in [
            "SSH-2.0-x\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "220 mail.example ESMTP\r\n",
            "R\x7f\0\0\0",
            "+OK\r\n\0\0",
        ] {
            let told = looked(greeting.as_bytes()).unwrap_err();
            assert!(!told.is_of_answer() && told.help().contains("which program"), "{greeting:?}: {told}");
        }
        assert!(matches!(looked(b"D\0\0\0\x06\0\0"), Err(Excess::Malformed { .. })));
        assert_eq!(looked(b"R\0\0\0\x08\0\0\0\0S\0\0\0\x08ab\0\0K\0\0\0\x04Z\0\0\0\x05I"), Ok(4));
    }

    #[test]
    fn settings_of_a_session_have_an_end() {
        let setting = b"S\0\0\0\x08ab\0\0";
        assert_eq!(looked(&setting.repeat(SETTINGS_LIMIT)), Ok(SETTINGS_LIMIT));
        assert!(matches!(looked(&setting.repeat(SETTINGS_LIMIT + 1)), Err(Excess::Many { .. })));
    }
}
