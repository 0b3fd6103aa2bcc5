//! Codes of mistakes in tests.

use super::declare::codes;

codes! {
    CASE_WITHOUT_EXPECTATION = "H601", "a test that expects nothing", r"
This test always passes, whatever the rules do.
```yaml
tests:
  - name: a taken mobile is refused
    hook: validateUser
    sample: validateUser
    expect: {}
```
Say what you expect, for example `expect: { reject: MobileAlreadyExist, by: mobile-is-free }` or `{ accept: true }`.
";
    BAD_CASE_REQUEST = "H602", "a test with a request that cannot be used", r"
The request of the test cannot be built: it has both a `request` and a `sample`, the hook is your own and has no
sample, or a path of `with` goes through a value that has no fields.
```yaml
tests:
  - name: a vendor is refused
    sample: validateUser
    request: { user: { login: new.hire, userType: Vendor } }
    expect: { reject: NoVendors }
```
Write the whole request and name the `hook`, or take a sample and change it:
`with: { user.userType: Vendor }`.
";
    UNKNOWN_RULE = "H603", "a test that names an unknown rule", r"
`by:` says which rule must decide, and no rule of the folder has this name.
```yaml
tests:
  - name: a taken mobile is refused
    sample: validateUser
    expect: { reject: MobileAlreadyExist, by: mobile-is-fre }
```
Write the rule's `name` exactly as in the rule.
";
    EXPECTATION_NOT_FOR_HOOK = "H604", "an expectation that the hook can never meet", r"
Each kind of hook answers in its own way: a validate hook never has a mapped value, `policyMap` never refuses.
```yaml
tests:
  - name: the department is mapped
    sample: validateUser
    expect: { mappedValue: Sales }
```
`reject` and `accept` are for hooks that may refuse, `user` for those that may change the person, `mappedValue`
for `policyMap`, `deprovision` for `runDeprovision`; `reply`, `by` and `failed` are for all.
";
    NOT_IDEMPOTENT = "H605", "rules that change their own output", r#"
A warning: the platform may send an event twice and feed the answer of one hook into the next. So rules must not
change a user again that they have already changed; in this test they do.
```yaml
rules:
  - name: vendor-prefix
    set: { user.login: "v-${user.login}" }
```
Change a value only if it is not right yet: `when: { user.login: { not: { starts_with: v- } } }`, or `default:` for a
field that is filled once.
"#;
}
