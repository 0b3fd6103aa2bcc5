//! Codes of mistakes in gateway.yaml, the environment and flags.

use super::declare::codes;

codes! {
    UNKNOWN_SETTING = "H701", "an unknown setting", r"
gateway.yaml has a key, or the environment a variable `HOOKGATE_…`, that belongs to no setting. Misspelt
settings would silently stay at their defaults, so they are refused. The value of an unknown variable is never
shown.
```yaml
limits:
  body_size: 2048
```
Write the name as the message suggests (`body_bytes`). `hookgate settings` prints all of them, with `--format yaml`
explained. A variable is named after the keys: `HOOKGATE_LIMITS_BODY_BYTES`.
";
    BAD_SETTING = "H702", "a setting that cannot be understood", r#"
The value of a setting is not what the setting is: an address and a port, a whole number without a unit, the
name of a time zone, levels of the log, prefixes of URLs.
```yaml
listen: localhost
```
Write what the help names, here `127.0.0.1:8080`. An address in brackets goes into quotes in YAML:
"[::1]:8080".
"#;
    SETTING_OUT_OF_RANGE = "H703", "a setting outside its range", r"
The number is smaller or larger than hookgate can keep its promises with: without a limit one caller could
take all memory.
```yaml
limits:
  body_bytes: 0
```
Write a number within the range that the message names. Where 0 has a meaning of its own, gateway.yaml says
which.
";
    BAD_HOOK_ROW = "H704", "a hook that cannot be declared so", r"
A row under `hooks`, or an answer under `on_failure`, contradicts the rest: a new hook without `kind`, a URL
that would mean two hooks, a name or path with odd characters, a refusal code that is none, a refusal where
rules may not refuse.
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
The connection is declared well, but what it needs is not there on this machine: an environment variable or file with
its password, a file of certificates, or the part of hookgate that speaks to such a source.
```yaml
connections:
  hr: { sql: "postgres://hr.corp.example/hr", user: hookgate, password: "${env:HR_PASSWORD}" }
```
Set the variable for the process that runs hookgate, or correct the path. Databases other than SQLite, and directories,
need a hookgate that was built with them: `cargo build --release --features full`. `hookgate doctor` looks at every
connection.
"#;
    BAD_DESTINATION = "H707", "a destination that cannot be declared so", r#"
A row under `destinations`, or `outbox`, contradicts itself or misses something: no address or several, a credential
that is written out, a connection that is not encrypted without `tls: off`, a schedule that never ends.
```yaml
destinations:
  itsm: { http: "http://itsm.corp.example/events", bearer: "${env:ITSM_TOKEN}" }
```
Write `https://…`, or `tls: off` if anybody on the way may read what is sent.
"#;
    DESTINATION_UNUSABLE = "H708", "a destination that cannot be opened", r#"
The destination or the outbox is declared well, but what it needs is not there on this machine: an environment variable
or file with a credential, a certificate, a key for encryption, or the part of hookgate that speaks to it.
```yaml
outbox: { encryption_key: "${env:HOOKGATE_OUTBOX_KEY}" }
```
Set the variable for the process that runs hookgate, or correct the path. An encryption key is 32 bytes in Base64:
`openssl rand -base64 32`.
"#;
    BAD_AUTH = "H710", "a way in that cannot be declared so", r#"
A section under `auth` contradicts itself or misses something: nothing to check a signature with, a secret that is
written out, a network or fingerprint that is none, a list without an entry, client certificates that nobody is asked
for. So does what would let everybody in without saying so: networks that hold every address, a header that every call
has, a row of `auth.for` without a method.
```yaml
auth:
  jwt: { secrets: [cymmetri-secret], claims: { tenantId: as100 } }
```
Keep secrets out of the file: `secrets: ["${env:CYMMETRI_SECRET}"]` or `["${file:/run/secrets/cymmetri}"]`. To take a
method away, remove its section.
"#;
    SECRET_NOT_KEPT = "H711", "a secret that could not wait", r#"
A rule sends a secret to a destination with `accepts: secrets`, and gateway.yaml says neither how it is encrypted
where it waits nor that it may wait in memory. What waits in memory is lost each time hookgate stops, although the
caller was told that all is well.
```yaml
destinations:
  vault: { http: "https://vault.corp.example", accepts: secrets }
```
Make a key with `openssl rand -base64 32`, and name it: `outbox: { encryption_key: "${env:OUTBOX_KEY}" }`. If such
deliveries may be lost, write `outbox: { memory_for_secrets: true }`; then they are counted, and a stop says what it
loses.
"#;
}
