//! What can be read and is not what its author means: values no field has, words of other tools, values that may be absent.

use super::declare::codes;

codes! {
    LIST_FOR_VALUE = "H818", "a list and a single value compared with each other", r"
A warning: one side is a list and the other a single value, so that they are never equal. `contains: [a, b]` looks for
an element that is itself the list `[a, b]`.
```yaml
when:
  user.assignedGroups: { contains: [sales, finance] }
```
Write `{ any: { in: [sales, finance] } }` where one of them is enough, and a line for each under `all:` where all must
be there. A field that is a list is tested by `contains: sales`.
";
    OTHER_TEMPLATE = "H819", "a value written as other tools write it", r#"
A warning: `{{user.city}}`, `$user.city`, `%user.city%`, and sums and calls without `${…}` around them, are taken as
these letters.
```yaml
rules:
  - name: mail
    hook: preCreateUser
    set: { user.email: "{{user.login}}@corp.example" }
```
Write `"${user.login}@corp.example"`.
"#;
    UNSEEN_SIGN = "H820", "a value with signs that fields do not have", r"
A warning: the value that is compared has quotes of its own, most often curly ones that a text program made, or
characters that nobody sees: zero width spaces, soft hyphens, marks of direction, no-break spaces.
```yaml
when:
  user.userType: “Vendor”
```
Type the value anew, with plain quotes or none: `Vendor`.
";
    WORD_FOR_NOTHING = "H821", "a word for nothing, taken as a text", r"
A warning: `NULL`, `None`, `nil` or `N/A` are these letters to hookgate, and no field that is not filled in is equal
to them. `Y` and `N` are no true and false.
```yaml
when:
  user.managerId: NULL
```
Write `{ empty: true }` for a field that is not filled in, `{ present: false }` for one that is absent or null. Truths
are `true` and `false`.
";
    NEVER_HELD = "H822", "a value that the field never has", r#"
A warning: the platform, or `fields:` of gateway.yaml, says what stands in this field, and this value is none of it. It
may be misspelt, or several values in one text.
```yaml
when:
  user.userType: "Vendor, Consultant"
```
Write one of the values as it is sent; capital and small letters count. Several are a list: `[Vendor, Consultant]`. A
value that is right is added under `fields:` of gateway.yaml.
"#;
    OTHER_OPERATOR = "H823", "an operator of another tool, taken as a text", r#"
A warning: the cell of a decision table, or the value of a test, looks like a range, a comparison or a list of another
tool, and is compared letter by letter.
```yaml
table:
  inputs: [user.grade, user.userType]
  outputs: [mappedValue]
  rows:
    - ["≥ 7", "Vendor|Consultant", "OU=Seniors"]
```
Write `">= 7"`, `[Vendor, Consultant]`, `{ gte: 7, lte: 9 }`, `"!= India"`, `"-"` for anything. Where a cell means these
letters, put double quotes within it: `'"7-9"'`.
"#;
    MAY_BE_ABSENT = "H824", "a value that may be absent where the rule needs it", r#"
A warning: every field is optional, and nothing before this template makes sure that the field is there. Where it is
absent the rule fails, and nothing that rules have changed counts.
```yaml
rules:
  - name: mail-address
    hook: preCreateUser
    set: { user.email: "${user.firstName}.${user.lastName}@corp.example" }
```
Test `empty: false` in `when`, or write what stands in: `${user.lastName ?? user.login ?? "unknown"}`. A rule that the
others can do without may say `on_failure: skip`.
"#;
    CANNOT_SKIP = "H825", "a rule that answers and would be skipped where it fails", r"
`on_failure: skip` lets later rules go on as if the rule did not hold. Of a rule that refuses, maps or decides that
would be an answer that nobody has thought of: somebody would be let in because a directory does not answer.
```yaml
rules:
  - name: number-is-free
    hook: validateUser
    on_failure: skip
    when: { user.mobile: { found_in: people_by_mobile } }
    reject: MobileAlreadyExist
```
Remove the line. What is answered where the rule fails says `on_failure` of gateway.yaml, for each hook.
";
    SUM_OF_A_DATE = "H826", "a number added to a date", r#"
A warning: a date is a text to `+` and `-`. `now + 7` is the moment with a 7 behind it, and `now - 7` fails.
```yaml
rules:
  - name: joins-in-a-week
    hook: preCreateUser
    default: { user.startDate: "${now + 7}" }
```
Write `${date("now+7d")}`. Units are `s`, `min`, `h`, `d`, `w`, `mo` and `y`.
"#;
    MARKUP_IS_GUESSED = "H840", "a chat of which nobody says how its texts are escaped", r#"
A warning. The destination is called by `http:`, and its host is one where messages of a chat have markup: a name such
as `<!channel>` or `[pay here](https://…)` would call everybody, or hide where a link leads. So what templates bring
into a message is escaped, as the host has it.
```yaml
destinations:
  chat: { http: "https://hooks.slack.com/services/T0/B0/x" }
```
Say what is meant: `slack: "https://…"` (or `teams:`), or beside `http:` one of `escape: slack`, `escape: markdown`,
`escape: html` and `escape: none`.
"#;
}
