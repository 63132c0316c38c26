//! Why a picture was not fetched.

use dialect::Fault;

/// Why a picture was not fetched. The words never say what a name resolved to: that would let a
/// stranger map the network by asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is no address, or one with a user name, a line end or the like in it.
    #[error("it is not an address that a picture can be fetched from")]
    Malformed,
    /// Another scheme than https, and http where the settings allow it.
    #[error("only https addresses are fetched; send the picture itself, as base64")]
    Scheme,
    /// The address is not one of the public internet.
    #[error(
        "it leads to this machine or a private network, which is not fetched from; send the \
         picture itself, as base64"
    )]
    Place,
    /// The name is unknown, nobody listens, or the connection broke.
    #[error("it could not be reached")]
    Unreachable,
    /// It took too long.
    #[error("it took too long")]
    TooSlow,
    /// The server answered with another status than 200.
    #[error("its server answered with status {0}")]
    Status(u16),
    /// It led from one address to the next.
    #[error("it was passed on too often")]
    Redirects,
    /// What came is not a picture, or not of a kind that models read.
    #[error("it is not a picture of type png, jpeg, gif or webp")]
    Type,
    /// What came is too large.
    #[error("it is too large")]
    TooLarge,
    /// A request has more of them than are fetched.
    #[error("the request names too many pictures by their addresses")]
    TooMany,
}

impl Refusal {
    /// The stable code by which clients tell it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed | Self::Scheme | Self::Place => "image_address_not_allowed",
            Self::Unreachable | Self::TooSlow | Self::Status(_) | Self::Redirects => {
                "image_not_available"
            }
            Self::Type => "image_type_not_supported",
            Self::TooLarge => "image_too_large",
            Self::TooMany => "too_many_images",
        }
    }

    /// The fault that tells a client, with the field that names the picture.
    #[must_use]
    pub fn fault(self, path: &str) -> Fault {
        let message = format!("the picture at \"{path}\" was not fetched: {self}");
        Fault::invalid(path, message).with_code(self.code())
    }
}
