//! For tests only: scripted upstreams, a recorder, fault injection, a clock that tests turn.
