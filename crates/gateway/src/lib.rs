//! The data plane: one client request in, one answer out.
