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
    UNKNOWN_CONNECTION = "H506", "a connection that gateway.yaml does not have", r#"
A lookup names a connection that is not declared in gateway.yaml, or one of another kind.
```yaml
lookups:
  ever_used_login: { sql: hr, query: "select login from ever_used where login = :key", on_error: fail }
```
Write the name as it stands under `connections:` of gateway.yaml, or declare it there. `hookgate check --config FILE`
reads another gateway.yaml.
"#;
    BAD_QUERY = "H507", "a query that cannot be asked", r#"
A lookup asks one `select` of a database, or one filter of a directory. Other statements, several queries in one text, a
quote, comment or bracket without an end, and a comment in a comment are refused. A query is read as its database does;
what servers read in different ways is refused too: a comment that MySQL runs (`/*! … */`), a `\` in double quotes, a
name with letters as numbers (`U&"…"`).
```yaml
lookups:
  ever_used_login: { sql: hr, query: "delete from ever_used where login = :key", on_error: fail }
  by_mail: { ldap: ad, filter: "mail=${key}", attributes: [cn], on_error: fail }
```
Write `select … where login = :key`, and a filter in brackets: `(mail=${key})`. Values are always bound or escaped, so
no quotes belong around `:key`.
"#;
    BAD_FILLING = "H508", "a lookup that reads something else than its key", r#"
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
Write the path alone: `get: "/usersrvc/api/user/${key}"`, and what stands behind `?` under `query:`.
"#;
    BAD_KEY = "H510", "a key that does not fit its lookup", r#"
A lookup asks with one value or with several, as its texts say; the key must have just these.
```yaml
lookups:
  namesake: { sql: hr, query: "select login from people where first = :first and last = :last", on_error: fail }
rules:
  - name: no-namesake
    let: { other: { lookup: namesake, key: "${user.lastName}" } }
```
Write `key: { first: "${user.firstName}", last: "${user.lastName}" }`.
"#;
    BAD_QUOTE = "H511", "a quote in a CSV file that leaves open where a cell ends", r#"
A quote that is opened and never closed makes one cell of all rows behind it; text behind a closing quote belongs to
no cell. Both are mistakes, told where the quote was opened. A quote without a partner within a cell, and a cell whose
line breaks look like rows, are warnings.
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
A warning: the last line of the CSV file has no line break at its end. Programs that write CSV end every line with one,
so the last row, or its last cell, may be only the beginning of what it was.
```yaml
# people.csv ends with: ravi.k,98200
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
See whether the file is complete, and press Enter behind its last line. Programs that export tables write them under
another name and rename them when they are whole.
";
    OTHER_ENCODING = "H513", "a table that is not in UTF-8", r"
Letters such as `é` have other bytes in every encoding. CSV files are read in UTF-8, or in UTF-16 where they begin with
its mark; any other encoding must be said, for guessing it would change names.
```yaml
# people.csv was saved by Excel as `CSV (Comma delimited)`
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
In Excel choose `Save As` and the type `CSV UTF-8 (Comma delimited)`, or name the workbook itself (`people.xlsx`).
Where another program writes the file, say how: `{ table: people.csv, encoding: windows-1252, key: mobile }`.
";
    BAD_WORKBOOK = "H514", "a workbook that cannot be read", r"
The `.xlsx` file is none, is protected by a password, is too large (unpacked 256 MiB; 2,000,000 cells or 64 MiB of text
a sheet), has no sheet of this name, or has several with something in them and `sheet` does not say which is meant.
```yaml
# hr.xlsx has the sheets People and Leavers
lookups:
  people_by_mobile: { table: hr.xlsx, key: mobile }
```
Write `{ table: hr.xlsx, sheet: People, key: mobile }`. Save workbooks without a password; old ones (`.xls`) as
`Excel Workbook (*.xlsx)`.
";
    SPOILT_CELL = "H515", "a cell that a spreadsheet has spoilt", r#"
A warning: the cell holds what a spreadsheet made of a value, not the value: `9.82E+09` for a mobile number, `#N/A`,
`#REF!`, a formula, `########`. Nobody is found by it. What is lost without a trace, such as leading zeros, no program
can see.
```yaml
# people.csv:
#   login,mobile
#   asha.rao,9.82E+09
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
In the spreadsheet make the column a text (`Format Cells`, `Text`), enter the value again, and save. `="9820012345"` is
read as the text in it.
"#;
    NO_KEY = "H516", "rows that have no key", r#"
A warning: the lookup's `key` is computed of columns, and of these cells it cannot be: they hold something, but no such
value. The rows are never found.
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
A warning: where the lookup is asked, the key goes through a function, and no answer of that function is what stands in
these cells. The rows are never found, so that a taken number looks free.
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
Let the column go through the same function when it is loaded: `key: 'mobile(mobile, "IN")'`.
"#;
    NO_ROWS = "H518", "a table without rows", r"
A warning: the table has a header and no rows, so that its lookups find nobody and everybody is unique. An export that
failed looks like this.
```yaml
# people.csv has one line: login,mobile,manager
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
See why the export is empty. A table that is empty for now on purpose may stay so; the warning goes with its first row.
";
    KIND_NOT_READ = "H519", "a file of a kind that is not read", r"
