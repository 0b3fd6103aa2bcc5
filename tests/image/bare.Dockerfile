# The server that start.py measures beside hookgate, from the same compiled libraries. Built by tests/image/run.
FROM localhost/hookgate-build:test
ARG PROFILE
COPY bare.rs /bare.rs
RUN --mount=type=cache,target=/src/target \
    target=$(rustc -vV | sed -n 's/^host: //p') \
 && libraries="target/$target/$PROFILE/deps" \
 && if [ "$PROFILE" = dist ]; then lto="-C lto=thin"; fi \
 && rustc --edition 2024 -C opt-level=3 ${lto:-} $RUSTFLAGS --target "$target" -L "dependency=$libraries" -L "dependency=target/$PROFILE/deps" \
      --extern "actix_web=$(ls -t "$libraries"/libactix_web-*.rlib | head -1)" -o /out/bare /bare.rs
