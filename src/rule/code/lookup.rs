//! Lookups and tables.

use super::catalogue::codes;

codes! {
    UNKNOWN_LOOKUP = "H501", "an unknown lookup", r#"
A rule or test asks a lookup that no file of the folder declares.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile }
let:
  owner: { lookup: mobile_owners, key: "${user.mobile}" }
```
Write the name as it is declared, or declare it under `lookups:`, in whichever file.
"#;
    TABLE_NOT_FOUND = "H502", "a table file that is not there", r"
A lookup names a file that is not in the rules folder. Names are relative to the rule file that declares the
lookup.
```yaml
lookups:
  reserved_logins: { table: tables/reserved.csv, key: login }
```
Put the file there or correct its name; it ends in `.csv`, `.yaml`, `.yml` or `.json`. Files outside the
folder are not read.
";
    KEY_COLUMN_MISSING = "H503", "a key column that is not in the table", r"
The column by which the lookup searches is not in the table's first line.
```yaml
# people.csv begins with: login,mobileNumber,manager
lookups:
  mobile_owner: { table: people.csv, key: mobile }
```
Write the column as it stands in the table (`key: mobileNumber`); capital and small letters count.
";
    BAD_TABLE = "H504", "a table that cannot be read", r#"
The file is no table: in CSV a row of another length than the first line, a column without a name or with the
name of another; in JSON something else than a list of objects; or the file is none of these kinds.
```yaml
# reserved.csv:
#   login,reason
#   root,system account, never for people
lookups:
  reserved_logins: { table: reserved.csv, key: login }
```
Give every row a value for each column. In CSV a value that holds a comma or a line break goes into double
quotes: `root,"system account, never for people"`.
"#;
    UNUSED_TABLE = "H505", "a table nobody reads", r"
A warning: the file lies in the rules folder, but no lookup and no decision table names it.
```yaml
# the folder holds people.csv and people-old.csv
lookups:
  mobile_owner: { table: people.csv, key: mobile }
```
Delete the file or move it out of the folder; or the lookup that should read it names another by mistake.
";
}
