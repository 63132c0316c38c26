//! Who may call what, with which secret: accounts, credentials, the vault that seals them, their health.
