//! The composition root: listeners, life cycle, and the command line program portolan.
