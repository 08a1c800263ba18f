//! The profiles that come with the program.

use std::sync::LazyLock;

use super::Profile;

/// Names, in the order in which help texts list them.
pub(super) const NAMES: [&str; 3] = ["amazon-sp-api", "google-ordering", "generic"];

const AMAZON_SP_API: &str = include_str!("../../profiles/amazon-sp-api.toml");
const GOOGLE_ORDERING: &str = include_str!("../../profiles/google-ordering.toml");
const GENERIC: &str = include_str!("../../profiles/generic.toml");

static AMAZON_SP_API_PROFILE: LazyLock<Profile> = LazyLock::new(|| read(AMAZON_SP_API));
static GOOGLE_ORDERING_PROFILE: LazyLock<Profile> = LazyLock::new(|| read(GOOGLE_ORDERING));
static GENERIC_PROFILE: LazyLock<Profile> = LazyLock::new(|| read(GENERIC));

/// The profile of this name, read at first use. Its checks run in the tests, not at every start.
pub(super) fn profile(name: &str) -> Option<&'static Profile> {
    match name {
        "amazon-sp-api" => Some(&AMAZON_SP_API_PROFILE),
        "google-ordering" => Some(&GOOGLE_ORDERING_PROFILE),
        "generic" => Some(&GENERIC_PROFILE),
        _ => None,
    }
}

/// The TOML of the profile of this name.
pub(super) fn source(name: &str) -> Option<&'static str> {
    match name {
        "amazon-sp-api" => Some(AMAZON_SP_API),
        "google-ordering" => Some(GOOGLE_ORDERING),
        "generic" => Some(GENERIC),
        _ => None,
    }
}

fn read(toml: &str) -> Profile {
    toml::from_str(toml).expect("the built-in profiles parse: profile::builtin::tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_are_right() {
        for name in NAMES {
            let toml = source(name).unwrap();
            if let Err(error) = Profile::parse(toml) {
                panic!("{name}: {error}");
            }
            assert_eq!(profile(name).unwrap().name, name);
        }
    }
}
