//! Codes of mistakes in cells of table files.

use super::declare::codes;

codes! {
    LINE_BREAK_IN_CELL = "H228", "a line break in a cell that is compared or given", r#"
A cell of an input or output in a CSV file or workbook has several lines. No value of a user is like that, and an answer
with a line break in it is hardly meant: a quote is missing, or somebody pressed Alt and Enter. In the key column of a
lookup it is a warning.
```yaml
# ou.csv:
#   user.userType,mappedValue
#   Vendor,"OU=Vendors
#   ,OU=External"
table: { inputs: [user.userType], outputs: [mappedValue], rows: ou.csv }
```
Write the cell in one line. Where a line break is meant, write the text in quotes of its own within the cell, with `\n`
for the break: `"first\nsecond"`. Notes in columns that begin with `#` may have any.
"#;
}
