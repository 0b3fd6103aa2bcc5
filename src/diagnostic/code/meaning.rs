//! Codes for what can be read and is not what its author means; what only a check finds has its code there.

use super::declare::codes;

codes! {
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
Write `${date("now+7d")}`. For another date write
`${add_time(user.endDate, "7d")}`. Units are `s`, `min`, `h`, `d`, `wd` (working days), `w`, `mo` and `y`.
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
