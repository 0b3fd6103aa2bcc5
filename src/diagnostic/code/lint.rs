//! What the analysis of rules that can be read finds, most of it by `check` alone.

use super::declare::codes;

codes! {
    ROWS_OVERLAP = "H801", "rows of a table that can both hold", r#"
A warning: two rows of a table with `hit: unique` (or without `hit`) can hold of one user. When such a user
comes, the rule fails.
```yaml
table:
  inputs: [user.userType, user.country]
  outputs: [mappedValue]
  rows:
    - [Vendor, "-",   "OU=Vendors"]
    - ["-",    India, "OU=IN"]
```
The example shows a user of whom both hold. Tell the rows apart (`"!= Vendor"` in the second), or write
`hit: first`: then the upper one counts.
"#;
    ROW_NEVER_HIT = "H802", "a row of a table that is never hit", r#"
A warning: no user reaches the row. In a table with `hit: first`, earlier rows take all of its users; or its
cells contradict each other, or the rule's `when`.
```yaml
table:
  hit: first
  inputs: [user.userType, user.country]
  outputs: [mappedValue]
  rows:
    - [Vendor, "-",   "OU=Vendors"]
    - [Vendor, India, "OU=Vendors,OU=IN"]
```
Put the narrower row first, or remove the one that is not needed. The example shows a user that the row was
meant for, and who does not get there.
"#;
    NO_ROW_COVERS = "H803", "users that no row of a table covers", r#"
A warning: for some users the rule's `when` holds and no row of its table does, so that the rule does nothing.
Not told of tables that only refuse or stop, nor of those with `hit: collect`.
```yaml
table:
  inputs: [user.country]
  outputs: [mappedValue]
  rows:
    - [India, "OU=IN"]
    - [Nepal, "OU=NP"]
```
End the table with a row of `"-"` for everybody else (with `hit: first`), or say in the rule's `when` whom it
is for. The example shows a user without a row.
"#;
    RULE_SHADOWED = "H804", "a rule that is never reached", r"
A warning: earlier rules refuse, map, decide or stop every event that this rule is for.
```yaml
rules:
  - name: nobody-without-a-manager
    when: { user.managerId: { empty: true } }
    reject: ManagerRequired
  - name: vendors-need-a-manager
    when: { user.userType: Vendor, user.managerId: { empty: true } }
    reject: VendorManagerRequired
```
Put the narrower rule first, or remove the one that is not needed. To run before another file, a file needs an
earlier name.
";
    NEVER_HOLDS = "H805", "a condition that never holds", r"
A warning: no user passes all of these tests at once, together with the guard of the file. The same is told of
a branch of `any`.
```yaml
when:
  user.grade: { gt: 7, lt: 3 }
```
Correct one of the tests. A value that may be either this or that is a list: `user.country: [India, Nepal]`.
";
    ORDER_MATTERS = "H806", "two rules that change one field differently", r"
A warning: both rules can hold of one user, and what the field has in the end depends on which comes first.
With files, that is which has the earlier name.
```yaml
rules:
  - name: vendors-are-external
    when: { user.userType: Vendor }
    set: { user.orgUnitId: external }
  - name: indians-are-in-pune
    when: { user.country: India }
    set: { user.orgUnitId: pune }
```
Tell the two apart in their conditions, or make a table with `hit: first` of them. If the order is meant, say
so: `# hookgate: allow H806 because the office wins over the company`. Not told where the later rule tests or
reads what the earlier wrote.
";
    UNUSED_LET = "H807", "a name that nothing reads", r#"
A warning: `let` binds a name, and neither a rule nor another name reads it.
```yaml
let:
  owner: { lookup: people_by_mobile, key: "${user.mobile}" }
when:
  user.mobile: { empty: false }
```
Remove the line, or read the name where it was meant to be read: here `owner.login: { present: true }`.
"#;
    UNUSED_LOOKUP = "H808", "a lookup that nothing asks", r"
A warning: the lookup is declared, and no rule asks it.
```yaml
lookups:
  reserved_logins: { table: reserved.csv, key: login }
```
Remove it, or ask it: `user.login: { found_in: reserved_logins }`.
";
    SECRET_LEAVES = "H809", "a secret in a value that leaves", r#"
A warning: a password or security question is read into `mappedValue` where `when` does not say that the platform asks
for the password (`request.targetAttribute: __PASSWORD__`). For any other attribute the rule fails.
```yaml
rules:
  - name: first-password
    hook: policyMap
    mappedValue: "${user.password}"
```
Test `request.targetAttribute: __PASSWORD__` in `when`.
"#;
    BAD_ALLOW = "H810", "a remark that hookgate cannot read", r"
A comment begins with `hookgate:`, and what follows is not `allow`, a code that exists, and a reason.
```yaml
rules:
  # hookgate: allow H806
  - name: indians-are-in-pune
    set: { user.orgUnitId: pune }
```
Write `# hookgate: allow H806 because the office wins over the company`. Several codes are separated by
commas.
";
    IDLE_ALLOW = "H811", "a remark that allows nothing", r"
A warning: there is no such warning where the comment allows one. What it spoke of is mended, or it stands in
the wrong place. Mistakes cannot be allowed, only warnings.
```yaml
rules:
  - name: indians-are-in-pune
    # hookgate: allow H806 because the office wins over the company
    hook: preCreateUser
    set: { user.orgUnitId: pune }
```
Remove the comment. If the warning is still told, put the comment at the end of the line that it names, or
right above the block: here above `- name`.
";
    BLANK_IS_PRESENT = "H812", "a field that was left blank is taken for one that is there", r#"
A warning: forms send `""` for what nobody filled in, and `present` holds of every text, a blank one too. The rule
then refuses, names or maps people by nothing at all.
```yaml
rules:
  - name: email-is-well-formed
    when: { user.email: { present: true, not: { matches: '@' } } }
    reject: EmailNotValid
```
Write `empty: false` in place of `present: true`, and `empty: true` in place of `present: false`. Told of the text
fields of a person, of custom attributes and of names that `let` gives them; not where another test of the same
field keeps blanks out (`matches`, `is`, `length: { gt: 0 }`).
"#;
    WHITE_SPACE_AT_ENDS = "H813", "a line break or a space at the end of a value", r"
A warning: the value begins or ends with white space that nobody sees. A text behind `|` ends with a line break, so
that no field is ever equal to it, and an application gets the line break as a part of its value.
```yaml
when:
  user.country: |
    India
```
Write `|-` in place of `|` (`>-` in place of `>`), or the text on one line. In quotes, take the spaces out.
";
    DATE_AS_TEXT = "H815", "a date compared letter by letter", r#"
A warning: the field holds dates, which come in many shapes, and `is` and `in` compare letters.
```yaml
when:
  user.endDate: 2026-01-10
```
It does not hold of `2026-01-10T00:00`, which is how the platform writes that day. Compare the day, with
`let: { day: "${date(user.endDate)}" }` and `day: "2026-01-10"`; or write `before`, `after` or `over`.
"#;
    DAY_BEFORE_NOW = "H816", "a day compared with the moment", r"
A warning: the field holds days, and a day counts from its first moment. So `before: now` holds on the morning of the
day itself: of an `endDate`, people lose their access before their last day of work.
```yaml
when:
  user.endDate: { before: now }
```
Write `over: true`, which holds once the day has ended. `before: today` holds of earlier days, `before: today+1d` of
today too.
";
    MINUTES = "H817", "an offset in minutes", r"
A warning: `m` is minutes, and whoever writes `now-6m` most likely means months.
```yaml
when:
  user.endDate: { before: now-6m }
```
Write `mo` for months, or `min` where minutes are meant.
";
}
