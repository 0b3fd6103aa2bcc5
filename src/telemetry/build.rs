//! This build: its version, commit and features.

use std::sync::LazyLock;

/// This build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    pub version: &'static str,
    /// Short, with `-dirty` behind it where the source was changed; `None` where nobody told the build.
    pub commit: Option<&'static str>,
    /// Features that are not in every build.
    pub features: &'static [&'static str],
}

/// Each feature by itself; `full` is all of them.
const FEATURES: &[&str] = &[
    #[cfg(feature = "postgres")]
    "postgres",
    #[cfg(feature = "mysql")]
    "mysql",
    #[cfg(feature = "ldap")]
    "ldap",
    #[cfg(feature = "nats")]
    "nats",
    #[cfg(feature = "otel")]
    "otel",
];

/// As the build script names it.
const COMMIT: &str = env!("BUILT_FROM_COMMIT");

/// The build that runs.
pub const BUILD: Build = Build {
    version: env!("CARGO_PKG_VERSION"),
    commit: match COMMIT.as_bytes() {
        b"unknown" => None,
        _ => Some(COMMIT),
    },
    features: FEATURES,
};

static LINE: LazyLock<String> = LazyLock::new(|| {
    let commit = BUILD.commit.unwrap_or("commit unknown");
    let features = if FEATURES.is_empty() { "none".to_owned() } else { FEATURES.join(" ") };
    format!("{} ({commit}, features: {features})", BUILD.version)
});

impl Build {
    /// For people: `0.1.0 (abc1234, features: postgres ldap)`.
    #[must_use]
    pub fn line() -> &'static str {
        &LINE
    }
}
