//! A scripted agent as a program of its own, for tests written in other languages:
//! `scripted-agent [--experimental-acp --port N] [--log FILE]`.

fn main() {
    testkit::act_as_agent(std::env::args().skip(1))
}
