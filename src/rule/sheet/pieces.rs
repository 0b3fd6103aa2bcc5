//! Measures the largest piece that an XML reader holds at once in a part of a workbook, while it is unpacked.
//!
//! A piece is a tag, a text, a comment, or a cell with all that stands in it. So its size is known before anything of
//! that size is allocated.
//!
//! What no spreadsheet writes (a document type, tags in a cell that do not match, UTF-16) makes everything after it
//! one piece, because readers treat such things differently.

use std::io::{self, Write};
use std::mem;

/// Longest name of a tag, and deepest nesting of tags in a cell.
const NAME_BYTES: usize = 64;
const DEPTH: usize = 16;
/// How the parts begin that have the formats of a workbook, and those of which a reader keeps every entry.
const FORMATS: [&[u8]; 6] = [b"cellXfs", b"cellStyleXfs", b"numFmts", b"fonts", b"fills", b"borders"];
const ENTRIES: [&[u8]; 4] = [b"si", b"sheet", b"definedName", b"Relationship"];

/// A part, as far as it has been unpacked.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// The largest piece, in bytes.
    pub largest: usize,
    /// Whether the part has formats, or entries that are all kept.
    pub has_formats: bool,
    pub has_entries: bool,
    /// Beyond this many bytes in one piece nothing more is taken.
    most: usize,
    state: State,
    size: usize,
    seen: usize,
    first: u8,
    name: Vec<u8>,
    /// The tags that are open, from that of a cell on.
    open: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind `<`.
    Begun,
    /// In the name of an opening or a closing tag.
    Name {
        is_end: bool,
    },
    /// Behind it, with the quote that is open (0: none), and whether the last byte was a slash.
    Tag {
        quote: u8,
        is_empty: bool,
    },
    End,
    /// Behind `<!`, behind `<!-`, and behind `<![` and so many letters of `CDATA`.
    Bang,
    Dash,
    Bracket(usize),
    /// In what ends with twice this byte and `>`, of which so many stand right before. `is_new`: nothing stands in it.
    Until {
        byte: u8,
        met: usize,
        is_new: bool,
    },
    /// In `<?`: whether the last byte was a question mark.
    Instruction {
        is_mark: bool,
        is_new: bool,
    },
    Rest,
}

