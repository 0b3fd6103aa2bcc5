//! Codes for what can be read and is not what its author means; what only a check finds has its code there.

use super::declare::codes;

codes! {
    BAD_ALLOW = "H810", "an `allow` comment that cannot be read", r"
A comment begins with `hookgate:`, but does not go on with `allow`, an existing code, and a reason.
```yaml
rules:
  # hookgate: allow H806
  - name: indians-are-in-pune
    set: { user.orgUnitId: pune }
```
Write `# hookgate: allow H806 because the office wins over the company`. Several codes are separated by
commas.
";
    IDLE_ALLOW = "H811", "an `allow` comment without effect", r"
A warning: the comment allows a warning that does not exist there. It was corrected meanwhile, or the comment is in
the wrong place. Only warnings can be allowed, never mistakes.
```yaml
rules:
  - name: indians-are-in-pune
    # hookgate: allow H806 because the office wins over the company
    hook: preCreateUser
    set: { user.orgUnitId: pune }
```
Remove the comment. If the warning still appears, put the comment at the end of the line that it names, or right above
the block: here above `- name`.
";
    WHITE_SPACE_AT_ENDS = "H813", "a line break or a space at the end of a value", r"
A warning: the value begins or ends with white space that nobody sees. A text after `|` ends with a line break, so no
field ever equals it, and an application would get the line break as part of the value.
```yaml
when:
  user.country: |
    India
```
Write `|-` in place of `|` (`>-` in place of `>`), or the text on one line. Within quotes, remove the spaces.
";
    OTHER_TEMPLATE = "H819", "a value written as other tools write it", r#"
A warning: `{{user.city}}`, `$user.city`, `%user.city%`, and sums and function calls without `${…}` around them, are
taken as plain text.
```yaml
rules:
  - name: mail
    hook: preCreateUser
    set: { user.email: "{{user.login}}@corp.example" }
```
Write `"${user.login}@corp.example"`.
"#;
    WORD_FOR_NOTHING = "H821", "a word for an empty value, taken as text", r"
A warning: hookgate reads `NULL`, `None`, `nil` or `N/A` as plain text, and an empty field never equals such a text.
`Y` and `N` do not mean true and false.
```yaml
when:
  user.managerId: NULL
```
Write `{ empty: true }` for a field that is not filled in, `{ present: false }` for one that is absent or null. Write
truth values as `true` and `false`.
";
    CANNOT_SKIP = "H825", "a rule that gives an answer and is skipped when it fails", r"
`on_failure: skip` lets later rules run as if the rule did not hold. A rule that refuses, maps or decides must not be
skipped: a person would be accepted because a directory does not answer.
```yaml
rules:
  - name: number-is-free
    hook: validateUser
    on_failure: skip
    when: { user.mobile: { found_in: people_by_mobile } }
    reject: MobileAlreadyExist
```
Remove the line. `on_failure` of gateway.yaml says for each hook what is answered when a rule fails.
";
    SUM_OF_A_DATE = "H826", "a number added to a date", r#"
A warning: `+` and `-` read a date as text. `now + 7` is the time with a 7 after it, and `now - 7` fails.
```yaml
rules:
  - name: joins-in-a-week
    hook: preCreateUser
    default: { user.startDate: "${now + 7}" }
```
Write `${date("now+7d")}`. For another date write
`${add_time(user.endDate, "7d")}`. Units are `s`, `min`, `h`, `d`, `wd` (working days), `w`, `mo` and `y`.
"#;
    MARKUP_IS_GUESSED = "H840", "a chat without a rule for escaping", r#"
A warning. The destination is declared with `http:`, and its host belongs to a chat service with markup. There a name
such as `<!channel>` would notify everybody, and `[pay here](https://…)` would hide where a link leads. So hookgate
escapes the values of templates as this chat needs it.
```yaml
destinations:
  chat: { http: "https://hooks.slack.com/services/T0/B0/x" }
```
Name the chat: `slack: "https://…"` (or `teams:`). Or write next to `http:` one of `escape: slack`, `escape:
markdown`, `escape: html` and `escape: none`.
"#;
}
