//! Codes of mistakes in names and paths.

use super::declare::codes;

codes! {
    BAD_PATH = "H301", "a path that cannot be read", r#"
A path says where a value is. It begins with a name such as `user`, `request`, `attr` or `token`; fields follow after
`.`, and positions in lists or unusual field names in brackets. This text is not a path.
```yaml
when:
  user.provisionedApps[620231fee789224ec1cec3dd].status: ACTIVE
```
Put unusual names in brackets and quotes: `user.provisionedApps["620231fee789224ec1cec3dd"].status`. Put the whole key
in single quotes then. `attr` alone is not a value; write `attr.NAME`.
"#;
    UNKNOWN_NAME = "H302", "an unknown name", r"
The first word of a path is not known. Every rule knows `user`, `request`, `attr`, `token`, `caller`, `app`, `hook`,
`now` and `setting`; others must be bound by a `let` above. Or the path asks for a part of a single value, or for a
setting that gateway.yaml does not have.
```yaml
when:
  country: India
```
Write the full path of the value: `user.country: India`. Bind a name of your own under `let` of the file or the rule,
above the first line that reads it.
";
    NAME_NOT_ON_HOOK = "H303", "a name that no hook of the rule has", r#"
The platform sends this part of the request to other hooks only. Here it is always absent, and the rule would never
apply.
```yaml
hook: validateUser
rules:
  - name: password-is-not-the-login
    when: { request.passwordText: "${user.login}" }
    reject: PasswordIsLogin
```
Give the rule a hook that has it (here `changePassword`); the help lists which do. If your platform sends more to a
hook, list its `fields` under `hooks` of gateway.yaml.
"#;
    MISSPELT_FIELD = "H304", "a field that is probably misspelt", r"
The platform is not known to send this field, but one that is written almost the same: one letter too many, one
missing, another one, or two neighbours swapped. For the rule it would always be absent. It is a mistake in `hookgate
check` and in a change of the rules, which is then not in force; a warning at a start, and in files that did not
change since. Less sure cases are warnings everywhere: other capitals in several places, a digit or hyphen, the
missing s of a plural. The s of a plural (`user.emails`) is no misspelling.
```yaml
when:
  user.userTpye: Vendor
```
Correct the name if it is wrong; capital and small letters count (`user.userType`). If there is such a field, or a
custom attribute `attr.NAME`, say so in gateway.yaml: `fields: { costCentre: text }`. Names under `secrets` are
known too.
";
    ATTRIBUTE_BY_PLACE = "H308", "a custom attribute that is found in only one of its two forms", r"
A warning: custom attributes come as a map (`attributes: { shift: night }`) or as a list of names and values, as the
platform's settings have it. A path through `user.attributes` finds the first and is absent in the second.
```yaml
when:
  user.attributes.shift: night
```
Write `attr.shift`, which reads and writes both.
";
    LET_CIRCLE = "H305", "names that are defined through each other", r#"
Each of these names needs the value of the other first, so none of them can ever have one.
```yaml
let:
  full: "${short} of ${user.department}"
  short: "${full.last(4)}"
```
Compute one of them from something else. A name may read only names that are bound above it.
"#;
    LET_SHADOWS = "H306", "a name that already means something", r#"
`let` binds a name that every rule already has another meaning for. Readers of the rule could not know which
is meant.
```yaml
let:
  user: { lookup: people, key: "${request.user.login}" }
```
Choose another name, such as `person`.
"#;
    UNKNOWN_COLUMN = "H307", "a column the table does not have", r#"
A rule reads a field of a table's row, and no column of the table is called so. It would always be absent.
```yaml
# people.csv has the columns login, mobile, manager
let:
  owner: { lookup: mobile_owner, key: "${user.mobile}" }
when:
  owner.logn: { present: true }
```
Write the column as in the table's first line; capital and small letters matter.
"#;
}