impl Pieces {
    /// A part of which a piece may have so many bytes.
    pub fn within(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    fn byte(&mut self, byte: u8) {
        self.seen += 1;
        self.size += 1;
        self.state = match (self.seen, self.first, byte) {
            (2, 0xff, 0xfe) | (2, 0xfe, 0xff) | (2, b'<', 0) | (2, 0, b'<') => State::Rest,
            _ => self.next(byte),
        };
        if self.seen == 1 {
            self.first = byte;
        }
        self.largest = self.largest.max(self.size);
    }

    fn next(&mut self, byte: u8) -> State {
        match self.state {
            State::Text if byte == b'<' => {
                self.cut();
                self.name.clear();
                State::Begun
            }
            State::Text => State::Text,
            State::Begun => self.begun(byte),
            State::Name { is_end } => self.named(byte, is_end),
            State::Tag { quote: 0, is_empty } => match byte {
                b'>' => self.opened(is_empty),
                b'"' | b'\'' => State::Tag { quote: byte, is_empty: false },
                _ => State::Tag { quote: 0, is_empty: byte == b'/' },
            },
            State::Tag { quote, .. } => State::Tag { quote: if byte == quote { 0 } else { quote }, is_empty: false },
            State::End if byte == b'>' => self.ended(),
            State::End => State::End,
            State::Bang | State::Dash | State::Bracket(_) => marked(self.state, byte),
            State::Until { is_new: true, byte: b'-', .. } | State::Instruction { is_new: true, .. } if byte == b'>' => {
                State::Rest
            }
            State::Until { met, .. } if met >= 2 && byte == b'>' => self.done(),
            // `<!--->` ends for some readers.
            State::Until { byte: of, met, is_new } if byte == of => {
                State::Until { byte: of, met: met + 1, is_new: is_new && met == 0 }
            }
            State::Until { byte, .. } => State::Until { byte, met: 0, is_new: false },
            State::Instruction { is_mark: true, .. } if byte == b'>' => self.done(),
            State::Instruction { .. } => State::Instruction { is_mark: byte == b'?', is_new: false },
            State::Rest => State::Rest,
        }
    }

    fn begun(&mut self, byte: u8) -> State {
        match byte {
            b'!' => State::Bang,
            b'?' => State::Instruction { is_mark: false, is_new: true },
            b'/' => State::Name { is_end: true },
            b'>' | b'"' | b'\'' => State::Rest,
            _ => self.named(byte, false),
        }
    }

    fn named(&mut self, byte: u8, is_end: bool) -> State {
        match byte {
            b'>' if is_end => self.ended(),
            b'>' => self.opened(false),
            b'/' if !is_end => State::Tag { quote: 0, is_empty: true },
            b' ' | b'\t' | b'\r' | b'\n' if is_end => State::End,
            b' ' | b'\t' | b'\r' | b'\n' => State::Tag { quote: 0, is_empty: false },
            b'"' | b'\'' => State::Rest,
            _ if self.name.len() == NAME_BYTES => State::Rest,
            _ => {
                self.name.push(byte);
                State::Name { is_end }
            }
        }
    }

    /// At the end of an opening tag.
    fn opened(&mut self, is_empty: bool) -> State {
        let name = mem::take(&mut self.name);
        let local = name.iter().position(|byte| *byte == b':').and_then(|at| name.get(at + 1..)).unwrap_or(&name);
        self.has_formats |= FORMATS.contains(&local);
        self.has_entries |= ENTRIES.contains(&local);
        let is_within = !self.open.is_empty();
        let is_strange = is_within && (self.open.len() == DEPTH || self.open.contains(&name));
        match is_strange {
            true => return State::Rest,
            false if !is_empty && (is_within || local == b"c") => self.open.push(name),
            false => {}
        }
        self.done()
    }

    /// At the end of a closing tag.
    fn ended(&mut self) -> State {
        match self.open.last() {
            Some(name) if *name != self.name => return State::Rest,
            Some(_) => _ = self.open.pop(),
            None => {}
        }
        self.done()
    }

    fn done(&mut self) -> State {
        self.largest = self.largest.max(self.size);
        self.cut();
        State::Text
    }

    /// Begins another piece here, unless a cell is open.
    fn cut(&mut self) {
        if self.open.is_empty() {
            self.size = 0;
        }
    }
}

/// Behind `<!`: a comment, or `<![CDATA[`.
fn marked(state: State, byte: u8) -> State {
    let until = |byte| State::Until { byte, met: 0, is_new: true };
    match (state, byte) {
        (State::Bang, b'-') => State::Dash,
        (State::Dash, b'-') => until(b'-'),
        (State::Bang, b'[') => State::Bracket(0),
        (State::Bracket(5), b'[') => until(b']'),
        (State::Bracket(at), byte) if b"CDATA".get(at) == Some(&byte) => State::Bracket(at + 1),
        _ => State::Rest,
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.byte(*byte);
        }
        match self.largest > self.most {
            true => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn largest(text: &str) -> usize {
        let mut pieces = Pieces::within(usize::MAX);
        pieces.write_all(text.as_bytes()).unwrap();
        pieces.largest
    }

    #[test]
    fn a_piece_is_what_a_reader_has_in_hand_at_once() {
        let long = "x".repeat(1000);
        let small = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".repeat(100);
        assert!(largest(&small) < 40, "{}", largest(&small));
        let wholes = [
            format!("<row a=\"{long}\">"),
            format!("<row a='>{long}'>"),
            format!("<!--{long}-->"),
            format!("<!-- <c> <!-- > {long} -->"),
            format!("<?x {long}?>"),
            format!("<![CDATA[{long}]]>"),
            format!("<a>{long}</a>"),
            format!("</{} {long}>", "a"),
            format!("<!DOCTYPE {long}>"),
        ];
        for whole in wholes {
            let found = largest(&format!("{small}{whole}{small}"));
            assert!((1000..1100).contains(&found) || found > 1000 && whole.starts_with("<!D"), "{whole:.40}: {found}");
        }
    }

    /// A reader gathers the text of a cell from as many parts as it has.
    #[test]
    fn a_cell_is_one_piece_however_it_is_cut() {
        for part in [
            "<r><t>xxxxx</t></r>",
            "<t>xx</t>",
            "x&amp;",
            "<!--x-->",
            "<![CDATA[x]]>",
            "<c/>",
            "</c>",
            "</is>",
            "<is/>",
        ] {
            let cell = format!("<x:c><x:is>{}</x:is></x:c>", part.repeat(200));
            assert!(largest(&cell) >= 200 * part.len(), "{part}: {}", largest(&cell));
        }
        for strange in ["<c><v></is>", "<c><f><f/>", "<!x>", "<c><c>", "<\0", "<!-->", "<?>"] {
            let text = format!("{strange}{}", "<row></row>".repeat(100));
            assert!(largest(&text) > 1000, "{strange:?}");
        }
    }

    #[test]
    fn what_is_kept_as_a_whole_is_known_by_what_stands_in_it() {
        let of = |text: &str| {
            let mut pieces = Pieces::within(usize::MAX);
            pieces.write_all(text.as_bytes()).unwrap();
            (pieces.has_formats, pieces.has_entries)
        };
        assert_eq!(of("<styleSheet><x:cellXfs count=\"1\">"), (true, false));
        assert_eq!(of("<sst><si><t>a</t></si></sst>"), (false, true));
        assert_eq!(of("<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"), (false, false));
    }

    #[test]
    fn nothing_more_is_taken_beyond_the_most() {
        let mut pieces = Pieces::within(100);
        pieces.write_all(&[b'x'; 100]).unwrap();
        pieces.write_all(b"x").unwrap_err();
    }
}
