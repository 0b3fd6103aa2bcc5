//! Codes of mistakes that would show a secret.

use super::declare::codes;

codes! {
    SECRET_WOULD_LEAVE = "H227", "a secret that others could see", r#"
A password, a security question, or a value computed from one is written into a field that is not a secret, or is sent
to a lookup outside hookgate. Others could see it there.
```yaml
rules:
  - name: hint
    set: { user.displayName: "${user.login} ${user.password}" }
```
Leave the secret where it is. To test whether there is one, write `present(user.password)`. If the field is a secret
too, name it under `secrets:` of gateway.yaml.
"#;
}
