//! Codes of mistakes in lookups and tables.

use super::declare::codes;

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
Put the file there or correct its name; it ends in `.csv`, `.xlsx`, `.yaml`, `.yml` or `.json`. Files outside the
folder are not read.
";
    KEY_COLUMN_MISSING = "H503", "a key column that is not in the table", r"
The column by which the lookup searches is not in the table's first line.
```yaml
# people.csv begins with: login,mobileNumber,manager
lookups:
  mobile_owner: { table: people.csv, key: mobile }
```
Write the column as in the table (`key: mobileNumber`); capital and small letters matter.
";
    BAD_TABLE = "H504", "a table that cannot be read", r#"
The file is not a table: in CSV a row of another length than the first line, a column without a name or with the
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
A warning: the file is in the rules folder, but no lookup and no decision table names it.
```yaml
# the folder holds people.csv and people-old.csv
lookups:
  mobile_owner: { table: people.csv, key: mobile }
```
Delete the file or move it out of the folder; or correct the lookup that should read it: it may name another file by
mistake.
";
    UNKNOWN_CONNECTION = "H506", "a connection that gateway.yaml does not have", r#"
A lookup names a connection that is not declared in gateway.yaml, or one of another kind.
```yaml
lookups:
  ever_used_login: { sql: hr, query: "select login from ever_used where login = :key", on_error: fail }
```
Write the name as it is under `connections:` of gateway.yaml, or declare it there. `hookgate check --config FILE`
reads another gateway.yaml.
"#;
    BAD_QUERY = "H507", "a query that cannot be asked", r#"
A lookup sends one `select` to a database, or one filter to a directory. Refused are other statements, several queries
in one text, quotes, comments or brackets that are not closed, and comments within comments. So is what servers read
in different ways: a comment that MySQL runs (`/*! … */`), a `\` in double quotes, a name with letters as numbers
(`U&"…"`).
```yaml
lookups:
  ever_used_login: { sql: hr, query: "delete from ever_used where login = :key", on_error: fail }
  by_mail: { ldap: ad, filter: "mail=${key}", attributes: [cn], on_error: fail }
```
Write `select … where login = :key`, and a filter in brackets: `(mail=${key})`. hookgate always binds or escapes
values, so write no quotes around `:key`.
"#;
    BAD_FILLING = "H508", "a lookup that reads more than its key", r#"
In the texts of a lookup `${…}` can only be the key, or one of its values: a lookup is declared once and asked by many
rules.
```yaml
lookups:
  by_mail: { ldap: ad, filter: "(mail=${user.email})", attributes: [cn], on_error: fail }
```
Write `(mail=${key})`, and give the value where the lookup is asked: `{ lookup: by_mail, key: "${user.email}" }`. For
several values write `${key.login}` and `${key.country}` (in SQL `:login` and `:country`), and give each by its name:
`key: { login: …, country: … }`.
"#;
    BAD_CALL = "H509", "a call over HTTP that cannot be made", r#"
A lookup over HTTP is a `get` or a `post` of a path below the connection's address. The host, credentials and the
headers that carry them belong to gateway.yaml.
```yaml
lookups:
  manager: { http: cymmetri, get: "https://elsewhere.example/users/${key}", on_error: fail }
```
Write the path alone: `get: "/usersrvc/api/user/${key}"`, and the parameters that come after `?` under `query:`.
"#;
    BAD_KEY = "H510", "a key that does not fit its lookup", r#"
The query of a lookup uses one value or several; the key must give exactly these.
```yaml
lookups:
  namesake: { sql: hr, query: "select login from people where first = :first and last = :last", on_error: fail }
rules:
  - name: no-namesake
    let: { other: { lookup: namesake, key: "${user.lastName}" } }
```
Write `key: { first: "${user.firstName}", last: "${user.lastName}" }`.
"#;
    BAD_QUOTE = "H511", "a quote in a CSV file that is not closed correctly", r#"
A quote that is opened and never closed would turn all rows after it into one cell; text after a closing quote belongs
to no cell. Both are mistakes, and the message shows where the quote was opened. A single quote within a cell is a
warning; so is a cell with line breaks that looks like several rows.
```yaml
# people.csv:
#   login,mobile,note
#   asha.rao,9820012345,"on leave
#   ravi.k,9820054321,
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
Close the quote where the cell ends: `"on leave"`. A quote within quotes is written twice: `"5"" pipe"`.
"#;
    MAY_BE_CUT_OFF = "H512", "a table that may be cut off", r"
