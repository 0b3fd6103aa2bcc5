//! Finds the end of a body: after its length, or after its last chunk (RFC 9112, section 7.1).

use crate::server::request::Refusal;

/// Most bytes of chunk extensions and trailers of one body. Nobody needs them; they are passed over.
const EXTRAS_LIMIT_BYTES: usize = 16 * 1024;
/// Hexadecimal digits of a number of 64 bits.
const SIZE_DIGITS: u8 = 16;

/// What is left of a body.
#[derive(Debug)]
pub enum Left {
    Length(u64),
    Chunks(Chunks),
}

/// A body in chunks on its way.
#[derive(Debug)]
pub struct Chunks {
    at: At,
    extras: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// In the size of a chunk, of which so many digits have come.
    Size {
        size: u64,
        digits: u8,
    },
    /// Behind the size, where nothing counts.
    Extension {
        size: u64,
    },
    /// Before the line feed behind the size.
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataReturn,
    DataEnd,
    /// At the beginning of a line behind the last chunk.
    Trailer,
    TrailerLine,
    TrailerLineEnd,
    /// Before the line feed that ends all.
    End,
    Over,
}

impl Left {
    pub fn length(bytes: u64) -> Self {
        Left::Length(bytes)
    }

    pub fn chunks() -> Self {
        Left::Chunks(Chunks { at: At::Size { size: 0, digits: 0 }, extras: 0 })
    }

    /// Whether all of it was taken.
    pub fn is_over(&self) -> bool {
        match self {
            Left::Length(left) => *left == 0,
            Left::Chunks(chunks) => chunks.at == At::Over,
        }
    }

    /// Takes what belongs to the body from the beginning of `bytes`; how many bytes these are.
    ///
    /// # Errors
    /// When chunks are malformed, or `into` has enough.
    pub fn take(&mut self, bytes: &[u8], into: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>) -> Result<usize, Refusal> {
        match self {
            Left::Length(left) => {
                let taken = within(*left, bytes);
                into(taken)?;
                *left -= taken.len() as u64;
                Ok(taken.len())
            }
            Left::Chunks(chunks) => {
                let mut at = 0;
                while let (Some(rest), false) = (bytes.get(at..).filter(|rest| !rest.is_empty()), chunks.at == At::Over)
                {
                    at += chunks.step(rest, into)?;
                }
                Ok(at)
            }
        }
    }
}

/// As many of the bytes as there may be.
fn within(left: u64, bytes: &[u8]) -> &[u8] {
    usize::try_from(left).ok().and_then(|left| bytes.get(..left)).unwrap_or(bytes)
}

impl Chunks {
    /// Takes one byte, or what is there of a chunk's data.
    fn step(&mut self, rest: &[u8], into: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>) -> Result<usize, Refusal> {
        if let At::Data { left } = self.at {
            let data = within(left, rest);
            into(data)?;
            let left = left - data.len() as u64;
            self.at = if left == 0 { At::DataReturn } else { At::Data { left } };
            return Ok(data.len());
        }
        let byte = rest.first().copied().unwrap_or_default();
        self.at = self.after(byte).ok_or(Refusal::BodyBroken)?;
        if matches!(self.at, At::Extension { .. } | At::TrailerLine) {
            self.extras += 1;
        }
        if self.extras > EXTRAS_LIMIT_BYTES { Err(Refusal::BodyBroken) } else { Ok(1) }
    }

