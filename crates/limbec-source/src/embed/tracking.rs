//! Whether cargo will notice a new revision file.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use super::Place;

/// A warning, where cargo watches no folder of revisions for new files.
pub(super) fn warning(place: &Place, locations: &[PathBuf]) -> TokenStream {
    let unwatched = match build_output(place) {
        BuildScript::None => locations.first(),
        BuildScript::Unknown => None,
        BuildScript::Watches(watched) => locations
            .iter()
            .find(|location| !watched.iter().any(|it| normal(location).starts_with(it))),
    };
    let Some(folder) = unwatched else {
        return TokenStream::new();
    };
    let note = format!(
        "cargo does not notice new revision files; write into build.rs: \
         fn main() {{ println!(\"cargo::rerun-if-changed={}\"); }}",
        relative(folder, &place.package)
    );
    // A macro on a stable compiler has no warning of its own.
    quote! {
        #[deprecated(note = #note)]
        const NEW_REVISIONS: () = ();
        const _: () = NEW_REVISIONS;
    }
}

/// What the package's build script asks cargo to watch.
enum BuildScript {
    None,
    /// Another build system than cargo, or one that keeps the output elsewhere.
    Unknown,
    Watches(Vec<PathBuf>),
}

/// Reads what the build script printed, which cargo keeps beside the script's folder.
fn build_output(place: &Place) -> BuildScript {
    let Some(out) = &place.out else {
        return BuildScript::None;
    };
    let output = out.parent().map(|folder| folder.join("output"));
    let Some(output) = output.and_then(|file| std::fs::read_to_string(file).ok()) else {
        return BuildScript::Unknown;
    };
    let watched: Vec<PathBuf> = output
        .lines()
        .filter_map(|line| {
            let path = line
                .strip_prefix("cargo::rerun-if-changed=")
                .or_else(|| line.strip_prefix("cargo:rerun-if-changed="))?;
            Some(normal(&place.package.join(path.trim())))
        })
        .collect();
    let conditional = output
        .lines()
        .any(|line| line.starts_with("cargo:rerun-if-") || line.starts_with("cargo::rerun-if-"));
    BuildScript::Watches(if conditional {
        watched
    } else {
        // Without conditions, cargo watches the whole package.
        vec![normal(&place.package)]
    })
}

/// A path without `..` and links.
fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// A path as a build script in the package names it.
fn relative(path: &Path, package: &Path) -> String {
    let (path, package) = (normal(path), normal(package));
    let mut up = PathBuf::new();
    for above in package.ancestors() {
        if let Ok(rest) = path.strip_prefix(above) {
            return up.join(rest).display().to_string();
        }
        up.push("..");
    }
    path.display().to_string()
}