A warning: the last line of the CSV file has no line break at its end. Programs that write CSV end every line with
one, so the last row, or its last cell, may be incomplete.
```yaml
# people.csv ends with: ravi.k,98200
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
Check that the file is complete, and press Enter after its last line. A program that exports a table should write it
under another name and rename it when it is complete.
";
    OTHER_ENCODING = "H513", "a table that is not in UTF-8", r"
Letters such as `é` have different bytes in each encoding. hookgate reads CSV files as UTF-8, or as UTF-16 if they
begin with its byte order mark. Name any other encoding; a wrong guess would change people's names.
```yaml
# people.csv was saved by Excel as `CSV (Comma delimited)`
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
In Excel choose `Save As` and the type `CSV UTF-8 (Comma delimited)`, or name the workbook itself (`people.xlsx`).
Where another program writes the file, say how: `{ table: people.csv, encoding: windows-1252, key: mobile }`.
";
    BAD_WORKBOOK = "H514", "a workbook that cannot be read", r"
The `.xlsx` file is not a workbook, is protected by a password, is too large (unpacked 256 MiB; 2,000,000 cells or 64
MiB of text a sheet), has no sheet of this name, or has several sheets with data and `sheet` does not name one.
```yaml
# hr.xlsx has the sheets People and Leavers
lookups:
  people_by_mobile: { table: hr.xlsx, key: mobile }
```
Write `{ table: hr.xlsx, sheet: People, key: mobile }`. Save workbooks without a password; old ones (`.xls`) as
`Excel Workbook (*.xlsx)`.
";
    SPOILT_CELL = "H515", "a cell that a spreadsheet has damaged", r#"
A warning: a spreadsheet has changed the value in the cell: `9.82E+09` for a mobile number, `#N/A`, `#REF!`, a
formula, `########`. A lookup finds nobody by it. hookgate cannot detect a change that leaves no sign, such as lost
leading zeros.
```yaml
# people.csv:
#   login,mobile
#   asha.rao,9.82E+09
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
In the spreadsheet format the column as text (`Format Cells`, `Text`), enter the value again, and save.
`="9820012345"` is read as the text in it.
"#;
    NO_KEY = "H516", "rows that have no key", r#"
A warning: the lookup's `key` is computed from columns, and it cannot be computed from these cells, although they are
filled in. The rows are never found.
```yaml
# people.csv:
#   login,mobile
#   asha.rao,98200
lookups:
  people_by_mobile: { table: people.csv, key: 'mobile(mobile, "IN")' }
```
Correct the cells, or choose a function that can read them, such as `digits(mobile)`. Blank cells are not counted.
"#;
    NEVER_FOUND = "H517", "keys of a table that are never found", r#"
A warning: the rule applies a function to the key before it asks the lookup, and that function never gives the values
in these cells. The rows are never found, so a taken number looks free.
```yaml
# people.csv:
#   login,mobile
#   asha.rao,+91 98200 12345
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
rules:
  - name: mobile-is-free
    let: { owner: { lookup: people_by_mobile, key: '${mobile(user.mobile, "IN")}' } }
```
Apply the same function to the column: `key: 'mobile(mobile, "IN")'`.
"#;
    NO_ROWS = "H518", "a table without rows", r"
A warning: the table has a header and no rows, so its lookups find nobody, and every value counts as unique. A failed
export looks like this.
```yaml
# people.csv has one line: login,mobile,manager
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
Find out why the export is empty. If the table is empty on purpose, ignore the warning; it ends with the first row.
";
    KIND_NOT_READ = "H519", "a file of a kind that is not read", r"
The file exists, but hookgate does not read tables of this kind. It reads `.csv`, `.xlsx`, `.yaml`, `.yml` or `.json`.
```yaml
# the folder holds hr.xls
lookups:
  people_by_mobile: { table: hr.xls, key: mobile }
```
Open it in Excel or LibreOffice, choose `Save As` and the type `Excel Workbook (*.xlsx)` or `CSV UTF-8 (Comma
delimited)`, and write the new name.
";
    TOO_FEW_ROWS = "H520", "a table with too few rows", r"
