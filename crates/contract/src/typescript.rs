//! The contract as TypeScript: one file with every type, the table of methods, and the codes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use ts_rs::{Config, TS, TypeVisitor};

use crate::code::Code;
use crate::event::Changed;
use crate::methods::{typed, visit};
use crate::reason::Reason;
use crate::secret::SecretText;

const START: &str =
    "// Made by `cargo xtask gen` from crates/contract: every type that the window speaks.\n";

/// The file `ui/src/api/contract.ts`.
#[must_use]
pub fn page() -> String {
    // No number of ours is near 2^53.
    let mut found = Found {
        config: Config::new().with_large_int("number"),
        types: BTreeMap::new(),
    };
    visit(&mut found);
    found.visit::<crate::error::ApiError>();
    found.visit::<Changed>();
    found.visit::<crate::admin::AdminSession>();
    let mut page = START.to_owned();
    for declared in found.types.values() {
        page.push('\n');
        page.push_str(declared);
    }
    line(
        &mut page,
        "\n/** Why something is as it is, by its code. */",
    );
    let reasons = Reason::ALL.iter().map(|listed| listed.code);
    line(&mut page, &words("ReasonCode", reasons));
    line(&mut page, "\n/** Why a request failed, by its code. */");
    line(
        &mut page,
        &words("FaultCode", crate::trial::FAULT_CODES.into_iter()),
    );
    line(
        &mut page,
        "\n/** Each method with its parameters and its answer. */",
    );
    line(&mut page, "export interface Methods {");
    for (method, params, answer) in typed(&found.config) {
        let params = params.unwrap_or_else(|| "null".to_owned());
        line(&mut page, &format!("  /** {} */", method.doc));
        line(
            &mut page,
            &format!("  \"{}\": [{params}, {answer}];", method.name),
        );
    }
    line(&mut page, "}");
    page
}

fn line(page: &mut String, text: &str) {
    let _infallible = writeln!(page, "{text}");
}

/// A declaration with one field a line, and with comments of one line where they fit.
fn tidy(declared: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = false;
    let mut comment: Option<Vec<&str>> = None;
    for text in declared.lines().map(str::trim) {
        let indent = if inside { "  " } else { "" };
        if let Some(words) = &mut comment {
            if text != "*/" {
                words.push(text.trim_start_matches('*').trim());
                continue;
            }
            lines.push(format!("{indent}/** {} */", words.join(" ")));
            comment = None;
        } else if text == "/**" {
            comment = Some(Vec::new());
        } else if let (true, Some(last)) = (inside, text.strip_suffix(" };")) {
            lines.push(format!("{indent}{last}"));
            lines.push("};".to_owned());
        } else {
            lines.push(format!("{indent}{text}"));
            inside |= text.starts_with("export type") && text.ends_with('{');
        }
    }
    lines.join("\n") + "\n"
}

/// A type that is one of these words.
fn words<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> String {
    let mut text = format!("export type {name} =");
    for word in words {
        let _infallible = write!(text, "\n  | \"{word}\"");
    }
    text + ";"
}

/// Every type of ours that was reached, by its name.
struct Found {
    config: Config,
    types: BTreeMap<String, String>,
}

impl TypeVisitor for Found {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        T::visit_generics(self);
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.types.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declared = tidy(&format!("{docs}export {}\n", T::decl(&self.config)));
        // What is none in Rust is null in JSON.
        let declared = declared.replace("`None`", "null");
        self.types.insert(name, declared);
        T::visit_dependencies(self);
    }
}

impl TS for SecretText {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "string".to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

impl TS for Code {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Some("/**\n * What failed; `error-<code>` is the id of its message.\n */\n".to_owned())
    }

    fn name(_: &Config) -> String {
        "ErrorCode".to_owned()
    }

    fn decl(config: &Config) -> String {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let text = words(&Self::name(config), codes);
        text.trim_start_matches("export ").to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }

    fn output_path() -> Option<PathBuf> {
        Some(PathBuf::new())
    }
}

impl TS for Reason {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Some(
            "/** Why something is as it is; `reason-why.<code>` tells it to people. */\n"
                .to_owned(),
        )
    }

    fn name(_: &Config) -> String {
        "Reason".to_owned()
    }

    fn decl(_: &Config) -> String {
        "type Reason = { code: ReasonCode; arguments: { [key in string]: string }; message: string };"
            .to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }

    fn output_path() -> Option<PathBuf> {
        Some(PathBuf::new())
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn the_page_names_every_method_and_declares_what_it_names() {
        let page = page();
        for method in crate::METHODS {
            assert!(
                page.contains(&format!("\"{}\": [", method.name)),
                "{}",
                method.name
            );
        }
        for name in [
            "Status",
            "ApiError",
            "Changed",
            "Topic",
            "ErrorCode",
            "Reason",
            "ActivityRow",
        ] {
            let declared = page.contains(&format!("export type {name} ="))
                || page.contains(&format!("export interface {name} "));
            assert!(declared, "{name}: {page}");
        }
        assert!(!page.contains("bigint"), "numbers are numbers in JSON");
        assert!(page.contains("language?: string | null"), "{page}");
    }
}
