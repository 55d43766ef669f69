//! Proof, as a type, that something was signed by who it says.

use std::ops::Deref;

/// A value whose signature was checked. Only the verifiers in this crate can make one, so a function that asks for it
/// can't be called with anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// Vouches for `value`: the caller has just checked its signature.
    pub(crate) const fn vouch(value: T) -> Self {
        Self(value)
    }

    /// The value without the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
