//! Codes of mistakes in decision tables.

use super::declare::codes;

codes! {
    BAD_OUTPUT = "H221", "an output column that is not a verb", r"
The name of an output column says what is done with the cells below it: a verb, and after `set`, `default` and `add`
also the field.
```yaml
table:
  inputs: [user.country]
  outputs: [user.city]
  rows: [[India, Pune]]
```
Write `outputs: [set user.city]`. A column of `reject` holds refusal codes, one of `mappedValue` values, one of
`stop` holds `true`.
";
    EXTRA_COLUMN = "H222", "a column the decision table does not use", r"
The CSV file has a column that is neither among `inputs` nor among `outputs`. A misspelt column name would silently
remove a condition, so every column must be declared.
```yaml
# ou.csv begins with: user.country,mappedValue,owner
table: { inputs: [user.country], outputs: [mappedValue], rows: ou.csv }
```
Name the column in the rule, or call it `#owner` in the file: columns whose names begin with `#` hold notes.
";
    ROW_LENGTH = "H223", "a row with too few or too many cells", r#"
A row written in a rule file has one cell for each input and one for each output, in this order.
```yaml
table:
  inputs: [user.userType, user.country]
  outputs: [mappedValue]
  rows:
    - [Vendor, "OU=Vendors"]
```
Write `"-"` in a cell that matches anything: `[Vendor, "-", "OU=Vendors"]`. Put a text with a comma in quotes.
"#;
    BAD_CELL = "H224", "a cell that cannot be read", r#"
A cell begins like a comparison, a list or an operator, but cannot be read as one.
```yaml
rows:
  - ["> 2026-01-31", "OU=New"]
```
Numbers are compared with `> 7`, `>= 7`, `< 7`, `<= 7`; dates with an operator, `{ after: 2026-01-31 }`. Put a text
that begins with such a sign in double quotes within the cell: `'"<none>"'`, in a spreadsheet `"<none>"`.
"#;
    TABLE_WITHOUT_ROWS = "H225", "a decision table without rows", r"
A table without rows never does anything. It is refused because a file that is being saved may look like this.
```yaml
table: { inputs: [user.country], outputs: [mappedValue], rows: [] }
```
Write the rows, or `mode: off` to switch the rule off for now.
";
    COLUMN_TWICE = "H226", "a column that appears twice", r#"
Two columns of a decision table have the same name, so their cells could contradict each other.
```yaml
table:
  inputs: [user.grade, user.grade]
  outputs: [mappedValue]
  rows: [["> 3", "< 8", middle]]
```
Put both tests into one cell: `{ gt: 3, lt: 8 }`.
"#;
}
