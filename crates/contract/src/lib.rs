//! The control plane's methods, their types and error codes: one table that every transport is made from.
