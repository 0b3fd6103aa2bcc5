//! One table in every dress: the rows are the same.

use hookgate::event::Value;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::{asking, folder, load};

/// Numbers that are the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 to `most - 1`.
    pub fn up_to(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}

/// What somebody typed into a cell.
enum Typed {
    Text(String),
    Number(f64),
    Truth(bool),
    Day(u16, u8, u8),
    Moment(u16, u8, u8, u16, u8, u8),
}

impl Typed {
    /// As a CSV file has it.
    fn text(&self) -> String {
        match self {
            Typed::Text(text) => text.clone(),
            Typed::Number(number) => number.to_string(),
            Typed::Truth(truth) => truth.to_string().to_uppercase(),
            Typed::Day(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
            Typed::Moment(year, month, day, hour, minute, second) => {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        }
    }
}

fn typed(dice: &mut Dice, is_ascii: bool) -> Typed {
    let ascii = [
        "Asha Rao",
        "O'Brien",
        "a,b",
        "c;d",
        "tab\there",
        "say \"hi\"",
        "two\nlines",
        "=SUM",
        "=\"0042\"",
        "0042",
        "-",
        "N/A",
    ];
    let others = ["José", "Müller–Weiß", "Zoë €5", "Ångström", "“quoted”", "naïve, café", "señor;a", "ÿ"];
    let day = |dice: &mut Dice| (1901 + dice.up_to(200), 1 + dice.up_to(12), 1 + dice.up_to(28));
    match dice.up_to(10) {
        0 => Typed::Text(String::new()),
        1 => Typed::Number(f64::from(u32::try_from(dice.up_to(1_000_000)).unwrap())),
        2 => Typed::Number(9_800_000_000.0 + f64::from(u32::try_from(dice.up_to(99_999_999)).unwrap())),
        3 => Typed::Number(f64::from(u32::try_from(dice.up_to(100_000)).unwrap()) / 8.0 - 400.0),
        4 => Typed::Truth(dice.up_to(2) == 0),
        5 => {
            let (year, month, day) = day(dice);
            Typed::Day(year.try_into().unwrap(), month.try_into().unwrap(), day.try_into().unwrap())
        }
        6 => {
            let (year, month, day) = day(dice);
            let (hour, minute, second) = (dice.up_to(24), dice.up_to(60), 1 + dice.up_to(59));
            let small = |n: usize| u8::try_from(n).unwrap();
            let hour = u16::try_from(hour).unwrap();
            Typed::Moment(year.try_into().unwrap(), small(month), small(day), hour, small(minute), small(second))
        }
        7 if !is_ascii => Typed::Text(others[dice.up_to(others.len())].to_owned()),
        _ => Typed::Text(ascii[dice.up_to(ascii.len())].to_owned()),
    }
}

fn csv(rows: &[Vec<Typed>], separator: char) -> String {
    let cell = |cell: &Typed| {
        let text = cell.text();
        let is_quoted = text.contains([separator, '"', '\n']);
        if is_quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let line = |row: &Vec<Typed>| row.iter().map(cell).collect::<Vec<_>>().join(&separator.to_string()) + "\r\n";
    rows.iter().map(line).collect()
}

fn xlsx(rows: &[Vec<Typed>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let (day, moment) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("dd-mmm-yy hh:mm"));
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Typed::Text(text) if text.is_empty() => continue,
                Typed::Text(text) => sheet.write_string(row, column, text).unwrap(),
                Typed::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                Typed::Truth(truth) => sheet.write_boolean(row, column, *truth).unwrap(),
                Typed::Day(year, month, of_month) => {
                    let date = ExcelDateTime::from_ymd(*year, *month, *of_month).unwrap();
                    sheet.write_datetime_with_format(row, column, &date, &day).unwrap()
                }
                Typed::Moment(year, month, of_month, hour, minute, second) => {
                    let date = ExcelDateTime::from_ymd(*year, *month, *of_month).unwrap();
                    let date = date.and_hms(*hour, *minute, f64::from(*second)).unwrap();
                    sheet.write_datetime_with_format(row, column, &date, &moment).unwrap()
                }
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Every row of a folder's table, in the order of its keys.
fn rows(lookup: &str, name: &str, bytes: &[u8], count: usize) -> Vec<String> {
    let rules = asking(lookup, "\"${user.mobile}\"").replace("owner.login", "owner.id");
    let folder = folder(&[("rules.yaml", rules.as_bytes()), (name, bytes)]);
    let (live, _) = load(folder.path()).unwrap_or_else(|report| panic!("{name}: {}", report.to_text(false)));
    let row = |n: usize| match hookgate::engine::Facts::answer(&live.tables, 0, Value::text(format!("k{n}")).view()) {
        hookgate::engine::Answer::Rows([row]) => row.to_json(),
        other => panic!("{name}, row {n}: {other:?}"),
    };
    (0..count).map(row).collect()
}

fn utf16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
}

#[test]
fn fifty_tables_are_the_same_in_every_encoding_separator_and_as_workbooks() {
    let mut dice = Dice::new(3);
    let mut forms = 0;
    for n in 0..50 {
        let is_ascii = n % 5 == 0;
        let columns = 2 + dice.up_to(4);
        let heads = std::iter::once("id".to_owned()).chain((1..columns).map(|n| format!("Spalte {n}")));
        let mut table = vec![heads.map(Typed::Text).collect::<Vec<_>>()];
        let count = 1 + dice.up_to(8);
        for n in 0..count {
            let cells = (1..columns).map(|_| typed(&mut dice, is_ascii));
            table.push(std::iter::once(Typed::Text(format!("k{n}"))).chain(cells).collect());
        }
        let wanted = rows("{ table: t.xlsx, key: id }", "t.xlsx", &xlsx(&table), count);
        for separator in [',', ';', '\t'] {
            let text = csv(&table, separator);
            let windows = encoding_rs::WINDOWS_1252.encode(&text);
            assert!(!windows.2, "{text}");
            let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
            let said = format!("sep={separator}\r\n{text}");
            let mut dresses = vec![
                ("UTF-8", text.clone().into_bytes(), ""),
                ("UTF-8 with mark", marked, ""),
                ("UTF-16LE", utf16(&text, [0xff, 0xfe], u16::to_le_bytes), ""),
                ("UTF-16BE", utf16(&text, [0xfe, 0xff], u16::to_be_bytes), ""),
                ("windows-1252", windows.0.into_owned(), ", encoding: windows-1252"),
                ("sep=", said.into_bytes(), ""),
            ];
            if is_ascii {
                assert!(text.is_ascii());
                dresses.push(("ASCII", text.into_bytes(), ", encoding: us-ascii"));
            }
            for (name, bytes, encoding) in dresses {
                let lookup = format!("{{ table: t.csv, key: id{encoding} }}");
                assert_eq!(rows(&lookup, "t.csv", &bytes, count), wanted, "table {n}, {name}, {separator:?}");
                forms += 1;
            }
        }
    }
    assert!(forms >= 900, "{forms}");
}
