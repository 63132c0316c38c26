//! A vault and a client that stop for good at one step, so that their process is killed there.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "a module of tests")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::{FileVault, Http, Journal, Post, Replying, Secret, Vault, VaultError, VaultState};
use url::Url;

use crate::browser::Plain;

/// Says that the step was reached, and goes no further.
pub fn hold(mark: &Path) -> ! {
    std::fs::write(mark, "").unwrap();
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[derive(Debug)]
struct Steps {
    stop: String,
    mark: PathBuf,
    counts: Mutex<HashMap<String, u32>>,
}

impl Steps {
    fn reach(&self, step: &str) {
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(step.to_owned()).or_default();
        *count += 1;
        let stop = format!("{step} {count}") == self.stop;
        drop(counts);
        if stop {
            hold(&self.mark);
        }
    }
}

/// The real vault and the real client, with a stop at one step of a renewal.
pub struct Stops {
    inner: FileVault,
    steps: Arc<Steps>,
}

impl Stops {
    pub fn new(inner: FileVault, stop: String, mark: PathBuf) -> Self {
        let counts = Mutex::default();
        let steps = Arc::new(Steps { stop, mark, counts });
        Self { inner, steps }
    }

    fn around<T>(&self, step: &str, act: impl FnOnce() -> T) -> T {
        self.steps.reach(&format!("before {step}"));
        let done = act();
        self.steps.reach(&format!("after {step}"));
        done
    }
}

impl Vault for Stops {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.inner.get(name)
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.around("put", || self.inner.put(name, secret))
    }

    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        self.inner.remove(name)
    }

    fn names(&self) -> Result<Vec<String>, VaultError> {
        self.inner.names()
    }

    fn state(&self) -> VaultState {
        self.inner.state()
    }

    fn start_over(&self) -> Result<Option<PathBuf>, VaultError> {
        self.inner.start_over()
    }

    fn accept_older(&self) -> Result<(), VaultError> {
        self.inner.accept_older()
    }

    fn journal(&self, name: &str) -> Result<Option<Box<dyn Journal>>, VaultError> {
        let ready = self.around("ready", || self.inner.journal(name))?;
        let steps = Arc::clone(&self.steps);
        Ok(ready.map(|inner| Box::new(Stop { inner, steps }) as Box<dyn Journal>))
    }

    fn journaled(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.inner.journaled(name)
    }

    fn forget_journal(&self, name: &str) -> Result<(), VaultError> {
        self.around("forget", || self.inner.forget_journal(name))
    }

    fn journals(&self) -> Result<Vec<String>, VaultError> {
        self.inner.journals()
    }
}

struct Stop {
    inner: Box<dyn Journal>,
    steps: Arc<Steps>,
}

impl Journal for Stop {
    fn keep(&mut self, secret: &Secret) -> Result<(), VaultError> {
        self.steps.reach("before keep");
        let kept = self.inner.keep(secret);
        self.steps.reach("after keep");
        kept
    }
}

impl Http for Stops {
    fn get<'a>(&'a self, url: &'a Url) -> Replying<'a> {
        Plain.get(url)
    }

    fn post<'a>(&'a self, post: Post) -> Replying<'a> {
        Box::pin(async move {
            self.steps.reach("before question");
            let reply = Plain.post(post).await;
            self.steps.reach("after question");
            reply
        })
    }
}
