//! What a start, or a second start of the running program, may ask for: arguments and deep links.

/// The scheme of links that open a page.
const SCHEME: &str = "portolan://page/";

/// A page that a link may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// How it stands.
    Home,
    /// Who answers.
    Providers,
    /// Who asks.
    Clients,
    /// The last requests.
    Activity,
    /// What was used.
    Usage,
    /// The settings.
    Settings,
}

impl Page {
    const ALL: [(&'static str, Self); 6] = [
        ("home", Self::Home),
        ("providers", Self::Providers),
        ("clients", Self::Clients),
        ("activity", Self::Activity),
        ("usage", Self::Usage),
        ("settings", Self::Settings),
    ];

    /// The page that a link names. Links come from web pages: they open a page of this list, carry
    /// nothing to it, and do nothing else.
    #[must_use]
    pub fn of_link(link: &str) -> Option<Self> {
        let head = link.get(..SCHEME.len())?;
        let name = link.get(SCHEME.len()..)?;
        if !head.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        let name = name.strip_suffix('/').unwrap_or(name);
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, page)| page)
    }

    /// Its place in the window's address, after the `#`.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Providers => "/providers",
            Self::Clients => "/clients",
            Self::Activity => "/activity",
            Self::Usage => "/usage",
            Self::Settings => "/settings",
        }
    }
}

/// The arguments of a start, without the program's own name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--hidden`: no window until somebody asks for it.
    pub hidden: bool,
    /// The page of a deep link.
    pub page: Option<Page>,
}

impl Arguments {
    /// Reads them; what is not known is passed over, for desktops add arguments of their own.
    #[must_use]
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut read = Self::default();
        for argument in arguments.into_iter().skip(1) {
            match argument.as_str() {
                "--hidden" => read.hidden = true,
                link => read.page = read.page.or_else(|| Page::of_link(link)),
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Arguments {
        let program = std::iter::once("portolan-desktop");
        Arguments::read(program.chain(words.iter().copied()).map(str::to_owned))
    }

    #[test]
    fn hidden_and_links() {
        assert_eq!(read(&[]), Arguments::default());
        assert!(read(&["--hidden"]).hidden);
        assert_eq!(
            read(&["--gapplication-service", "portolan://page/activity"]).page,
            Some(Page::Activity)
        );
        assert!(!read(&["portolan://page/home?--hidden"]).hidden);
    }

    #[test]
    fn s65_a_link_opens_a_page_of_the_list_and_carries_nothing() {
        assert_eq!(Page::of_link("PORTOLAN://page/usage/"), Some(Page::Usage));
        for link in [
            "portolan://page/",
            "portolan://page/none",
            "portolan://page/home?key=x",
            "portolan://page/home#/settings",
            "portolan://page/../settings",
            "portolan://sign-in/callback?code=1",
            "https://page/home",
            "portolan:page/home",
            "页://page/home",
        ] {
            assert_eq!(Page::of_link(link), None, "{link}");
        }
    }
}
