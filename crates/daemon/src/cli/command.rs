//! The shape of the command line, with every text in the person's language.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ColorChoice, Command};
use l10n::Messages;

use crate::environment::is_host;

/// The program's name, as people type it.
pub(crate) const PROGRAM: &str = "portolan";

/// The whole command line.
pub(crate) fn command(messages: &Messages) -> Command {
    let text = |id: &str| messages.get(id, &[]);
    let leaf = |name: &'static str, id: &str| Command::new(name).about(text(id));
    let group = |name: &'static str, id: &str, commands: Vec<Command>| {
        leaf(name, id)
            .subcommand_required(true)
            .subcommands(commands)
    };
    let option = |id: &'static str, value: &'static str, help: &str| {
        Arg::new(id)
            .long(id)
            .value_name(value)
            .value_parser(filled())
            .help(text(help))
    };
    let number =
        |id: &'static str, help: &str| option(id, "N", help).value_parser(clap::value_parser!(u32));
    let flag = |id: &'static str, help: &str| {
        Arg::new(id)
            .long(id)
            .action(ArgAction::SetTrue)
            .help(text(help))
    };
    let positional = |id: &'static str, help: &str| {
        Arg::new(id)
            .value_name(id)
            .required(true)
            .value_parser(filled())
            .help(text(help))
    };
    let with_instance =
        |command: Command| command.arg(positional("INSTANCE", "cli-option-instance"));
    let instance_options = || {
        [
            option("port", "N", "cli-option-instance-port").value_parser(clap::value_parser!(u16)),
            option("key", "NAME", "cli-option-instance-key").action(ArgAction::Append),
            option("default-model", "MODEL", "cli-option-instance-default"),
        ]
    };
    let program = Command::new(PROGRAM)
        .about(text("cli-about"))
        .after_help(text("cli-after-help"))
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version)
                .display_order(GLOBAL)
                .help(text("cli-option-version")),
        )
        .arg(
            option("home", "DIR", "cli-option-home")
                .value_parser(path())
                .global(true)
                .display_order(GLOBAL),
        )
        .arg(
            option("config", "FILE", "cli-option-config")
                .value_parser(path())
                .global(true)
                .display_order(GLOBAL),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .global(true)
                .display_order(GLOBAL)
                .help(text("cli-option-json")),
        )
        .arg(
            Arg::new("help")
                .long("help")
                .short('h')
                .action(ArgAction::Help)
                .global(true)
                .display_order(GLOBAL)
                .help(text("cli-option-help")),
        )
        .subcommand_required(true)
        .subcommands([
            leaf("serve", "cli-serve")
                .arg(
                    option("host", "IP", "cli-option-host").value_parser(ValueParser::new(
                        |text: &str| is_host(text).then(|| text.to_owned()).ok_or("not a host"),
                    )),
                )
                .arg(option("port", "N", "cli-option-port").value_parser(clap::value_parser!(u16)))
                .arg(flag("claim", "cli-option-claim")),
            leaf("status", "cli-status").arg(flag("check", "cli-option-check")),
            leaf("models", "cli-models"),
            leaf("login", "cli-login")
                .after_help(text("cli-login.after"))
                .arg(positional("PROVIDER", "cli-option-provider"))
                .arg(flag("device", "cli-option-device"))
                .arg(flag("no-browser", "cli-option-no-browser"))
                .arg(option("name", "NAME", "cli-option-account-name"))
                .arg(option("client-id", "ID", "cli-option-client-id"))
                .arg(option(
                    "client-secret-file",
                    "FILE",
                    "cli-option-client-secret-file",
                ))
                .arg(option("issuer", "URL", "cli-option-issuer")),
            leaf("logout", "cli-logout")
                .after_help(text("cli-logout.after"))
                .arg(positional("ACCOUNT", "cli-option-account")),
            group(
                "accounts",
                "cli-accounts",
                vec![
                    leaf("list", "cli-accounts-list"),
                    leaf("add", "cli-accounts-add")
                        .after_help(text("cli-accounts-add.after"))
                        .arg(positional("PROVIDER", "cli-option-provider"))
                        .arg(option("name", "NAME", "cli-option-account-name"))
                        .arg(option("key-env", "NAME", "cli-option-key-env"))
                        .arg(
                            option("key-file", "FILE", "cli-option-key-file")
                                .conflicts_with("key-env"),
                        ),
                    leaf("set-key", "cli-accounts-set-key")
                        .after_help(text("cli-accounts-set-key.after"))
                        .arg(positional("ACCOUNT", "cli-option-account")),
                    leaf("remove", "cli-accounts-remove")
                        .arg(positional("ACCOUNT", "cli-option-account")),
                    leaf("test", "cli-accounts-test")
                        .arg(positional("ACCOUNT", "cli-option-account")),
                ],
            ),
            group(
                "providers",
                "cli-providers",
                vec![
                    leaf("list", "cli-providers-list"),
                    leaf("set", "cli-providers-set")
                        .after_help(text("cli-providers-set.after"))
                        .arg(positional("PROVIDER", "cli-option-provider"))
                        .arg(option("endpoint", "URL", "cli-option-endpoint"))
                        .arg(
                            option("dialect", "NAME", "cli-option-endpoint-dialect")
                                .requires("endpoint"),
                        )
                        .arg(option("login-at", "URL", "cli-option-login-at"))
                        .arg(flag("allow-private", "cli-option-allow-private"))
                        .arg(flag("reset", "cli-option-reset").conflicts_with_all([
                            "endpoint",
                            "login-at",
                            "allow-private",
                        ])),
                ],
            ),
            leaf("logs", "cli-logs")
                .after_help(text("cli-logs.after"))
                .arg(flag("follow", "cli-option-follow").short('f'))
                .arg(number("lines", "cli-option-lines"))
                .arg(
                    option("level", "LEVEL", "cli-option-level")
                        .value_parser(["error", "warn", "info", "debug", "trace"])
                        .hide_possible_values(true),
                )
                .arg(option("search", "TEXT", "cli-option-search"))
                .arg(option("output", "FILE", "cli-option-output").value_parser(path())),
            leaf("import", "cli-import")
                .after_help(text("cli-import.after"))
                .arg(
                    Arg::new("SOURCE")
                        .value_name("SOURCE")
                        .value_parser(["iflow", "iflow2api"])
                        .help(text("cli-option-source")),
                )
                .arg(flag("yes", "cli-option-yes").requires("SOURCE")),
            group(
                "keys",
                "cli-keys",
                vec![
                    leaf("list", "cli-keys-list"),
                    leaf("create", "cli-keys-create")
                        .arg(option("name", "NAME", "cli-option-key-name").required(true))
                        .arg(
                            option("value", "TEXT", "cli-option-key-value")
                                .allow_hyphen_values(true),
                        ),
                    leaf("limit", "cli-keys-limit")
                        .after_help(text("cli-keys-limit.after"))
                        .arg(positional("NAME", "cli-option-key-name"))
                        .arg(number(
                            "requests-per-minute",
                            "cli-option-requests-per-minute",
                        ))
                        .arg(number("tokens-per-minute", "cli-option-tokens-per-minute"))
                        .arg(number("concurrency", "cli-option-concurrency"))
                        .arg(number("requests-per-day", "cli-option-requests-per-day"))
                        .arg(number("tokens-per-day", "cli-option-tokens-per-day"))
                        .arg(
                            option("provider-key", "YES|NO", "cli-option-provider-key")
                                .value_parser(["yes", "no"])
                                .hide_possible_values(true),
                        ),
                    leaf("revoke", "cli-keys-revoke")
                        .arg(positional("NAME", "cli-option-key-name")),
                    leaf("show", "cli-keys-show"),
                ],
            ),
            group(
                "routes",
                "cli-routes",
                vec![
                    leaf("list", "cli-routes-list"),
                    leaf("explain", "cli-routes-explain")
                        .arg(positional("MODEL", "cli-option-model"))
                        .arg(option("dialect", "NAME", "cli-option-dialect")),
                ],
            ),
            group(
                "instances",
                "cli-instances",
                vec![
                    leaf("list", "cli-instances-list"),
                    with_instance(leaf("add", "cli-instances-add"))
                        .after_help(text("cli-instances-add.after"))
                        .args(instance_options()),
                    with_instance(leaf("change", "cli-instances-change"))
                        .after_help(text("cli-instances-change.after"))
                        .arg(option("name", "NEW-NAME", "cli-option-instance-new-name"))
                        .args(instance_options())
                        .arg(flag("all-keys", "cli-option-all-keys").conflicts_with("key"))
                        .arg(
                            flag("no-default-model", "cli-option-no-default-model")
                                .conflicts_with("default-model"),
                        ),
                    with_instance(leaf("remove", "cli-instances-remove")),
                    with_instance(leaf("start", "cli-instances-start")),
                    with_instance(leaf("stop", "cli-instances-stop")),
                ],
            ),
            group(
                "admin",
                "cli-admin",
                vec![leaf("bootstrap", "cli-admin-bootstrap")],
            ),
            leaf("version", "cli-version"),
        ]);
    dress(program, PROGRAM, messages)
}

