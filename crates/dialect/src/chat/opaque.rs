//! State that only its maker can read, carried so that it can be given back.

/// A provider's own sealed state (a thinking signature, encrypted reasoning). It means something
/// to its owner alone, and is dropped together with its block for everyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Whose state it is: the dialect of the surface that issued it.
    pub owner: crate::Dialect,
    /// What kind of state (`signature`, `redacted`, `encrypted`).
    pub format: OpaqueFormat,
    /// The state itself, byte for byte.
    pub payload: String,
}

/// The kinds of sealed state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpaqueFormat {
    /// Proves that the text beside it is unchanged (Anthropic `signature`, Gemini `thoughtSignature`).
    Signature,
    /// Replaces the text altogether (Anthropic `redacted_thinking`, OpenAI `encrypted_content`).
    Sealed,
}
