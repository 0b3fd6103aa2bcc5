//! Dates and times of MySQL and MariaDB, from the form of their protocol to ISO 8601.
//!
//! <https://mariadb.com/kb/en/resultset-row/#binary-resultset-row>

use sqlx::mysql::MySqlValueRef;

use crate::lookup::source::{Fault, Trouble};

/// Its bytes, without the length that may stand before them.
fn bytes(raw: MySqlValueRef<'_>) -> Result<&[u8], Trouble> {
    let wrong = |_| Trouble::new(Fault::Answer, "a date cannot be read").help("cast it to char in the query");
    let bytes = <&[u8] as sqlx::Decode<'_, sqlx::MySql>>::decode(raw).map_err(wrong)?;
    let rest = bytes.split_first().filter(|(length, rest)| usize::from(**length) == rest.len());
    Ok(rest.map_or(bytes, |(_, rest)| rest))
}

/// A date, with a time where it has one, as ISO 8601: year in two bytes, then a byte each, microseconds in four (the
/// protocol's binary form).
pub fn moment(raw: MySqlValueRef<'_>, kind: &str) -> Result<String, Trouble> {
    let bytes = bytes(raw)?;
    let at = |place: usize| u32::from(bytes.get(place).copied().unwrap_or_default());
    let date = format!("{:04}-{:02}-{:02}", at(0) | at(1) << 8, at(2), at(3));
    if kind == "DATE" {
        return Ok(date);
    }
    let micros = at(7) | at(8) << 8 | at(9) << 16 | at(10) << 24;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Ok(format!("{date}T{:02}:{:02}:{:02}{fraction}", at(4), at(5), at(6)))
}

/// A time of day or a span: sign, days in four bytes, then a byte each, microseconds in four.
pub fn time(raw: MySqlValueRef<'_>) -> Result<String, Trouble> {
    let bytes = bytes(raw)?;
    let at = |place: usize| u32::from(bytes.get(place).copied().unwrap_or_default());
    let days = at(1) | at(2) << 8 | at(3) << 16 | at(4) << 24;
    let sign = if at(0) == 1 { "-" } else { "" };
    let micros = at(8) | at(9) << 8 | at(10) << 16 | at(11) << 24;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Ok(format!("{sign}{:02}:{:02}:{:02}{fraction}", days * 24 + at(5), at(6), at(7)))
}
