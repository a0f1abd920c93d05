//! The packages of the workspace, as `cargo metadata` lists them.

use std::process::Stdio;

use serde_json::Value;

use crate::run::{Failure, cargo, shown};

/// What the page of a crate on crates.io shows, by the keys of its `Cargo.toml`.
const SHOWN: [&str; 5] = ["description", "license", "repository", "readme", "keywords"];

/// A package of the workspace.
pub(super) struct Package(Value);

impl Package {
    pub(super) fn name(&self) -> &str {
        self.0["name"].as_str().unwrap_or_default()
    }

    pub(super) fn version(&self) -> &str {
        self.0["version"].as_str().unwrap_or_default()
    }

    /// Whether it is part of a release: its manifest has no `publish = false`.
    pub(super) fn is_published(&self) -> bool {
        self.0["publish"].is_null()
    }

    pub(super) fn rust_version(&self) -> Option<&str> {
        self.0["rust_version"].as_str()
    }

    /// The names of its features, except `default`.
    pub(super) fn features(&self) -> Vec<&str> {
        let features = self.0["features"].as_object().into_iter().flatten();
        let names = features.map(|(name, _)| name.as_str());
        names.filter(|it| *it != "default").collect()
    }

    /// The versions of a dependency that it accepts, such as `>=0.32, <0.43`; not those of its tests.
    pub(super) fn requirement(&self, dependency: &str) -> Option<&str> {
        let mut dependencies = self.0["dependencies"].as_array()?.iter();
        dependencies.find(|it| it["name"] == dependency && it["kind"].is_null())?["req"].as_str()
    }

    /// The keys that its `Cargo.toml` lacks and that crates.io shows.
    pub(super) fn missing_keys(&self) -> Vec<&'static str> {
        let is_missing = |key: &&str| match &self.0[*key] {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => true,
        };
        SHOWN.into_iter().filter(is_missing).collect()
    }
}

/// All packages of the workspace.
pub(super) fn packages() -> Result<Vec<Package>, Failure> {
    Ok(packages_of(metadata(&["--no-deps"])?))
}

/// The names of the packages that are no part of a release, as cargo's `--exclude NAME`.
pub(super) fn excluding_unpublished(packages: &[Package]) -> Vec<&str> {
    let unpublished = packages.iter().filter(|it| !it.is_published());
    unpublished
        .flat_map(|it| ["--exclude", it.name()])
        .collect()
}

fn packages_of(mut metadata: Value) -> Vec<Package> {
    match metadata["packages"].take() {
        Value::Array(packages) => packages.into_iter().map(Package).collect(),
        _ => Vec::new(),
    }
}

/// What `cargo metadata` prints.
pub(super) fn metadata(arguments: &[&str]) -> Result<Value, Failure> {
    let mut command = cargo(&["metadata", "--format-version", "1", "--locked"]);
    let line = shown(command.args(arguments));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{line}` failed ({})", output.status)));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("`{line}` printed no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Package, excluding_unpublished, packages, packages_of};

    #[test]
    fn packages_are_read() {
        let packages = packages_of(json!({"packages": [
            {"name": "a", "publish": null, "features": {"default": ["b"], "b": [], "c": []},
             "rust_version": "1.89", "description": "A", "license": "MIT", "repository": "",
             "readme": null, "keywords": [],
             "dependencies": [{"name": "d", "req": "^1", "kind": "dev"},
                              {"name": "d", "req": ">=0.1, <0.3", "kind": null}]},
            {"name": "z", "publish": []},
        ]}));
        let [a, z] = &packages[..] else {
            panic!("two packages")
        };
        assert_eq!((a.name(), a.rust_version()), ("a", Some("1.89")));
        assert!(a.is_published() && !z.is_published());
        assert_eq!(a.features(), ["b", "c"]);
        assert_eq!(a.requirement("d"), Some(">=0.1, <0.3"));
        assert_eq!(a.requirement("e"), None);
        assert_eq!(a.missing_keys(), ["repository", "readme", "keywords"]);
        assert_eq!(excluding_unpublished(&packages), ["--exclude", "z"]);
    }

    #[test]
    fn the_crates_of_the_workspace_are_found() {
        let packages = packages().unwrap();
        let published = packages.iter().filter(|it| it.is_published());
        let names: Vec<&str> = published.map(Package::name).collect();
        for name in ["limbec", "limbec-cli", "limbec-core"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(!names.contains(&"xtask"), "{names:?}");
    }
}
