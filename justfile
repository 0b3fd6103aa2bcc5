# Commands of everyday work; docs/contributing.md says when each is used. `just` lists them.

_list:
    @{{ just_executable() }} --list --unsorted

# The gate: everything a change must pass, in the order in which it fails soonest.
ci:
    .ci/run

# The format and the lints of both builds, without running a test.
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    cargo clippy --all-targets --locked --features full -- -D warnings

# Tests whose names have FILTER in them; all of them without one.
test *FILTER:
    cargo test --locked {{ FILTER }}

# Tests against real servers, which are installed where they are missing.
test-servers *FILTER:
    tests/servers/run {{ FILTER }}

# Writes every generated page and every expected output anew; look at `git diff` afterwards.
regenerate:
    HOOKGATE_WRITE_DOCS=1 UPDATE_EXPECTED=1 cargo test --locked --test main -- is_fresh wrong_files_are_told_exactly_so
    tests/tools/picture
    git status --short .gateway.schema.json docs rules tests

# All benchmarks, or one: decide, server, journal, outbox, telemetry.
bench *NAME:
    cargo bench --locked {{ if NAME == "" { "" } else { "--bench " + NAME } }}

# The documentation of the crate, private items included.
doc:
    cargo doc --locked --no-deps --document-private-items --open

# Changes the code below PATHS and tells which changes no test notices: `just mutants src/engine --sample 8`.
mutants +PATHS:
    tests/tools/mutants {{ PATHS }}
