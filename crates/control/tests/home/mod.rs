//! A home in a temporary folder, and a control that works on it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use accounts::{MemoryVault, Pages, Secret, Vault};
use contract::{Changed, Topic};
use control::{Control, Home, Options, Overrides};
use tokio::sync::broadcast::Receiver;

/// Longer than anything that happens at all takes.
pub const LONG: Duration = Duration::from_secs(10);

/// Settings under which a test listens on a free port.
pub const FREE_PORT: &str = "[listen]\nhost = \"127.0.0.1\"\nport = 0\n";

pub struct TestHome {
    pub folder: tempfile::TempDir,
    pub vault: Arc<dyn Vault>,
    pub environment: BTreeMap<String, String>,
}

impl TestHome {
    pub fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.toml"), settings).unwrap();
        let vault = Arc::new(MemoryVault::new());
        Self {
            folder,
            vault,
            environment: BTreeMap::new(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.path("config.toml")).unwrap()
    }

    pub fn write(&self, settings: &str) {
        std::fs::write(self.path("config.toml"), settings).unwrap();
    }

    /// As most editors save: a new file in the place of the old one.
    pub fn replace(&self, settings: &str) {
        std::fs::write(self.path("config.toml~"), settings).unwrap();
        std::fs::rename(self.path("config.toml~"), self.path("config.toml")).unwrap();
    }

    pub async fn try_start(&self, overrides: Overrides) -> Result<Control, contract::ApiError> {
        let environment = self.environment.clone();
        Control::start(Options {
            home: Home {
                settings: self.path("config.toml"),
                data: self.path(""),
            },
            overrides,
            vault: Arc::clone(&self.vault),
            environment: Arc::new(move |name| environment.get(name).cloned()),
            system_proxy: Arc::new(gateway::SystemProxy::default),
            holder: Arc::new(|address| Some(format!("somebody on {}", address.port()))),
            pages: Arc::new(|language| Pages {
                taken: format!("taken {language:?}"),
                refused: format!("refused {language:?}"),
            }),
        })
        .await
    }

    pub async fn start(&self) -> Control {
        self.try_start(Overrides::default()).await.unwrap()
    }
}

pub fn client_key(text: &str) -> Overrides {
    let client_key = Some(Secret::new(text.to_owned()).unwrap());
    Overrides {
        client_key,
        ..Overrides::default()
    }
}

/// Waits until the topic is told.
pub async fn told(changes: &mut Receiver<Changed>, topic: Topic) {
    let heard = async { while changes.recv().await.unwrap().topic != topic {} };
    tokio::time::timeout(LONG, heard).await.unwrap();
}
