//! Development commands, run as `cargo xtask COMMAND`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks here"
)]

mod answers;
#[cfg(target_os = "linux")]
mod bench;
mod checks;
mod chroot;
mod dist;
mod generate;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ordered;
mod packages;
mod pictures;
mod report;
mod run;
mod shapes;
mod shell;
mod steps;
mod tally;
mod test;
mod tree;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  check                    the house rules: walls, sizes, locales, links, hosts
  test [--full|--clients] [STEP...]
                           every check and test, or those steps of them, ending with their sum
  gen [--check]            write the generated files again (or tell which are stale)
  dist [--headless] [--order FILE]
                           release programs and packages in the target folder's dist/: the headless
                           archive; .deb, .rpm and .AppImage, or what else the system's packages are;
                           with the order of another build, its very program
  screenshots              pictures of the real window, in docs/pictures/ (needs what
                           `./x test` installs)
  bench [--quick] [--row N] [--enforce] [--program FILE]
                           the figures, beside nginx and the least that a gateway can be
  run [--headless] [ARGUMENTS]
                           build quickly and start the desktop application, or `portolan serve`
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["check"] => checks::command(),
        ["test", "--full", only @ ..] => test::command(test::Extent::Full, only),
        ["test", "--clients", only @ ..] => test::command(test::Extent::Clients, only),
        ["test", only @ ..] => test::command(test::Extent::Usual, only),
        ["gen"] => generate::command(generate::Mode::Write),
        ["gen", "--check"] => generate::command(generate::Mode::Compare),
        ["dist"] => dist::command(dist::What::All, None),
        ["dist", "--headless"] => dist::command(dist::What::Headless, None),
        ["dist", "--order", file] => dist::command(dist::What::All, Some(Path::new(file))),
        ["dist", "--headless", "--order", file] => {
            dist::command(dist::What::Headless, Some(Path::new(file)))
        }
        ["screenshots"] => pictures::command(),
        #[cfg(target_os = "linux")]
        ["bench", rest @ ..] => bench::command(rest),
        #[cfg(not(target_os = "linux"))]
        ["bench", ..] => Err("the benchmark reads /proc, which only Linux has".to_owned()),
        ["run", rest @ ..] => run::command(rest),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
