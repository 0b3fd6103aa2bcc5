//! Values, templates, scripts.

use super::catalogue::codes;

codes! {
    BAD_TEMPLATE = "H401", "a template that cannot be read", "";
    BAD_SCRIPT = "H402", "a script that cannot be read", "
A script (`${…}` in a text, `script:` in a condition or rule, or a `.rhai` file) breaks the rules of its language, Rhai.
The place is the one at which reading stopped; the cause often stands just before it.

Some things are refused although Rhai knows them, because they would make a script unsafe or hide what it does:

- `user.email = …`: what the event brought is not changed in place. Write `set(\"user.email\", …)`.
- A variable that a closure uses and that also changes, as in `let n = 0; list.for_each(|x| n += x)`.
  Write a `for` loop: `for x in list { n += x; }`.
- A function that reads `user` or another name it was not handed. Make it a parameter.
- `eval`, `this`, `curry`, `Fn(…)`, and verbs, `lookup` or `attr` inside a `.rhai` file.
- Verbs inside `${…}` or a condition: only a rule's `script` calls them.
";
    UNKNOWN_FUNCTION = "H403", "an unknown function", "
A script calls a function that neither the language nor a `.rhai` file of the rules folder has, or hands it too many or too
few values.

```yaml
when: \"digts(user.mobile) != ''\"     # did you mean `digits`?
```

docs/language.md lists the functions. A function of your own goes into a file `anything.rhai`:
`fn initials(first, last) { cut(first, 1) + cut(last, 1) }`.
";
    BAD_REGEX = "H404", "a pattern that cannot be used", "
A regular expression cannot be read, or is beyond the limits: 4096 bytes, groups nested 64 deep, 1 MiB once compiled
(`((a{100}){100}){100}` repeats too much). Look-around and back-references are not part of it: that is why no text can make
a pattern slow.

Quote patterns with `'…'` in YAML, so that `\\` stays as it is: `matches: '^[6-9]\\d{9}$'`. In a script write `` `…` `` or double
each `\\`.
";
    BAD_DATE = "H405", "a date that cannot be read", "";
    SCRIPT_TOO_LARGE = "H406", "a script beyond its limits", "
A script is longer than 64 KiB, nests expressions deeper than 64 levels (32 in functions), or has more than 1000 functions.
Break a long expression up with `let`, or move parts into functions of a `.rhai` file.
";
    PATH_AS_TEXT = "H407", "a path written as a text", "";
}
