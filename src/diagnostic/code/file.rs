//! Codes of mistakes in files and YAML.

use super::declare::codes;

codes! {
    FILE_UNREADABLE = "H101", "a file or folder cannot be read", r"
Something hookgate was told to read is not there, may not be read by its user, is no ordinary file, or is no
UTF-8 text.
```yaml
rules: /etc/hookgate/rulse
```
Write the name as it is on the disk, and let the user hookgate runs as read it. Save files as UTF-8 in the
editor. Other files, editors' backups and hidden files in the rules folder are left alone and may be anything.
";
    FILE_TOO_LARGE = "H102", "a file or folder is too large", r"
Reading has limits, so that one file cannot take the memory of the whole service: 16 MiB and 1,000,000 values
a file, 50,000 values repeated through aliases, 256 MiB and 20,000 files a rules folder, 1 MiB for
gateway.yaml.
```yaml
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]   # three more such lines stand for a million values
```
Split the file, put large lists into a CSV table, and keep what is no rule out of the folder.
";
    NOT_YAML = "H103", "the file is not YAML", r#"
The structure of the file cannot be made out: a quote or bracket that is never closed, an indent that fits
nothing, a tab.
```yaml
rules:
  - name: "only-india
    reject: NotIndia
```
Close what is open, indent with spaces only, and give the keys of one mapping one indent. A text that begins
with one of `[ ] { } * & ! | > % @ #` or holds `: ` goes into quotes. What is wrong often stands a line above
the underlined place.
"#;
    EMPTY_FILE = "H104", "the file is empty", r"
The file has no value in it, only comments, spaces or nothing. It is refused because a file that is just being
saved looks the same, and an empty one would silently switch off the rules it had.
```yaml
# rules:
#   - name: only-india
```
Delete the file if it is not wanted any more, or give it a name that is not read, such as `validate.yaml.off`.
";
    SEVERAL_DOCUMENTS = "H105", "the file holds more than one YAML document", r"
A line `---` begins a second document. Only one is read from a file, and the second would be lost.
```yaml
rules: []
---
rules: []
```
Put the second part into a file of its own, or its rules under the `rules` of the first. A `---` before
everything is fine.
";
    DUPLICATE_KEY = "H106", "a key stands twice", r"
One mapping has the same key twice. Many YAML readers keep the last one and drop the other without a word.
```yaml
when:
  user.mobile: { empty: false }
  user.mobile: { matches: '^[6-9][0-9]{9}$' }
```
Keep one. Several conditions on one value go together:
`user.mobile: { empty: false, matches: '^[6-9][0-9]{9}$' }`. One operator twice, or a path or `not` twice, stands in a
list below `all:` or `any:`: `all: [{ user.login: { matches: a } }, { user.login: { matches: b } }]`.
";
    MERGE_KEY = "H107", "merge keys are not read", r"
`<<` copies the keys of one mapping into another in some YAML readers. It is no part of YAML 1.2 and hides
what a rule does.
```yaml
base: &base { user.country: India }
when:
  <<: *base
  user.userType: Vendor
```
Write the keys out. What every rule of a file has in common goes into the file's own `when`.
";
    YAML_TAG = "H108", "tags are not read", r#"
A word that begins with `!` tells some YAML readers to make a value of another type. It means nothing to
hookgate.
```yaml
when:
  user.employeeId: !!str 1042
```
Remove the tag. Quotes make a text of anything: `user.employeeId: "1042"`.
"#;
    KEY_NOT_TEXT = "H109", "a key is no text", r#"
A key is a list, a mapping or an alias. Often a template or a path was left without quotes.
```yaml
set:
  [user.email]: "${user.login}@corp.example"
```
Write the key as plain text (`user.email: …`). A key that begins with `[`, `{`, `*` or `&` goes into quotes.
"#;
    NO_RULES = "H110", "the folder holds no rules", r"
No file of the rules folder has a rule. An empty rule set would let everything through, so it is never taken
over: what ran before stays, and at the start hookgate does not come up.
```yaml
hook: validateUser
rules: []
```
Check that `rules` of gateway.yaml (or `--rules`) names the right folder and that its files end in `.yaml` or
`.yml`. To let everything through on purpose, write one rule that only says `stop: true`.
";
    UNQUOTED_NUMBER = "H120", "a number that is meant as text", r#"
Ids, mobile numbers and codes are text in the platform's requests. Without quotes YAML makes a number of them,
and a number never equals a text.
```yaml
when:
  user.mobile: 9820012345
```
Put it in quotes: `user.mobile: "9820012345"`.
"#;
    NUMBER_TOO_LONG = "H121", "a number too long to be kept exactly", r#"
The number has more than 15 digits. Many programs that read it later keep only about 15 and change the rest.
```yaml
set:
  attr.cardNumber: 6070123456789012345
```
Put it in quotes, so that it is text and every digit stays: `attr.cardNumber: "6070123456789012345"`.
"#;
    AMBIGUOUS_WORD = "H122", "a word that YAML readers take for true or false", r#"
`yes`, `no`, `on`, `off` and words such as `True` without quotes are true or false to some YAML readers and
text to others: Norway's country code `NO` has become `false` in many a file.
```yaml
when:
  user.country: NO
```
Write `"NO"` if the text is meant, and `true` or `false` in small letters if that is.
"#;
    ODD_NUMBER = "H123", "a number in a form that readers disagree about", r#"
Leading zeros, `+`, `_`, hexadecimal and the like are a number to some YAML readers, another number to the
next, and text to a third: `010` is eight or ten.
```yaml
when:
  user.employeeId: 00042
```
Put it in quotes if it is an id (`"00042"`); write plain decimal digits if it is a number (`42`).
"#;
    ODD_LETTER = "H126", "a letter that looks like another", r"
A key holds a letter that nobody types on purpose: the curly quotes, dashes and no-break spaces of word
processors, chats and web pages look like those of a keyboard and are others.
```yaml
“name”: only-india
```
Write the letter that the message names with the keyboard.
";
    MISSING_COLON = "H127", "a key without a colon", r"
Between `{` and `}` a key and its value have a colon and a space between them; without, the whole is one key that has no
value.
```yaml
when: { user.country:India }
```
Write `when: { user.country: India }`.
";
    NO_RULE_FILE = "H128", "a file that holds no rules", r"
A YAML file in the rules folder is something else: settings of hookgate, or a file of another program. Every `.yaml` and
`.yml` of the folder is read.
```yaml
listen: 127.0.0.1:8080
rules: rules
```
Keep the rules in a folder of their own, and name it: `--rules rules`, or `rules:` of gateway.yaml.
";
}
