//! Codes of mistakes that would show a secret.

use super::declare::codes;

codes! {
    SECRET_WOULD_LEAVE = "H227", "a secret that would leave its place", r#"
A password, a security question, or what is computed from one is written into a field that is no secret, or asked of
a lookup outside hookgate. There it would be seen.
```yaml
rules:
  - name: hint
    set: { user.displayName: "${user.login} ${user.password}" }
```
Leave the secret where it is. Whether there is one may be asked: `present(user.password)`. A field that is a secret too
is named under `secrets:` of gateway.yaml.
"#;
}
