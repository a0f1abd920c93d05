//! Lets cargo notice new revisions.

fn main() {
    println!("cargo::rerun-if-changed=migrations/versions");
}
