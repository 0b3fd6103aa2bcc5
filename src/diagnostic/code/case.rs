//! Codes of mistakes in tests.

use super::declare::codes;

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
Say what must come out, for example `expect: { reject: MobileAlreadyExist, by: mobile-is-free }` or
`{ accept: true }`.
";
    BAD_CASE_REQUEST = "H602", "a test request that is no event", r"
What the test sends cannot be made: it has both a `request` and a `sample`, the hook is one of your own and
has no sample, or a path of `with` leads through something that has no fields.
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
Write the rule's `name` as it stands in the rule, letter by letter.
";
    EXPECTATION_NOT_FOR_HOOK = "H604", "an expectation the hook cannot meet", r"
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
A warning: the platform may send an event twice and feed the answer of one hook into the next. Rules that run
on the user they made themselves must leave it as it is; in this test they do not.
```yaml
rules:
  - name: vendor-prefix
    set: { user.login: "v-${user.login}" }
```
Change only what is not yet as it should be: `when: { user.login: { not: { starts_with: v- } } }`, or
`default:` for a field that is to be filled once.
"#;
}
