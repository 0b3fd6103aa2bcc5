//! Inspects what a NATS server sends: lines, some followed by as many bytes as they say ("Client Protocol").

use super::excess::Excess;
use super::limits::{passed_over, within};

/// Longest line, in bytes: of a server's `INFO` in a large cluster.
pub(super) const LINE_LIMIT_BYTES: usize = 64 << 10;
/// Longest message, in bytes. Acknowledgements are short; names of streams are told a page at a time.
pub(super) const PAYLOAD_LIMIT_BYTES: usize = 1 << 20;
/// The end of a line, and of a message.
const END: &[u8] = b"\r\n";
/// How an error begins; the library takes for granted that something follows.
const ERROR: &str = "-ERR ";

/// Follows what a server says.
#[derive(Debug, Default)]
pub(super) struct Nats {
    line: Vec<u8>,
    /// How many bytes of a message are to come, its end included.
    left: usize,
}

impl Nats {
    /// How many lines end in `bytes`.
    pub(super) fn look(&mut self, mut bytes: &[u8]) -> Result<usize, Excess> {
        let mut lines = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.left > 0 {
                bytes = passed_over(&mut self.left, bytes);
                continue;
            }
            self.line.push(byte);
            bytes = rest;
            if self.line.ends_with(END) {
                self.left = payload(&std::mem::take(&mut self.line))?;
                lines += 1;
            }
            if self.line.len() > LINE_LIMIT_BYTES {
                return Err(Excess::Malformed { why: "a line of NATS has an end" });
            }
        }
        Ok(lines)
    }
}

/// How many bytes follow a line.
fn payload(line: &[u8]) -> Result<usize, Excess> {
    let unreadable = Excess::Malformed { why: "no line of NATS" };
    let line = std::str::from_utf8(line).map_err(|_| unreadable)?;
    if line.starts_with("-ERR") && !line.starts_with(ERROR) {
        return Err(unreadable);
    }
    if !line.starts_with("MSG ") && !line.starts_with("HMSG ") {
        return Ok(0);
    }
    let length: u64 = line.split_whitespace().next_back().and_then(|last| last.parse().ok()).ok_or(unreadable)?;
    Ok(within(usize::try_from(length).unwrap_or(usize::MAX), PAYLOAD_LIMIT_BYTES)? + END.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(text: &str) -> Result<usize, Excess> {
        let whole = Nats::default().look(text.as_bytes());
        let mut nats = Nats::default();
        let single: Result<usize, Excess> = text.as_bytes().chunks(1).map(|byte| nats.look(byte)).sum();
        assert_eq!(whole, single);
        whole
    }

    #[test]
    fn lines_and_messages_pass_up_to_their_limit() {
        let well = "INFO {}\r\nPING\r\nMSG a 1 10\r\nMSG b 1 \r\n\r\nHMSG a 1 b 12 14\r\nNATS/1.0\r\n\r\n{}\r\n+OK\r\n";
        assert_eq!(looked(well), Ok(5));
        assert_eq!(looked("-ERR 'Authorization Violation'\r\n"), Ok(1));
        for length in ["1048577", "18446744073709551615"] {
            assert!(matches!(looked(&format!("MSG a 1 {length}\r\n")), Err(Excess::Long { .. })));
            assert!(matches!(looked(&format!("HMSG a 1 12 {length}\r\n")), Err(Excess::Long { .. })));
        }
        for wrong in ["MSG a 1 x\r\n", "MSG a 1 18446744073709551616\r\n", "MSG a 1 -1\r\n", "-ERR\r\n", "-ERRx\r\n"] {
            assert!(matches!(looked(wrong), Err(Excess::Malformed { .. })), "{wrong}");
        }
        assert!(matches!(looked(&"x".repeat(LINE_LIMIT_BYTES + 1)), Err(Excess::Malformed { .. })));
    }
}
