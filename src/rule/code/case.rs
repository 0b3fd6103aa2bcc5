//! Tests.

use super::catalogue::codes;

codes! {
    CASE_WITHOUT_EXPECTATION = "H601", "a test that expects nothing", r"
Whatever the rules do, this test passes.
```yaml
tests:
  - name: a taken mobile is refused
    hook: validateUser
    sample: validateUser
    expect: {}
```
Say what must come out, for example `expect: { reject: MobileAlreadyExist, by: mobile-is-free }` or `{ accept: true }`.
";
    BAD_CASE_REQUEST = "H602", "a test request that is no event", r"
What the test sends could not come from the platform: there is no user, no sample of that name, both a `request` and a
`sample`, or `with` changes something that is not there.
```yaml
tests:
  - name: a vendor is refused
    hook: validateUser
    request: { login: new.hire, userType: Vendor }
    expect: { reject: NoVendors }
```
Write the user under `user`: `request: { user: { login: new.hire, userType: Vendor } }`. Or take a whole request and change
it: `sample: validateUser` with `with: { user.userType: Vendor }`.
";
    UNKNOWN_RULE = "H603", "a test that names an unknown rule", r"
`by` says which rule must decide, and no rule of the folder has this name.
```yaml
expect: { reject: MobileAlreadyExist, by: mobile-free }
```
Write the rule's `name` as it stands in its file; the message suggests one. After a rule is renamed its tests are too.
";
    EXPECTATION_NOT_FOR_HOOK = "H604", "an expectation the hook cannot meet", r#"
The test waits for something this kind of hook never answers: only map hooks answer a mapped value, only hooks that may refuse
answer a refusal.
```yaml
tests:
  - name: vendors go
    hook: runDeprovision
    sample: runDeprovision
    expect: { mappedValue: "true" }
```
Expect what the hook answers, here `deprovision: true`, or name the hook that is meant.
"#;
    NOT_IDEMPOTENT = "H605", "rules that change their own output", r#"
The platform may send an event twice and feed the answer of one hook into the next. Rules that run on the user they made
themselves must leave it as it is; in this test they do not.
```yaml
rules:
  - name: vendor-prefix
    set: { user.login: "v-${user.login}" }
```
Change only what is not yet as it should be: `when: { user.login: { not: { starts_with: v- } } }`, or `default:` for a field
that is to be filled once.
"#;
}
