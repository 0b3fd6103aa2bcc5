# The image of hookgate: one static program, the starter rules, nothing else to run.
#   docker build -t hookgate .
# Needs Docker 23 or later (or podman 4, buildah 1.24) and a network that reaches crates.io.
# What these names mean changes with time. A release names both by digest (docs/releasing.md); so can you:
#   docker build --build-arg RUST_IMAGE=NAME@sha256:… --build-arg RUNTIME_IMAGE=NAME@sha256:… -t hookgate .
ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${RUST_IMAGE} AS build
# `full` speaks to PostgreSQL, MySQL, LDAP and NATS too; an empty text leaves them out.
ARG FEATURES=full
# A profile of Cargo.toml: dist, or quick for a try that need not be fast.
ARG PROFILE=dist
# What `hookgate --version` calls the source: --build-arg SOURCE_COMMIT="$(git rev-parse --short HEAD)"
ARG SOURCE_COMMIT=
WORKDIR /src
COPY . .
# A static glibc program. The target is named so that build scripts and macros, which run here, stay as they are.
# What was downloaded and compiled is kept for the next build; sources are made new, for an older checkout may come after
# a newer one.
# Relative relocations are packed, which makes it a megabyte smaller (glibc 2.36 and later know them).
ENV RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs"
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    find src -name '*.rs' -exec touch {} + \
 && target=$(rustc -vV | sed -n 's/^host: //p') \
 && cargo build --locked --bin hookgate --profile "$PROFILE" --target "$target" --features "$FEATURES" \
 && install -d /out/writable && install -d -m 0770 /out/writable/data \
 && strip -o /out/hookgate "target/$target/$PROFILE/hookgate"

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG SOURCE_COMMIT=
LABEL org.opencontainers.image.title="hookgate" \
      org.opencontainers.image.description="Answers an identity platform's webhooks from rule files an administrator edits" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${SOURCE_COMMIT}"
COPY --from=build /out/hookgate /usr/local/bin/hookgate
COPY deploy/image.yaml /etc/hookgate/defaults.yaml
COPY rules /etc/hookgate/rules
# /data, with its mode: group 0 may write, for OpenShift runs it as a user of its own choice in that group.
COPY --from=build --chown=65532:0 /out/writable/ /
WORKDIR /etc/hookgate
USER 65532:65532
# The only variable: what it names lies below gateway.yaml, where a variable of its own for each setting would lie above it.
ENV HOOKGATE_DEFAULTS=/etc/hookgate/defaults.yaml
EXPOSE 8080
VOLUME ["/data"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/usr/local/bin/hookgate", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/hookgate"]
CMD ["serve"]
