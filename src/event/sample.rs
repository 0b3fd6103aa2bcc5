//! A sample request for each of the twelve hooks, as the platform publishes it, about an invented person.

const SAMPLES: [(&str, &str); 12] = [
    ("test", include_str!("../../examples/requests/test.json")),
    ("preCreateUser", include_str!("../../examples/requests/preCreateUser.json")),
    ("preUpdateUser", include_str!("../../examples/requests/preUpdateUser.json")),
    ("validateUser", include_str!("../../examples/requests/validateUser.json")),
    ("validateUpdateUser", include_str!("../../examples/requests/validateUpdateUser.json")),
    ("postCreateUser", include_str!("../../examples/requests/postCreateUser.json")),
    ("postUpdateUser", include_str!("../../examples/requests/postUpdateUser.json")),
    ("changePassword", include_str!("../../examples/requests/changePassword.json")),
    ("preProvision", include_str!("../../examples/requests/preProvision.json")),
    ("postProvision", include_str!("../../examples/requests/postProvision.json")),
    ("policyMap", include_str!("../../examples/requests/policyMap.json")),
    ("runDeprovision", include_str!("../../examples/requests/runDeprovision.json")),
];

/// The sample body for the hook called `name` (any case), if it is one of the twelve.
#[must_use]
pub fn named(name: &str) -> Option<&'static str> {
    SAMPLES.iter().find(|(hook, _)| hook.eq_ignore_ascii_case(name)).map(|(_, body)| *body)
}
