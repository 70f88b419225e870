//! The checkout as the rules see it: where the root is, which packages and files there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Not ours, or not source: never walked into.
const CLOSED: &[&str] = &["target", ".git", "node_modules"];

pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// The workspace that holds `here`.
    pub(crate) fn around(here: &Path) -> Result<Self> {
        for folder in here.ancestors() {
            let manifest = folder.join("Cargo.toml");
            if manifest.is_file() && fs::read_to_string(&manifest)?.contains("[workspace]") {
                return Ok(Self {
                    root: folder.to_path_buf(),
                });
            }
        }
        anyhow::bail!("{} is not inside the workspace", here.display())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn has(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        fs::read_to_string(self.path(relative)).with_context(|| format!("reading {relative}"))
    }

    /// The text of a file, or nothing where there is no such file.
    pub(crate) fn read_if_there(&self, relative: &str) -> Result<Option<String>> {
        if self.path(relative).is_file() {
            self.read(relative).map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn write(&self, relative: &str, text: &str) -> Result<()> {
        fs::write(self.path(relative), text).with_context(|| format!("writing {relative}"))
    }

    /// Names of the folders directly below `relative`, sorted.
    pub(crate) fn folders(&self, relative: &str) -> Result<Vec<String>> {
        self.names(relative, Path::is_dir)
    }

    /// Names of the files directly in `relative`, sorted; none where the folder is missing.
    pub(crate) fn file_names(&self, relative: &str) -> Result<Vec<String>> {
        self.names(relative, Path::is_file)
    }

    /// Every file at or below `relative`, as paths from the root with `/`, sorted.
    pub(crate) fn files(&self, relative: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let prefix = if relative.is_empty() {
            String::new()
        } else {
            format!("{relative}/")
        };
        found.extend(
            self.file_names(relative)?
                .into_iter()
                .map(|name| format!("{prefix}{name}")),
        );
        for name in self.folders(relative)? {
            if !CLOSED.contains(&name.as_str()) {
                found.extend(self.files(&format!("{prefix}{name}"))?);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Every Rust file of the workspace.
    pub(crate) fn rust_files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for part in ["functions", "shared", "infra", "tests"] {
            found.extend(self.files(part)?.into_iter().filter(|path| path.ends_with(".rs")));
        }
        Ok(found)
    }

    /// The functions of the product: the folders of `functions/` that are packages.
    pub(crate) fn functions(&self) -> Result<Vec<String>> {
        let mut names = self.folders("functions")?;
        names.retain(|name| self.has(&format!("functions/{name}/Cargo.toml")));
        Ok(names)
    }

    /// Manifests by folder, as `functions/cart` or `infra/local`.
    pub(crate) fn manifests(&self) -> Result<BTreeMap<String, toml::Table>> {
        let mut found = BTreeMap::new();
        for part in ["functions", "shared", "infra", "tests"] {
            for name in self.folders(part)? {
                let folder = format!("{part}/{name}");
                if let Some(text) = self.read_if_there(&format!("{folder}/Cargo.toml"))? {
                    let manifest = toml::from_str(&text).with_context(|| format!("reading {folder}/Cargo.toml"))?;
                    found.insert(folder, manifest);
                }
            }
        }
        Ok(found)
    }

    fn names(&self, relative: &str, wanted: fn(&Path) -> bool) -> Result<Vec<String>> {
        let folder = self.path(relative);
        let mut found = Vec::new();
        if !folder.is_dir() {
            return Ok(found);
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("listing {relative}"))? {
            let path = entry?.path();
            if let (true, Some(name)) = (wanted(&path), path.file_name().and_then(|name| name.to_str())) {
                found.push(name.to_owned());
            }
        }
        found.sort();
        Ok(found)
    }
}

#[cfg(test)]
pub(crate) mod sample {
    //! Small trees for the tests of the rules.

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static MADE: AtomicUsize = AtomicUsize::new(0);

    /// A tree with these files, in a folder of its own that goes when the value goes.
    pub(crate) struct SampleTree {
        tree: Tree,
    }

    impl SampleTree {
        pub(crate) fn with(files: &[(&str, &str)]) -> Self {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let root = std::env::temp_dir().join(format!("xtask-{}-{number}", std::process::id()));
            let made = Self { tree: Tree { root } };
            made.add("Cargo.toml", "[workspace]\n");
            for (path, text) in files {
                made.add(path, text);
            }
            made
        }

        pub(crate) fn add(&self, path: &str, text: &str) {
            let whole = self.tree.path(path);
            fs::create_dir_all(whole.parent().unwrap()).unwrap();
            fs::write(whole, text).unwrap();
        }

        pub(crate) fn remove(&self, path: &str) {
            fs::remove_file(self.tree.path(path)).unwrap();
        }
    }

    impl std::ops::Deref for SampleTree {
        type Target = Tree;

        fn deref(&self) -> &Tree {
            &self.tree
        }
    }

    impl Drop for SampleTree {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(self.tree.root()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::SampleTree;
    use super::*;

    #[test]
    fn the_root_is_found_from_any_folder_below_it() {
        let tree = SampleTree::with(&[("functions/cart/src/lib.rs", "//! Cart.\n")]);

        let found = Tree::around(&tree.path("functions/cart/src")).unwrap();

        assert_eq!(found.root(), tree.root());
    }

    #[test]
    fn build_output_is_never_walked_into() {
        let tree = SampleTree::with(&[("tests/a/src/lib.rs", ""), ("tests/target/debug/made.rs", "")]);

        assert_eq!(tree.files("tests").unwrap(), ["tests/a/src/lib.rs"]);
    }
}
