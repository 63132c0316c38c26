//! Bytes that were compressed when the program was built.

use std::borrow::Cow;
use std::io::{self, Read as _};

/// How they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// As `gzip`.
    Gzip,
    /// As `br`.
    Brotli,
}

/// Compressed bytes.
#[derive(Clone, Debug)]
pub struct Packed {
    /// How.
    pub packing: Packing,
    /// What they are now.
    pub bytes: Cow<'static, [u8]>,
}

impl Packing {
    /// The word for it in HTTP; none where there is nothing to say.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

impl Packed {
    /// These bytes for a client with that `Accept-Encoding`.
    ///
    /// # Errors
    /// They are not what they were when the program was built.
    pub fn fit_for(self, accepted: &str) -> io::Result<Self> {
        let is_taken = |word: &str| {
            accepted.split(',').any(|taken| {
                let mut parts = taken.split(';').map(str::trim);
                let is_it = parts
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(word));
                // A weight of nothing means: not this one.
                is_it
                    && parts.all(|weight| {
                        !weight
                            .trim_start_matches("q=")
                            .trim_matches(['0', '.'])
                            .is_empty()
                    })
            })
        };
        match self.packing.word() {
            Some(word) if !is_taken(word) => self.unpacked(),
            Some(_) | None => Ok(self),
        }
    }

    fn unpacked(self) -> io::Result<Self> {
        let mut bytes = Vec::new();
        match self.packing {
            Packing::Plain => return Ok(self),
            Packing::Gzip => {
                flate2::read::GzDecoder::new(&*self.bytes).read_to_end(&mut bytes)?;
            }
            Packing::Brotli => {
                brotli_decompressor::Decompressor::new(&*self.bytes, 16 * 1024)
                    .read_to_end(&mut bytes)?;
            }
        }
        Ok(Self {
            packing: Packing::Plain,
            bytes: bytes.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_client_gets_what_it_takes() {
        let document = crate::find("/openapi.json").unwrap().body;
        let packing = |accepted: &str| document.clone().fit_for(accepted).unwrap().packing;
        assert_eq!(packing("gzip, deflate, br"), Packing::Gzip);
        assert_eq!(packing("br;q=1.0, GZIP;q=0.5"), Packing::Gzip);
        for other in [
            "",
            "br",
            "identity",
            "gzip;q=0",
            "gzip; q=0.000, br",
            "xgzip",
        ] {
            assert_eq!(packing(other), Packing::Plain, "{other}");
        }
        let plain = document.fit_for("").unwrap();
        assert!(
            plain.bytes.starts_with(b"{\"components\":"),
            "{:?}",
            &plain.bytes[..40]
        );
    }
}