The file is there, but it is no table that hookgate reads: `.csv`, `.xlsx`, `.yaml`, `.yml` or `.json`.
```yaml
# the folder holds hr.xls
lookups:
  people_by_mobile: { table: hr.xls, key: mobile }
```
Open it in Excel or LibreOffice, choose `Save As` and the type `Excel Workbook (*.xlsx)` or `CSV UTF-8 (Comma
delimited)`, and write the new name.
";
    TOO_FEW_ROWS = "H520", "a table with too few rows", r"
A lookup says how many rows its table has at least, and the file has fewer: an export that broke off, or came
out of the wrong system. With it, values that are taken would count as free.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile, at_least: 1000 }
```
Write the file again with all of its rows. If there are no more by now, lower `at_least`.
";
    ROWS_KEPT = "H521", "a table that lost its rows", r"
A warning of a gateway that runs: the file of a table has no rows any more, or has lost more of them than
`reload.shrink` of gateway.yaml (20% if nothing is said) or the lookup's `shrink` allows. Most often an export
broke off. Losses of the last 30 days count together. All other files are in force; of this one the rows from
before stay in force, for all lookups that ask it, and over a restart too.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile, shrink: 50% }
```
Write the file again: as soon as it has enough rows it comes into force by itself. If it is right as it is, take
it: `hookgate reload --accept people.csv`. A table that shrinks in everyday life gets a larger `shrink`, or
`shrink: any`.
";
    LINK_LEADS_OUT = "H522", "a link that leads out of the rules folder", r"
A file or folder in the rules folder is a link to something outside of it. It is not followed: whoever may write
rules could read any file that hookgate's user may read, such as a private key. Links that stay within the folder
are followed, so that a ConfigMap of Kubernetes, which is made of them, needs nothing.
```yaml
# rules/people.csv is a link to /srv/export/people.csv
lookups:
  people_by_mobile: { table: people.csv, key: mobile }
```
Put the file itself into the rules folder, or have whatever writes it write there. Where links are wanted, the
operator names the folders that they may lead to: `reload: { follow: [/srv/export] }` in gateway.yaml.
";
    QUERY_WRITES = "H523", "a query that would change something", r#"
A lookup asks a database and changes nothing in it. What can be seen to change rows, lock them, write a file or a large
object, take a number of a sequence, set a variable or act on the server is refused, whatever the account may do.
```yaml
lookups:
  ever_used_login: { sql: hr, query: "select login from ever_used where login = :key for update", on_error: fail }
```
Write one `select` that only reads. Functions that act are known by name, those that PostgreSQL, MySQL, MariaDB and
SQLite bring with them; any other passes. Each question runs in a transaction that only reads and is rolled back, but
that does not stop a function of the database's own: give the connection an account that may read and nothing else.
"#;
    NOT_SURELY_FREE = "H524", "a free name that may be taken", r#"
`free_in` gives a name that the lookup has no row for. That is only known where the lookup answers: with another
`on_error` than `fail` a source that is away would make every name look free, and two people would get one login.
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
Write `on_error: fail` at the lookup: then the rule fails, and the hook's `on_failure` answers. A lookup that is asked
by several values has no single name to be asked by, and cannot be used here either.
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
Write days as `2026-01-31`, in any of the forms in which dates are read. A blank cell is open: valid from the beginning,
or without end. The last day counts.
"#;
    OVERLAPPING_ROWS = "H536", "rows of one key that are valid at one time", r"
A warning: two rows of a table have the same key and a day in common, so that the order in the file decides which of
them is found.
```yaml
# cost_centres.csv has the rows
#   Sales,4711,2026-01-01,2026-06-30
#   Sales,4712,2026-06-30,
cost_centres: { table: cost_centres.csv, key: department, valid: { from: from, to: to } }
```
Let one end on the day before the other begins. Where both are meant, ask with `all: true`, and allow the warning at the
lookup.
";
    OVER_BUDGET = "H530", "rules that would hold too much memory", r"
A small file can stand for much: a long text repeated through aliases, patterns that repeat, a table of many short
cells. So all files of the rules folder together may hold no more memory than `reload.memory_bytes` (64 MiB) while they
are loaded. Beyond that loading ends, before the memory is taken; a gateway that runs goes on with the rules it has.
```yaml
text: &text Here stand a hundred thousand letters.
list: [*text, *text, *text]   # and so on, twenty thousand times
```
Make smaller what the message names: leave rows and columns that no rule reads out of tables, or ask a database in
their place; write long values once, and patterns without large repetitions (`\w{1,100}`). Or raise
`reload.memory_bytes`, where the machine has twice as much to give: the rules in force stay while others are loaded.
";
}