/// Below a command's own options.
const GLOBAL: usize = 100;

/// Takes what is more than spaces: nothing has an empty name, and an unset variable of a script is
/// told here.
fn filled() -> ValueParser {
    ValueParser::new(|text: &str| {
        let is_filled = !text.trim().is_empty();
        is_filled.then(|| text.to_owned()).ok_or("empty")
    })
}

fn path() -> ValueParser {
    clap::value_parser!(std::path::PathBuf)
}

/// Puts our own words in the place of clap's English ones: headings, usage line, `help`.
fn dress(command: Command, name: &str, messages: &Messages) -> Command {
    let text = |id: &str| messages.get(id, &[]);
    let required = command
        .get_arguments()
        .filter(|argument| argument.is_required_set());
    let (positionals, options): (Vec<&Arg>, Vec<&Arg>) =
        required.partition(|argument| argument.is_positional());
    let mut usage = format!("{name} {}", text("cli-placeholder-options"));
    for option in options {
        usage.push_str(&format!(" {}", shown(option)));
    }
    for positional in &positionals {
        usage.push_str(&format!(" {}", shown(positional)));
    }
    let usage_line = messages.get("cli-usage", &[("usage", "{usage}".into())]);
    let mut template = format!("{{about}}\n\n{usage_line}\n");
    let mut section = |heading: &str, content: &str| {
        template.push_str(&format!("\n{}\n{{{content}}}\n", text(heading)));
    };
    if command.has_subcommands() {
        usage.push_str(&format!(" {}", text("cli-placeholder-command")));
        section("cli-heading-commands", "subcommands");
    }
    if !positionals.is_empty() {
        section("cli-heading-arguments", "positionals");
    }
    section("cli-heading-options", "options");
    if command.get_after_help().is_some() {
        // It brings two line breaks of its own.
        template.pop();
        template.push_str("{after-help}");
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let dressed = command
        .bin_name(name)
        .override_usage(usage)
        .help_template(template)
        .color(ColorChoice::Never)
        .disable_help_flag(true)
        .disable_help_subcommand(true);
    names.into_iter().fold(dressed, |command, child| {
        let full = format!("{name} {child}");
        command.mut_subcommand(child, |child| dress(child, &full, messages))
    })
}

/// An argument as it stands in a usage line.
fn shown(argument: &Arg) -> String {
    let value = argument.get_value_names().and_then(|names| names.first());
    match (argument.get_long(), value) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, Some(value)) => value.to_string(),
        (None, None) => argument.get_id().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use l10n::{Messages, languages};

    #[test]
    fn clap_finds_nothing_wrong_in_any_language() {
        for language in languages() {
            super::command(&Messages::for_language(&language)).debug_assert();
        }
    }
}
