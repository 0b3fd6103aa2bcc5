//! Codes of mistakes in cells of table files.

use super::declare::codes;

codes! {
    LINE_BREAK_IN_CELL = "H228", "a line break in a cell that is compared or given", r#"
A cell of an input or output in a CSV file or workbook has several lines. Values of users have no line breaks, and
answers rarely do. Most often a quote is missing, or somebody pressed Alt and Enter. In the key column of a lookup it
is a warning.
```yaml
# ou.csv:
#   user.userType,mappedValue
#   Vendor,"OU=Vendors
#   ,OU=External"
table: { inputs: [user.userType], outputs: [mappedValue], rows: ou.csv }
```
Write the cell in one line. If you want a line break, write the text in quotes of its own within the cell, with `\n`
for the break: `"first\nsecond"`. Notes in columns that begin with `#` may have line breaks.
"#;
}
