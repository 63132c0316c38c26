//! The web admin's password: how hard it must be to guess, and the Argon2id hash that is kept of it.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters.
pub(crate) const LEAST: usize = 12;
/// The most characters: more adds nothing but work.
pub(crate) const MOST: usize = 128;
/// Argon2id's memory, in KiB: 64 MiB.
const MEMORY: u32 = 64 * 1024;
/// Argon2id's passes over that memory.
const PASSES: u32 = 3;
/// Argon2id's lanes.
const LANES: u32 = 1;
/// The most memory and passes that a kept hash may ask for; a changed file must not stop the
/// machine.
const BOUNDS: (u32, u32) = (4 * MEMORY, 4 * PASSES);
/// Words that whoever guesses tries first here.
const NEAR: [&str; 4] = ["portolan", "admin", "gateway", "localhost"];

/// Why a text cannot be the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is too short or too long.
    Length,
    /// It is easy to guess.
    Weak,
}

/// The hash of a password, with what it was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hashed {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

/// A hash could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hash the password: {0}")]
pub(crate) struct HashError(String);

/// Whether a text may become the password.
pub(crate) fn weigh(password: &str) -> Result<(), Unfit> {
    if !(LEAST..=MOST).contains(&password.chars().count()) {
        return Err(Unfit::Length);
    }
    if zxcvbn(password, &NEAR).score() < Score::Three {
        return Err(Unfit::Weak);
    }
    Ok(())
}

impl Hashed {
    /// Hashes a password with a salt of its own; takes 64 MiB and a tenth of a second.
    pub(crate) fn of(password: &str) -> Result<Self, HashError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| HashError(error.to_string()))?;
        let mut hashed = Self {
            memory: MEMORY,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64.encode(salt),
            hash: String::new(),
        };
        hashed.hash = BASE64.encode(hashed.run(password)?);
        Ok(hashed)
    }

    /// Whether it is the hash of that password; takes as long either way.
    pub(crate) fn fits(&self, password: &str) -> Result<bool, HashError> {
        let hash = BASE64
            .decode(&self.hash)
            .map_err(|error| unreadable(&error))?;
        Ok(self.run(password)?.as_slice().ct_eq(&hash).into())
    }

    /// Whether it was made as one is made now.
    pub(crate) fn is_current(&self) -> bool {
        (self.memory, self.passes, self.lanes) == (MEMORY, PASSES, LANES)
    }

    fn run(&self, password: &str) -> Result<Zeroizing<[u8; 32]>, HashError> {
        if self.memory > BOUNDS.0 || self.passes > BOUNDS.1 {
            return Err(HashError("the file asks for too much work".to_owned()));
        }
        let salt = BASE64
            .decode(&self.salt)
            .map_err(|error| unreadable(&error))?;
        let failed = |error: argon2::Error| HashError(error.to_string());
        let parameters =
            Params::new(self.memory, self.passes, self.lanes, Some(32)).map_err(failed)?;
        let mut bytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(password.as_bytes(), &salt, bytes.as_mut_slice())
            .map_err(failed)?;
        Ok(bytes)
    }
}

fn unreadable(error: &base64::DecodeError) -> HashError {
    HashError(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::hint::black_box;

    use testkit::timing::{NOTICED, leaky, near_and_far, told_apart};

    use super::*;

    #[test]
    fn s19_a_guess_costs_what_was_promised() {
        let hashed = Hashed::of("correct horse battery").unwrap();
        assert_eq!((hashed.memory, hashed.passes, hashed.lanes), (65_536, 3, 1));
        assert!(hashed.is_current());
        assert!(hashed.fits("correct horse battery").unwrap());
        assert!(!hashed.fits("correct horse batterz").unwrap());
        let other = Hashed::of("correct horse battery").unwrap();
        assert_ne!(hashed.salt, other.salt, "each has a salt of its own");
        assert_ne!(hashed.hash, other.hash);
    }

    #[test]
    fn s19_a_cheaper_hash_is_known_and_a_monstrous_one_is_not_run() {
        let mut hashed = Hashed::of("correct horse battery").unwrap();
        hashed.memory = 1024;
        assert!(!hashed.is_current());
        hashed.memory = u32::MAX;
        assert!(hashed.fits("correct horse battery").is_err());
    }

    /// A hash that is quickly made, so that it can be made often.
    fn quick(password: &str) -> Hashed {
        let mut hashed = Hashed::of("anything at all").unwrap();
        (hashed.memory, hashed.passes) = (8, 1);
        hashed.hash = BASE64.encode(hashed.run(password).unwrap());
        hashed
    }

    #[test]
    fn s20_a_password_that_is_nearly_right_takes_as_long_as_any_other() {
        let secret = &"correct horse battery staple ".repeat(4);
        let hashed = quick(secret);
        let [near, far] = near_and_far(secret.as_bytes());
        let right = [secret.as_bytes().to_vec()];
        let fits = |text: &[u8]| hashed.fits(std::str::from_utf8(text).unwrap()).unwrap();
        let apart = told_apart([&near, &far], |text| assert!(!fits(text)));
        assert!(apart < NOTICED, "{apart}");
        let apart = told_apart([&near[..1], &right], |text| {
            black_box(fits(text));
        });
        assert!(apart < NOTICED, "the right one: {apart}");
        let leaks = told_apart([&near, &far], |text| {
            assert!(!fits(text) && !leaky(text, secret.as_bytes()));
        });
        assert!(leaks > NOTICED, "{leaks}");
    }

    #[test]
    fn s18_a_password_is_long_and_hard_to_guess() {
        for short in ["", "k3!Zq", "Tr0ub4dor&3", &"x9 ".repeat(43)] {
            assert_eq!(weigh(short), Err(Unfit::Length), "{short}");
        }
        for weak in [
            "passwordpassword",
            "123456789012",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiop12",
            "adminadmin12",
            "portolanadmin",
        ] {
            assert_eq!(weigh(weak), Err(Unfit::Weak), "{weak}");
        }
        for good in [
            "correct horse battery staple",
            "vT9#qLm2-xRw8",
            "雨天在家读三本旧书很好",
        ] {
            let expected = if good.chars().count() < LEAST {
                Err(Unfit::Length)
            } else {
                Ok(())
            };
            assert_eq!(weigh(good), expected, "{good}");
        }
    }
}
