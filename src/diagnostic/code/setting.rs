//! Codes of mistakes in gateway.yaml, the environment and flags.

use super::declare::codes;

codes! {
    UNKNOWN_SETTING = "H701", "an unknown setting", r"
A key in gateway.yaml, or a variable `HOOKGATE_…` in the environment, is not a setting. A misspelt setting would
silently keep its default, so it is refused. The value of an unknown variable is never shown.
```yaml
limits:
  body_size: 2048
```
Write the name as the message suggests (`body_bytes`). `hookgate settings` prints all settings; `--format yaml` also
explains them. A variable is named after the keys: `HOOKGATE_LIMITS_BODY_BYTES`.
";
    BAD_SETTING = "H702", "a setting that cannot be understood", r#"
The value of a setting is of the wrong kind. A setting needs, for example, an address and a port, a whole number
without a unit, or the name of a time zone.
```yaml
listen: localhost
```
Write what the help of the message names, here `127.0.0.1:8080`. In YAML, put an address with brackets in quotes:
"[::1]:8080".
"#;
    SETTING_OUT_OF_RANGE = "H703", "a setting outside its range", r"
The number is too small or too large for hookgate to work safely. Without a limit, for example, one caller could use
all memory.
```yaml
limits:
  body_bytes: 0
```
Write a number within the range that the message names. If 0 has a special meaning, `hookgate settings --format yaml`
explains it.
";
    BAD_HOOK_ROW = "H704", "a hook that cannot be declared so", r"
A row under `hooks`, or an answer under `on_failure`, contradicts the rest: a new hook without `kind`, a URL that two
hooks share, a name or path with odd characters, a refusal code that is not valid, a refusal on a hook that may not
refuse.
```yaml
hooks:
  appUpdated: { paths: [policyMap], on_failure: { reject: no } }
```
Give a new hook its kind and paths of its own, and let only hooks with `refusable: true` (those that validate
have it) refuse on failure: `appUpdated: { kind: notify, paths: [app-updated] }`.
";
    BAD_CONNECTION = "H705", "a connection that cannot be declared so", r#"
A row under `connections` contradicts itself or misses something: no address, an address of an unknown scheme or with a
password in it, a connection that is not encrypted without `tls: off`, a `${…}` that is neither `${env:NAME}` nor
`${file:PATH}`.
```yaml
connections:
  hr: { sql: "postgres://hookgate:secret@hr.corp.example/hr" }
```
Keep credentials out of the address and out of the file:
`hr: { sql: "postgres://hr.corp.example/hr", user: hookgate, password: "${env:HR_PASSWORD}" }`.
"#;
    CONNECTION_UNUSABLE = "H706", "a connection that cannot be opened", r#"
The connection is declared correctly, but this machine lacks something that it needs: an environment variable or file
with its password, a file of certificates, or the part of hookgate for this kind of source.
```yaml
connections:
  hr: { sql: "postgres://hr.corp.example/hr", user: hookgate, password: "${env:HR_PASSWORD}" }
```
Set the variable for the process that runs hookgate, or correct the path. Databases other than SQLite, and
directories, need a hookgate that was built with them: `cargo build --release --features full`. `hookgate doctor`
tests every connection.
"#;
    BAD_DESTINATION = "H707", "a destination that cannot be declared so", r#"
A row under `destinations`, or `outbox`, contradicts itself or misses something: no address or several, a credential
in clear text, a connection that is not encrypted without `tls: off`, a schedule that never ends.
```yaml
destinations:
  itsm: { http: "http://itsm.corp.example/events", bearer: "${env:ITSM_TOKEN}" }
```
Write `https://…`, or `tls: off` if it does not matter that others in the network can read what is sent.
"#;
    DESTINATION_UNUSABLE = "H708", "a destination that cannot be opened", r#"
The destination or the outbox is declared correctly, but this machine lacks something that it needs: an environment
variable or file with a credential, a certificate, a key for encryption, or the part of hookgate that speaks to it.
```yaml
outbox: { encryption_key: "${env:HOOKGATE_OUTBOX_KEY}" }
```
Set the variable for the process that runs hookgate, or correct the path. An encryption key is 32 bytes in Base64:
`openssl rand -base64 32`.
"#;
    BAD_AUTH = "H710", "a way to authenticate that cannot be declared like this", r#"
A section under `auth` contradicts itself or misses something: nothing to check a signature with, a secret in clear
text, a network or fingerprint that is not valid, an empty list, client certificates that hookgate does not request.
Settings that would admit everybody by accident are refused too: networks that contain every address, a header that
every call has, a row of `auth.for` without a method.
```yaml
auth:
  jwt: { secrets: [cymmetri-secret], claims: { tenantId: as100 } }
```
Keep secrets out of the file: `secrets: ["${env:CYMMETRI_SECRET}"]` or `["${file:/run/secrets/cymmetri}"]`. To take a
method away, remove its section.
"#;
    SECRET_NOT_KEPT = "H711", "a secret that cannot be stored", r#"
A rule sends a secret to a destination with `accepts: secrets`, and gateway.yaml neither sets a key that encrypts it
while it waits nor allows it to wait in memory. Deliveries in memory are lost each time hookgate stops, although the
caller got a good answer.
```yaml
destinations:
  vault: { http: "https://vault.corp.example", accepts: secrets }
```
Make a key with `openssl rand -base64 32`, and name it: `outbox: { encryption_key: "${env:OUTBOX_KEY}" }`. If such
deliveries may be lost, write `outbox: { memory_for_secrets: true }`. Then a metric counts them, and the log lists
those that a stop loses.
"#;
}