The lookup's `at_least` says how many rows its table must have, and the file has fewer. The export may be cut off, or
come from the wrong system. With such a table, taken values would count as free.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile, at_least: 1000 }
```
Write the file again with all of its rows. If the table really has fewer rows now, lower `at_least`.
";
    ROWS_KEPT = "H521", "a table that lost its rows", r"
A warning of a running gateway: the file of a table has no rows any more, or has lost more of them than
`reload.shrink` of gateway.yaml (20% by default) or the lookup's `shrink` allows. Most often an export was cut off.
Losses of the last 30 days count together. All other files are in force. For this table the old rows stay in force,
for all lookups that use it, also after a restart.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile, shrink: 50% }
```
Write the file again: as soon as it has enough rows, they come into force by themselves. If the file is right, accept
it: `hookgate reload --accept people.csv`. For a table that often shrinks, write a larger `shrink`, or `shrink: any`.
";
    LINK_LEADS_OUT = "H522", "a link that leads out of the rules folder", r"
A file or folder in the rules folder is a link to something outside of it. hookgate does not follow it: otherwise a
person who may write rules could read any file that hookgate may read, such as a private key. Links that stay within
the folder are followed, so a ConfigMap of Kubernetes works without any setting.
```yaml
# rules/people.csv is a link to /srv/export/people.csv
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
Put the file itself into the rules folder, or let the program that writes it write there. If you need links, name the
folders that they may lead to: `reload: { follow: [/srv/export] }` in gateway.yaml.
";
    QUERY_WRITES = "H523", "a query that would change something", r#"
A lookup only reads from a database. hookgate refuses a query that changes or locks rows, writes a file or a large
object, takes a number from a sequence, sets a variable or acts on the server, even if the account may do so.
```yaml
lookups:
  ever_used_login: { sql: hr, query: "select login from ever_used where login = :key for update", on_error: fail }
```
Write one `select` that only reads. hookgate knows the functions of PostgreSQL, MySQL, MariaDB and SQLite that change
something; it does not know functions that your database adds. Each query runs in a read-only transaction that is
rolled back, but that does not stop every function. So give the connection an account that may only read.
"#;
    NOT_SURELY_FREE = "H524", "a free name that may be taken", r#"
`free_in` gives a name that the lookup has no row for. That is certain only if the lookup answers. With any other
`on_error` than `fail`, every name would look free while the source is unreachable, and two people would get one
login.
```yaml
lookups:
  taken: { http: platform, get: /users, query: { login: "${key}" }, on_error: absent }
rules:
  - name: login
    hook: preCreateUser
    let:
      login: { free_in: taken, of: "${user.firstName}.${user.lastName}", number: 2..99 }
    set: { user.login: "${login}" }
```
Write `on_error: fail` at the lookup: then the rule fails, and the hook's `on_failure` answers. A lookup with several
values as its key cannot be used here.
"#;
    BAD_VALIDITY = "H535", "days of rows that cannot be read", r#"
`valid` names the columns of a table that say from which day to which a row is valid. A cell there is no date, or the
row ends before it begins; or `on` asks for a day where the rows have none.
```yaml
lookups:
  cost_centres: { table: cost_centres.csv, key: department, valid: { from: from, to: to } }
let:
  centre: { lookup: cost_centres, key: "${user.department}", on: "${user.startDate}" }
```
Write days as `2026-01-31`, in any of the forms in which dates are read. A blank cell sets no limit: the row is valid
from the beginning, or without end. The last day is included.
"#;
    OVERLAPPING_ROWS = "H536", "rows of one key that are valid at one time", r"
A warning: two rows of a table have the same key and a day in common, so the order in the file decides which of them
is found.
```yaml
# cost_centres.csv has the rows
#   Sales,4711,2026-01-01,2026-06-30
#   Sales,4712,2026-06-30,
cost_centres: { table: cost_centres.csv, key: department, valid: { from: from, to: to } }
```
Let one end on the day before the other begins. If both are right, ask with `all: true`, and allow the warning at the
lookup.
";
    OVER_BUDGET = "H530", "rules that would use too much memory", r"
A small file can need much memory: a long text repeated through aliases, patterns with repetitions, a table of many
short cells. While they are loaded, all files of the rules folder together may use at most `reload.memory_bytes` (64
MiB). hookgate stops loading before it needs more; a running gateway keeps the rules it has.
```yaml
text: &text Here stand a hundred thousand letters.
list: [*text, *text, *text]   # and so on, twenty thousand times
```
Make the file that the message names smaller: remove rows and columns that no rule reads, or use a database instead of
the table. Write long values once, and avoid large repetitions in patterns (`\w{1,100}`). Or raise
`reload.memory_bytes`; the machine needs twice as much, because the old rules stay in memory while new ones are
loaded.
";
}
