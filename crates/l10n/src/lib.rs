//! Messages for people in their language: Fluent bundles from the locales folder.
