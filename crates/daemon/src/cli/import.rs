//! `portolan import`: what other programs left, shown first and taken over where that is said.

use contract::{
    Api, ApiError, Import, ImportChoice, ImportSource, ImportStanding, ImportWhat, ImportWhy,
    Imported,
};

use super::answer::{Speaker, Spoken};
use super::message::told;
use super::table::{Table, visible};
use super::written::ImportTold;

impl Speaker<'_> {
    pub(super) async fn import(
        &self,
        api: &impl Api,
        source: Option<ImportSource>,
        take: bool,
    ) -> Result<Spoken, ApiError> {
        let mut found = api.imports_list().await?;
        found.retain(|import| source.is_none_or(|source| import.source == source));
        let taken = match source {
            Some(source) if take => {
                let choice = ImportChoice { source, only: None };
                Some(api.imports_take(choice).await?)
            }
            Some(_) | None => None,
        };
        let answer = ImportTold { found, taken };
        self.tell(&answer, || match &answer.taken {
            Some(taken) => self.taken(taken),
            None => self.preview(&answer.found),
        })
    }

    fn taken(&self, taken: &Imported) -> Spoken {
        if taken.taken.is_empty() {
            return self.line("import-nothing-new", &[]);
        }
        let separator = self.text("list-separator", &[]);
        let names: Vec<String> = taken.taken.iter().map(|what| self.what(*what)).collect();
        let mut spoken = self.line("import-taken", &[("what", &names.join(&separator))]);
        if let Some(account) = &taken.account {
            spoken.out += &self.line("import-account", &[("account", account)]).out;
        }
        spoken
    }

    fn preview(&self, found: &[Import]) -> Spoken {
        if found.is_empty() {
            let hint = self.text("import-none.hint", &[]);
            let note = self.text("cli-hint", &[("hint", &hint)]) + "\n";
            return self.line("import-none", &[]).and_note(&note);
        }
        let mut spoken = Spoken::default();
        for import in found {
            let source = name(import.source);
            spoken.out += &self.line("import-of", &[("source", source)]).out;
            let mut table = Table::plain();
            for take in &import.takes {
                let standing = match take.standing {
                    ImportStanding::New => "import-new",
                    ImportStanding::Other => "import-other",
                    ImportStanding::Same => "import-same",
                };
                table.row([
                    format!("  {}", self.what(take.what)),
                    take.shown.clone(),
                    self.text(standing, &[]),
                ]);
            }
            spoken.out += &table.render();
            for leave in &import.leaves {
                let why = self.text(why(leave.why), &[]);
                let field = leave.field.as_str();
                let line = self.text("import-leaves", &[("field", field), ("why", &why)]);
                spoken.out += &format!("  {}\n", visible(&line));
            }
            for file in &import.files {
                let Some(fault) = &file.fault else { continue };
                let reason = told(self.messages, fault);
                let about = [("file", file.path.as_str()), ("reason", reason.as_str())];
                spoken.note += &self.line("import-file-fault", &about).out;
                spoken.failed |= import.takes.is_empty();
            }
            let is_new = |standing| standing != ImportStanding::Same;
            if import.takes.iter().any(|take| is_new(take.standing)) {
                spoken.note += &self.line("import-how", &[("source", source)]).out;
            }
        }
        spoken
    }

    fn what(&self, what: ImportWhat) -> String {
        let id = match what {
            ImportWhat::Address => "import-what-address",
            ImportWhat::Key => "import-what-key",
            ImportWhat::Model => "import-what-model",
            ImportWhat::ClientKey => "import-what-client-key",
            ImportWhat::Port => "import-what-port",
            ImportWhat::Language => "import-what-language",
            ImportWhat::Theme => "import-what-theme",
            ImportWhat::Proxy => "import-what-proxy",
        };
        self.text(id, &[])
    }
}

/// What the command line calls the program.
fn name(source: ImportSource) -> &'static str {
    match source {
        ImportSource::Iflow => "iflow",
        ImportSource::Iflow2api => "iflow2api",
    }
}

fn why(why: ImportWhy) -> &'static str {
    match why {
        ImportWhy::SignIn => "import-why-sign-in",
        ImportWhy::Open => "import-why-open",
        ImportWhy::Imitation => "import-why-imitation",
        ImportWhy::Sealed => "import-why-sealed",
        ImportWhy::Unusable => "import-why-unusable",
        ImportWhy::ByHand => "import-why-by-hand",
    }
}
