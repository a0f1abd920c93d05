//! What `embed!` bakes in is what the files say.

// The revisions of this test never change, so no build script watches them.
#![allow(deprecated)]

use std::path::Path;

use limbec::run::Revisions as _;
use limbec_core::revision::Header;
use limbec_source::project::revision_files;
use limbec_source::revisions::{read_body, read_header};

static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");

#[test]
fn the_baked_in_revisions_are_those_of_the_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embed");
    let revisions = MIGRATIONS.revisions().unwrap();
    let files = revision_files(&[root.join("migrations")]).unwrap();
    assert_eq!(files.len(), 3);
    let mut headers: Vec<Header> = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let (header, body) = (read_header(path, &text), read_body(path, &text));
        let (header, body) = (header.unwrap(), body.unwrap());
        let content = revisions.read(&header.id).unwrap();
        assert_eq!(content.upgrade, body.upgrade);
        assert_eq!(content.downgrade, body.downgrade);
        assert_eq!(content.checksum.as_deref(), Some(body.checksum.as_str()));
        headers.push(header);
    }
    headers.sort_by_key(|it| it.file_name().to_string());
    assert_eq!(revisions.graph().revisions(), headers);
}

#[test]
fn a_folder_may_be_named_in_place_of_its_file() {
    static FOLDER: limbec::Migrations = limbec::embed!("tests/embed");
    assert_eq!(format!("{FOLDER:?}"), format!("{MIGRATIONS:?}"));
}

#[test]
fn a_revision_of_another_program_is_an_error() {
    let error = MIGRATIONS.revisions().unwrap().read("nonsense");
    assert!(error.unwrap_err().to_string().contains("`nonsense`"));
}
