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
A lookup asks one `select` of a database, or one filter of a directory. What changes data, several queries in one text,
a quote or bracket without an end are refused.
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
broke off. All other files are in force; of this one the rows from before stay in force, for all lookups that
ask it, and over a restart too.
```yaml
lookups:
  mobile_owner: { table: people.csv, key: mobile, shrink: 50% }
```
Write the file again: as soon as it has enough rows it comes into force by itself. If it is right as it is, take
it: `hookgate reload --accept people.csv`. A table that shrinks in everyday life gets a larger `shrink`, or
`shrink: any`.
";
}
