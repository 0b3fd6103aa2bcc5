//! Codes of mistakes in files and YAML.

use super::declare::codes;

codes! {
    FILE_UNREADABLE = "H101", "a file or folder cannot be read", r"
Something hookgate was told to read is not there, may not be read by its user, is not an ordinary file, or is no
UTF-8 text.
```yaml
rules: /etc/hookgate/rulse
```
Write the name as it is on the disk, and give the user that runs hookgate the right to read it. Save files as UTF-8 in
the editor. hookgate does not read other files, backups of editors and hidden files in the rules folder.
";
    FILE_TOO_LARGE = "H102", "a file or folder is too large", r"
Limits keep one file from using the memory of the whole service: 16 MiB and 1,000,000 values a file, 50,000 values
repeated through aliases, 256 MiB and 20,000 files a rules folder, 1 MiB for gateway.yaml.
```yaml
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]   # three more such lines stand for a million values
```
Split the file, put large lists into a CSV table, and move other files out of the folder.
";
    NOT_YAML = "H103", "the file is not YAML", r#"
The structure of the file cannot be read. Common causes are a quote or bracket that is not closed, a wrong indent, and
a tab.
```yaml
rules:
  - name: "only-india
    reject: NotIndia
```
Close every quote and bracket, indent with spaces only, and give all keys of one mapping the same indent. A text that
begins with one of `[ ] { } * & ! | > % @ #` or contains `: ` needs quotes. The mistake is often one line above the
underlined place.
"#;
    EMPTY_FILE = "H104", "the file is empty", r"
The file has only comments or spaces, or nothing. It is refused because an empty file would silently switch off the
rules it had, and a file that is being saved looks the same.
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
    DUPLICATE_KEY = "H106", "a key appears twice", r"
One mapping has the same key twice. Many YAML readers silently keep only the last one.
```yaml
when:
  user.mobile: { empty: false }
  user.mobile: { matches: '^[6-9][0-9]{9}$' }
```
Keep one. Write several conditions on one value in one mapping: `user.mobile: { empty: false, matches:
'^[6-9][0-9]{9}$' }`. To write an operator, a path or `not` twice, use a list under `all:` or `any:`: `all: [{
user.login: { matches: a } }, { user.login: { matches: b } }]`.
";
    MERGE_KEY = "H107", "merge keys are not supported", r"
`<<` copies the keys of one mapping into another in some YAML readers. It is not part of YAML 1.2 and hides
what a rule does.
```yaml
base: &base { user.country: India }
when:
  <<: *base
  user.userType: Vendor
```
Write the keys out. Put conditions that all rules of a file share into the file's own `when`.
";
    YAML_TAG = "H108", "tags are not supported", r#"
A word that begins with `!` tells some YAML readers to make a value of another type. It means nothing to
hookgate.
```yaml
when:
  user.employeeId: !!str 1042
```
Remove the tag. To get a text, use quotes: `user.employeeId: "1042"`.
"#;
    KEY_NOT_TEXT = "H109", "a key is not text", r#"
A key is a list, a mapping or an alias. Often the quotes around a template or a path are missing.
```yaml
set:
  [user.email]: "${user.login}@corp.example"
```
Write the key as plain text (`user.email: …`). Put a key that begins with `[`, `{`, `*` or `&` in quotes.
"#;
    NO_RULES = "H110", "the folder holds no rules", r"
No file of the rules folder has a rule. An empty rule set would accept everything, so hookgate never uses one: the
rules from before stay in force, and at a start hookgate does not start.
```yaml
hook: validateUser
rules: []
```
Check that `rules` of gateway.yaml (or `--rules`) names the right folder and that its files end in `.yaml` or `.yml`.
To accept everything on purpose, write one rule that only says `stop: true`.
";
    UNQUOTED_NUMBER = "H120", "a number that is meant as text", r#"
Ids, mobile numbers and codes are text in the platform's requests. Without quotes YAML reads a number, and a number
never equals a text.
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
Write `"NO"` for the text, and `true` or `false` in small letters for the truth value.
"#;
    ODD_NUMBER = "H123", "a number in a form that readers disagree about", r#"
YAML readers disagree about leading zeros, `+`, `_` and hexadecimal digits: `010` is eight, ten or a text.
```yaml
when:
  user.employeeId: 00042
```
Put it in quotes if it is an id (`"00042"`); write plain decimal digits if it is a number (`42`).
"#;
    ODD_LETTER = "H126", "a letter that looks like another", r"
A key contains a character that was probably pasted. Word processors, chats and web pages use curly quotes, dashes and
no-break spaces; they look like the characters of a keyboard, but are different.
```yaml
“name”: only-india
```
Type the character that the message names with the keyboard.
";
    MISSING_COLON = "H127", "a key without a colon", r"
Between `{` and `}`, write a colon and a space between a key and its value. Without them the whole text is one key
without a value.
```yaml
when: { user.country:India }
```
Write `when: { user.country: India }`.
";
    NO_RULE_FILE = "H128", "a file that holds no rules", r"
A YAML file in the rules folder has no rules: it holds settings of hookgate, or belongs to another program. hookgate
reads every `.yaml` and `.yml` file of the folder.
```yaml
listen: 127.0.0.1:8080
rules: rules
```
Keep the rules in a folder of their own, and name it: `--rules rules`, or `rules:` of gateway.yaml.
";
    MISNAMED_FILE = "H129", "a file that is not read because of its name", r"
A warning: a file of the rules folder has nearly the name of a rule file or table, and no file of that name is there.
hookgate reads `.yaml`, `.yml`, `.csv`, `.xlsx`, `.json` and `.rhai`. The rules or rows of this file are not in force.
```yaml
# rules/leavers.yaml.txt
hook: validateUser
rules: [{ name: leavers, when: { user.endDate: { over: true } }, reject: EndDatePast }]
```
Rename it: `leavers.yaml`. File managers may hide the last ending, and editors may add one. A file that is to be kept
out on purpose can be called `leavers.yaml.off`.
";
}
