//! The project's own files: what git tracks or would track.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// A folder and the files in it that belong to the project.
pub(crate) struct Tree {
    root: PathBuf,
    files: Vec<String>,
}

impl Tree {
    /// Tracked files, and new ones that git does not ignore.
    pub(crate) fn of_git(root: &Path) -> Result<Self, String> {
        let mut command = Command::new("git");
        command.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let list = shell::output(command.current_dir(root))?;
        let mut files: Vec<String> = list
            .split('\0')
            .filter(|name| !name.is_empty() && root.join(name).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(Self {
            root: root.to_path_buf(),
            files,
        })
    }

    /// The folder that the names are relative to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Names of files, relative, with `/` between folders, sorted.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Names of files that end so.
    pub(crate) fn ending(&self, end: &'static str) -> impl Iterator<Item = &str> {
        self.files().filter(move |name| name.ends_with(end))
    }

    /// A file's text; nothing if it is not text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.root.join(name)).ok()
    }
}

#[cfg(test)]
pub(crate) mod fixture {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::Tree;

    /// A tree of these files, gone when dropped.
    pub(crate) struct Fixture {
        _folder: tempfile::TempDir,
        pub(crate) tree: Tree,
    }

    /// Writes files (name, text) to a temporary folder.
    pub(crate) fn tree(files: &[(&str, &str)]) -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.sort();
        let tree = Tree {
            root: folder.path().to_path_buf(),
            files: names,
        };
        Fixture {
            _folder: folder,
            tree,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn ignored_files_are_not_the_projects() {
        let fixture = fixture::tree(&[(".gitignore", "*.log\n"), ("a.rs", ""), ("b.log", "")]);
        let root = fixture.tree.root();
        shell::done(
            Command::new("git")
                .args(["init", "--quiet"])
                .current_dir(root),
        )
        .unwrap();
        let tree = Tree::of_git(root).unwrap();
        assert_eq!(tree.files().collect::<Vec<_>>(), [".gitignore", "a.rs"]);
    }
}
