//! Decodes the bytes of a file: UTF-8, UTF-16 with its mark, or the encoding named beside the file's name.

use crate::diagnostic::File;

/// An encoding of text by its name, as browsers know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// Why bytes are no text as they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoText {
    /// They begin as an `.xlsx` does.
    Workbook,
    /// They begin as an `.xls` does, and an `.xlsx` with a password.
    OldWorkbook,
    /// They have the mark of UTF-16 and are none.
    BrokenUtf16,
    /// They have NUL bytes, as UTF-16 without its mark has.
    Nul,
    /// The byte from which on they are no UTF-8.
    OtherEncoding(usize),
}

/// What files of Microsoft Office begin with: archives, and the older compound files.
const ARCHIVE: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

impl Encoding {
    /// What Excel writes as `CSV` in most of Europe and America.
    pub const WINDOWS: Self = Self(encoding_rs::WINDOWS_1252);

    /// The encoding of this name; `None` for one nobody knows.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()).map(Self)
    }

    /// Its name, in small letters.
    #[must_use]
    pub fn name(self) -> String {
        self.0.name().to_lowercase()
    }

    /// The text of these bytes; `None` where they are not of this encoding.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        let text = self.0.decode_without_bom_handling_and_without_replacement(bytes)?;
        (!text.contains('\0')).then(|| text.into_owned())
    }
}

/// A file that says itself how it is written: as text, or its bytes where they are no text.
#[must_use]
pub fn file_of(name: &str, bytes: Vec<u8>) -> File {
    let marked = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Encoding(encoding_rs::UTF_16LE).decode(bytes.get(2..).unwrap_or_default()),
        Some([0xfe, 0xff]) => Encoding(encoding_rs::UTF_16BE).decode(bytes.get(2..).unwrap_or_default()),
        _ => None,
    };
    if let Some(text) = marked {
        return File::new(name, text);
    }
    // Where an archive is cut off, its first bytes may read as text.
    if bytes.starts_with(ARCHIVE) || bytes.starts_with(COMPOUND) {
        return File::of_bytes(name, bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => File::new(name, text),
        Ok(text) => File::of_bytes(name, text.into_bytes()),
        Err(error) => File::of_bytes(name, error.into_bytes()),
    }
}

/// Whether a text is a page of the web, as a download without a login gives.
#[must_use]
pub fn is_web_page(text: &str) -> bool {
    let begin: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(9).collect();
    let begin = begin.to_lowercase();
    begin.starts_with("<!doctype") || begin.starts_with("<html")
}

/// What is wrong with bytes that are no text.
#[must_use]
pub fn no_text(bytes: &[u8]) -> NoText {
    let begins = |with: &[u8]| bytes.starts_with(with);
    match std::str::from_utf8(bytes) {
        _ if begins(ARCHIVE) => NoText::Workbook,
        _ if begins(COMPOUND) => NoText::OldWorkbook,
        _ if begins(b"\xff\xfe") || begins(b"\xfe\xff") => NoText::BrokenUtf16,
        _ if bytes.contains(&0) => NoText::Nul,
        Ok(_) => NoText::OtherEncoding(bytes.len()),
        Err(error) => NoText::OtherEncoding(error.valid_up_to()),
    }
}

/// The same in words, for a file of which nothing else is known.
#[must_use]
pub fn why_no_text(bytes: &[u8]) -> String {
    match no_text(bytes) {
        NoText::Workbook | NoText::OldWorkbook => "it is a workbook under another name".to_owned(),
        NoText::BrokenUtf16 => "it begins as UTF-16, but is cut off or not valid".to_owned(),
        NoText::Nul => "it has NUL bytes, as UTF-16 has without its mark".to_owned(),
        NoText::OtherEncoding(at) => format!("line {} is not UTF-8 text", line_of(bytes, at)),
    }
}

/// The line, from 1, in which the byte at `at` stands.
#[must_use]
pub fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}
