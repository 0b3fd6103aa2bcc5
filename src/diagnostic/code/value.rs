//! Codes of mistakes in values, templates and scripts.

use super::declare::codes;

codes! {
    BAD_TEMPLATE = "H401", "a template that cannot be read", r#"
A text holds a `${` that is never closed, or one with nothing in it.
```yaml
set:
  user.email: "${user.login@corp.example"
```
Close it after the path or expression: `"${user.login}@corp.example"`. A literal `${` is written `$${`.
"#;
    BAD_SCRIPT = "H402", "a script that cannot be read", r#"
The text of a script is not in its language (Rhai), or does what a script may not do there: assign to `user`,
read an outside name in a function, call a verb in a condition, change a variable that a closure uses.
```yaml
rules:
  - name: mail-in-small-letters
    script: |
      user.email = user.email.to_lower();
```
Change the user with a verb, `set("user.email", user.email.to_lower())`. Hand values to functions as
parameters. Verbs belong into the rule's own `script`.
"#;
    UNKNOWN_FUNCTION = "H403", "an unknown function", r#"
A script calls a function that does not exist, or hands it more or fewer values than it takes.
```yaml
set:
  user.displayName: "${user.displayName.namecase()}"
```
Write the name as the message suggests (`name_case`). Write functions of your own in `*.rhai` files of the rules
folder.
"#;
    BAD_REGEX = "H404", "a pattern that cannot be used", r"
The pattern is not a regular expression, needs what hookgate's do not have (looking ahead or back, repeating what
a group found), or would grow too large. What is left out is what makes matching slow on hostile texts.
```yaml
when:
  user.login: { matches: '^(?!admin)[a-z.]+$' }
```
Say it with two operators: `{ matches: '^[a-z.]+$', not: { starts_with: admin } }`. Put patterns in single
quotes, so that `\` stays what it is.
";
    BAD_DATE = "H405", "a date that cannot be read", r#"
The rule needs a date or a time here, and this text is not one.
```yaml
when:
  user.endDate: { before: "now - 1 month" }
```
Write `2026-01-31`, `2026-01-31T08:00:00Z`, `now`, `today`, a path such as `user.startDate`, or one of them and how
far from it: `today-30d`, `user.startDate+1mo` (units s, min, h, d, wd, w, mo, y). Years have four digits, unless
`dates.two_digit_years` of gateway.yaml says what two digits mean.
"#;
    SCRIPT_TOO_LARGE = "H406", "a script beyond its limits", r#"
The script is longer than 64 KiB, nested too deep, or strings too many steps together in one expression. The
limits keep every script from taking the service down.
```yaml
when: { script: "user.login == \"a\" || user.login == \"b\" || user.login == \"c\"" }   # and so on, hundreds of times
```
Use a table or a list (`user.login: { in: [a, b, c] }`), break expressions up with `let`, and put repeated
parts into functions of a `*.rhai` file.
"#;
    PATH_AS_TEXT = "H407", "a path written as a text", r#"
A warning: the value reads like a path, but without `${` and `}` it is plain text.
```yaml
when:
  user.email: { is_not: user.login }
```
Write `"${user.login}"` for the value at the path. If you want this text itself, put it in quotes.
"#;
    UNKNOWN_VALUE = "H408", "a value that a function does not know", r#"
A function is called with a fixed value that it cannot use: an unknown country, an unknown language, an empty text to
look for, a part counted from 0.
```yaml
let:
  number: '${phone(user.mobile, "Indien")}'
```
Write what the help says: a country by its code (`"IN"`), its English name (`"India"`) or its calling code
(`"91"`). Where such a value is computed, the rule fails when it runs.
"#;
    THROWN_AWAY = "H409", "an answer that is not used", r#"
A script calls a function and does not use its answer. A function never changes its input; it answers a new value.
```yaml
rules:
  - name: no-spaces-in-logins
    script: |
      let login = user.login;
      login.replace(" ", "");
      set("user.login", login);
```
Keep the answer, `let login = user.login.replace(" ", "");`, or hand it to a verb.
"#;
    TEXT_WITHIN_TEXT = "H416", "a template that stays plain text", r#"
Within `${…}`, and within a script, a text is not filled in. Nor does hookgate fill in what other tools write, such as
`{{user.login}}` or `$user.login`. Every person would get this same text.
```yaml
set:
  user.login: '${lower("${user.firstName}.${user.lastName}")}'
```
End the expression before the text: `"${lower(user.firstName)}.${lower(user.lastName)}"`, or join:
`${lower(user.firstName + "." + user.lastName)}`. If you want the characters themselves, write them in two parts, as
`"$" + "{x}"`.
"#;
    CHANGES_IN_PLACE = "H417", "a change without effect", r#"
Some functions of scripts change a list or text in place and answer nothing, so their value is always absent. The
values of the event cannot be changed in place.
```yaml
set:
  user.rbacRoles: "${user.rbacRoles.sort()}"
```
Write the function that answers the changed value, here `user.rbacRoles.order()`. In a script a variable of its own
may be changed: `let roles = user.rbacRoles; roles.push("staff"); set("user.rbacRoles", roles)`.
"#;
    OTHER_SPELLING = "H418", "an operator or field that means something else here", r#"
`&` and `|` work on the bits of numbers, `%` is the rest of a division, and `.length` is a field of this name. A
pattern with two backslashes in single quotes looks for a backslash, and a date of ten digits counts milliseconds.
```yaml
when: { script: 'user.userType == "Vendor" & user.country' }
```
Write what the message says: `&&` and `||` for "and" and "or", `+` to join texts, `length(x)` to count.
"#;
}
