//! The permissions of files that hookgate makes: for its user only, unless a setting says otherwise.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Bits of a Unix file mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mode(u32);

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mode({:o})", self.0)
    }
}

impl Mode {
    /// For hookgate's user alone.
    pub const OWN: Self = Self(0o600);
    /// What help says of it.
    pub const HELP: &'static str =
        "write three digits from 0 to 7 in quotes: \"600\" is for hookgate's user alone, \"640\" lets its group read";

    /// Three octal digits, perhaps with a zero before them. hookgate's user must be able to read and write.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('0').filter(|rest| rest.len() == 3).unwrap_or(text);
        let bits = u32::from_str_radix(digits, 8).ok().filter(|_| digits.len() == 3)?;
        (bits & 0o600 == 0o600).then_some(Self(bits))
    }

    /// Lets a file that is being opened be made with it.
    pub fn on(self, options: &mut OpenOptions) {
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(options, self.0);
    }

    /// Gives it to an open file that has another one: the mask of the process took something away, or it is older than the
    /// setting.
    ///
    /// # Errors
    /// When the file is somebody else's.
    pub fn give(self, file: &File) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if file.metadata()?.permissions().mode() & 0o777 != self.0 {
                return file.set_permissions(std::fs::Permissions::from_mode(self.0));
            }
        }
        Ok(())
    }

    /// Makes a file with it where there is none, and gives it to one that is there.
    ///
    /// # Errors
    /// When it cannot be made, or is somebody else's.
    pub fn made(self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        self.on(&mut options);
        self.give(&options.open(path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_three_digits_by_which_its_user_can_read_and_write() {
        for (text, bits) in [("600", 0o600), ("0600", 0o600), ("640", 0o640), ("0664", 0o664), ("777", 0o777)] {
            assert_eq!(Mode::read(text), Some(Mode(bits)), "{text}");
        }
        for wrong in ["", "6", "60", "0", "00600", "06400", "400", "044", "608", "6 0", "-600", "+600", "0o600", "u=rw"]
        {
            assert_eq!(Mode::read(wrong), None, "{wrong}");
        }
    }
}
