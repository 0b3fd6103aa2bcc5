//! Codes of mistakes in rules.

use super::declare::codes;

codes! {
    UNKNOWN_KEY = "H201", "an unknown key", r"
The mapping has a key that is not known there; most often it is misspelt. It is refused because the rule would
otherwise do something else than its author expects.
```yaml
rules:
  - name: only-india
    wen: { user.country: { is_not: India } }
    reject: NotIndia
```
Write the key as the message says. Write a comment after `#`.
";
    WRONG_SHAPE = "H202", "a value of the wrong kind", r"
The value has the wrong kind, such as a list in place of a mapping or a word in place of a number, or it is empty.
```yaml
rules:
  only-india:
    reject: NotIndia
```
The message says what to write. A list has `- ` before each item, a mapping has `key: value`; here each rule begins
with `- name:`.
";
    MISSING_KEY = "H203", "a key is missing", r"
A mapping lacks a required key. Here it is the rule's `name`, which traces, tests and records need.
```yaml
rules:
  - when: { user.country: Atlantis }
    reject: NotIndia
```
Add the key; the help below the message says what it is for. Here: `- name: only-india`.
";
    UNKNOWN_HOOK = "H204", "an unknown hook", r"
No hook has this name: neither one of the platform's twelve nor one that gateway.yaml declares.
```yaml
hook: validateUsers
```
Write the name as the message suggests (`validateUser`). Hooks of your own are declared under `hooks` of
gateway.yaml.
";
    NO_HOOK = "H205", "a rule without a hook", r"
Neither the rule or test nor its file names a hook.
```yaml
rules:
  - name: only-india
    when: { user.country: { is_not: India } }
    reject: NotIndia
```
Write `hook: validateUser` at the top of the file for all its rules, or into the rule itself. Write several hooks as a
list.
";
    DUPLICATE_RULE = "H206", "two rules with one name", r"
Traces, tests and records refer to a rule by its name only, without the file. They could not tell which of two rules
with one name is meant.
```yaml
rules:
  - name: mobile
    when: { user.mobile: { empty: true } }
    reject: MobileMissing
  - name: mobile
    when: { user.mobile: { not: { matches: '^[0-9]{10}$' } } }
    reject: InvalidMobileNumber
```
Let each name say what its rule checks: `mobile-is-there`, `mobile-is-well-formed`.
";
    NO_VERB = "H207", "a rule that does nothing", r"
The rule has conditions but nothing to do when they hold.
```yaml
rules:
  - name: only-india
    when: { user.country: { is_not: India } }
```
Add what it does (`reject`, `set`, `default`, `remove`, `add`, `take`, `mappedValue`, `deprovision`, `script` or
`stop`), or delete the rule. To switch a rule off for now, write `mode: off`.
";
    VERB_NOT_FOR_HOOK = "H208", "a verb the hook cannot take", r#"
Each kind of hook can answer only certain things. A notification has no answer, so a changed user would be lost.
```yaml
hook: postCreateUser
rules:
  - name: mail-address
    set: { user.email: "${user.login}@corp.example" }
```
Give the rule the hook that can do it (here `preCreateUser`), or split it in two. Refusals on other hooks than
those that validate can be allowed with `refusable: true` under `hooks` of gateway.yaml.
"#;
    BAD_REFUSAL_CODE = "H209", "a refusal code that is not a code", r#"
hookgate answers a refusal with a code that the platform looks up, not with a sentence. A code is a letter, then 2 to
48 letters or digits.
```yaml
rules:
  - name: mobile-is-free
    reject: "Somebody else already uses this mobile number."
```
Write `reject: MobileAlreadyExist`, and the sentence under `codes:` of the file.
"#;
    CODE_NOT_DECLARED = "H210", "a refusal code that is not declared", r#"
A rule refuses with a code that the platform does not know and no file declares. It may be misspelt. If it is right,
people see only the code, without a sentence.
```yaml
codes:
  MobileAlreadyExist: "Somebody else already uses this mobile number."
rules:
  - name: mobile-is-free
    reject: MobileAlreadyExists
```
Correct the code, or declare it under `codes:` with the sentence that explains it. The platform itself has texts for
only two codes, `MobileAlreadyExist` and `EmailAlreadyExist`.
"#;
    UNKNOWN_OPERATOR = "H211", "an unknown operator", r#"
The mapping after a path contains operators, and this key is not one. Symbols such as `>=` are not operators there.
```yaml
when:
  user.login: { begins_with: "adm" }
```
Write one of the operators the message lists, here `starts_with`. To look inside an object, write its path as
the key: `user.manager.login: asha.rao`.
"#;
    BAD_OPERATOR_VALUE = "H212", "a value the operator cannot take", r"
The operator is right, but its value is of the wrong kind: `in` takes a list or a range, `gt` and `lt` a number,
`length` and `count` a whole number, a range or comparisons of one, `within` networks. Or it is a range, and its ends
are not numbers or are in the wrong order.
```yaml
when:
  user.country: { in: India }
```
Write `in: [India]`, or `is: India` for a single value. Dates are compared with `before` and `after`.
";
    CANNOT_CHANGE = "H214", "a rule changes what it may only read", r#"
Rules change fields of the user. The rest of the request, the token, the caller, the time and names bound by `let` are
read-only. The user as a whole cannot be replaced.
```yaml
rules:
  - name: who-asked
    set: { token.sub: "${user.login}" }
```
Write `user.FIELD` or `attr.NAME` as the key. To answer a map hook, use `mappedValue`.
"#;
    NOT_ONE_OF = "H215", "a word that is not allowed here", r"
Only certain words are allowed here, and this is not one of them.
```yaml
rules:
  - name: only-india
    mode: disabled
    reject: NotIndia
```
Write one of the words that the message lists, exactly as it is written there; here `mode: off`.
";
    EMPTY_CONDITION = "H216", "an empty condition", r#"
A condition has nothing in it. It could be read as "always" or as "never", so it is not guessed.
```yaml
when:
  user.middleName:
```
Write what must hold: `{ empty: true }` for a field that is not filled in (absent, null, blank, or an empty
list), `{ present: false }` for a value that is absent or null alone. A rule that always applies has no `when`.
"#;
    UNCLEAR_NOT = "H241", "a `not` before several lines", r"
`not` is written before several conditions. It could mean that none of them holds, or that not all of them hold; the
two accept different people.
```yaml
when:
  not: { user.department: Board, user.userType: Vendor }
```
Write `not: { any: { … } }` if none of them may hold, and `not: { all: { … } }` if they may not all hold together.
";
    OTHER_CHANGE = "H242", "a verb that does something else than it says", r"
A warning: the verb makes a text of a list, adds several values as one, adds to a field that is no list, takes away what
no element is, or is switched off.
```yaml
set:
  user.assignedGroups: grp-sales
```
Write a list, `set: { user.assignedGroups: [grp-sales] }`, or add to the one that is there:
`add: { user.assignedGroups: grp-sales }`. Several values are a list too, `[grp-a, grp-b]`. Write
`take: { user.assignedGroups: { starts_with: tmp- } }` for every group that begins so. A verb that should do nothing is
left out.
";
    BAD_NAME = "H217", "a name that cannot be used", r#"
A name bound by `let` is written in paths and scripts, so it has only letters, digits and `_`, and does not begin with
a digit.
```yaml
let:
  mobile-owner: { lookup: mobile_owner, key: "${user.mobile}" }
```
Write `mobile_owner`.
"#;
    DUPLICATE_DECLARATION = "H218", "a name that is declared twice", r#"
A lookup or code of this name is declared twice, in two files or in one, with different contents.
```yaml
# a.yaml
codes: { MobileAlreadyExist: "Somebody else already uses this mobile number." }
# b.yaml
codes: { MobileAlreadyExist: "This number is taken." }
```
Keep one of them. Lookups and codes are known in every file of the folder, wherever they are declared.
"#;
    UNKNOWN_DESTINATION = "H219", "a destination that gateway.yaml does not have", r#"
A rule sends something to a destination that is not declared in gateway.yaml.
```yaml
rules:
  - { name: tell-the-desk, hook: postCreateUser, deliver: { to: itms, body: "a joiner" } }
```
Write the name as it is under `destinations:` of gateway.yaml, or declare it there. `hookgate check --config FILE`
reads another gateway.yaml.
"#;
    SECRET_IS_SENT = "H220", "a secret that would be sent", r#"
A rule sends a value computed from a password or a security question, and gateway.yaml does not allow this destination
to get it.
```yaml
rules:
  - { name: tell-the-siem, hook: changePassword, deliver: { to: siem, body: "changed to ${request.passwordText}" } }
```
Leave the secret out. If a destination needs it, such as a system that synchronises passwords, write `accepts:
secrets` at this destination in gateway.yaml, and say how the secret is stored until it has arrived (H711).
"#;
    BAD_UNTIL = "H235", "an end of an audit that cannot be used", r"
`until` is the last day on which a rule is in audit mode; from the next day on it is enforced. It is a day, and is
allowed only together with `mode: audit`.
```yaml
rules:
  - { name: manager-is-named, hook: validateUser, until: 2027-01-31, reject: ManagerRequired }
```
Write `mode: audit` and `until: 2027-01-31`, or neither of the two for a rule that is enforced at once.
";
}