    /// Where the byte leads; none where it cannot stand.
    fn after(&self, byte: u8) -> Option<At> {
        match (self.at, byte) {
            (At::Size { size, digits: 1.. } | At::Extension { size }, b'\r') => Some(At::SizeEnd { size }),
            // An extension has anything in it but the end of a line alone.
            (At::Size { size, digits: 1.. }, b';' | b' ' | b'\t') | (At::Extension { size }, _) if byte != b'\n' => {
                Some(At::Extension { size })
            }
            (At::Size { size, digits }, digit) if digits < SIZE_DIGITS => {
                let digit = char::from(digit).to_digit(16)?;
                Some(At::Size { size: size << 4 | u64::from(digit), digits: digits + 1 })
            }
            (At::SizeEnd { size: 0 } | At::TrailerLineEnd, b'\n') => Some(At::Trailer),
            (At::SizeEnd { size }, b'\n') => Some(At::Data { left: size }),
            (At::DataReturn, b'\r') => Some(At::DataEnd),
            (At::DataEnd, b'\n') => Some(At::Size { size: 0, digits: 0 }),
            (At::Trailer, b'\r') => Some(At::End),
            (At::TrailerLine, b'\r') => Some(At::TrailerLineEnd),
            (At::Trailer | At::TrailerLine, other) if other != b'\n' => Some(At::TrailerLine),
            (At::End, b'\n') => Some(At::Over),
            (
                At::Size { .. }
                | At::Extension { .. }
                | At::SizeEnd { .. }
                | At::Data { .. }
                | At::DataReturn
                | At::DataEnd
                | At::Trailer
                | At::TrailerLine
                | At::TrailerLineEnd
                | At::End
                | At::Over,
                _,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body in chunks comes to when its bytes come in pieces of this size, and how many were its own.
    fn read(bytes: &[u8], piece: usize) -> Result<(Vec<u8>, usize), Refusal> {
        let (mut left, mut body, mut taken) = (Left::chunks(), Vec::new(), 0);
        for piece in bytes.chunks(piece) {
            taken += left.take(piece, &mut |data| {
                body.extend_from_slice(data);
                Ok(())
            })?;
            if left.is_over() {
                return Ok((body, taken));
            }
        }
        Err(Refusal::BodyTooSlow)
    }

    #[test]
    fn chunks_are_one_body_however_their_bytes_come() {
        for (bytes, body) in [
            (&b"3\r\nabc\r\n0\r\n\r\nPOST"[..], &b"abc"[..]),
            (b"1;a=\"b\"\r\na\r\n0002 \r\nbc\r\n000;x\r\n\r\n", b"abc"),
            (b"A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n", b"0123456789"),
            (b"0\r\n\r\n0\r\n\r\n", b""),
            (b"00000000000000003\r\nabc", b""),
        ] {
            let whole = read(bytes, bytes.len());
            assert!((1..bytes.len()).all(|piece| read(bytes, piece) == whole), "{}", bytes.escape_ascii());
            match whole {
                Ok((read, taken)) => {
                    assert_eq!(read, body);
                    assert!(bytes[..taken].ends_with(b"\r\n\r\n"));
                }
                Err(refusal) => assert_eq!((refusal, body), (Refusal::BodyBroken, &b""[..])),
            }
        }
    }

    #[test]
    fn what_is_no_chunk_is_refused_and_extras_have_an_end() {
        let long = [b"1;".to_vec(), vec![b'x'; EXTRAS_LIMIT_BYTES]].concat();
        let trailers = [b"0\r\n".to_vec(), b"X: 1\r\n".repeat(EXTRAS_LIMIT_BYTES / 2)].concat();
        for bytes in [
            &b"\r\n"[..],
            b";\r\n",
            b" 1\r\n",
            b"+1\r\n",
            b"0x1\r\n",
            b"1\n",
            b"1;a\n",
            b"1;a\rb",
            b"1\r\nab",
            b"1\r\na\n",
            b"0\r\n\n",
            b"0\r\nX\n",
            b"0\r\nX\rY",
            b"0\r\n\rX",
            b"fffffffffffffffff\r\n",
            &long,
            &trailers,
        ] {
            assert_eq!(read(bytes, 7), Err(Refusal::BodyBroken), "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
    }

    #[test]
    fn a_length_takes_its_bytes_and_no_more() {
        let mut left = Left::length(5);
        assert_eq!(left.take(b"abc", &mut |_| Ok(())), Ok(3));
        assert!(!left.is_over());
        assert_eq!(left.take(b"defgh", &mut |_| Ok(())), Ok(2));
        assert!(left.is_over());
    }
}
