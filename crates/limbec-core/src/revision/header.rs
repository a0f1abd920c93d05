//! What a revision file says about itself.

use super::wording::file_name;

/// Describes one revision, as its file's header does.
///
/// ```
/// use limbec_core::revision::Header;
///
/// let header = Header {
///     id: "3950395dfef3".to_owned(),
///     revises: vec!["61ee6f04df66".to_owned()],
///     path: "migrations/versions/3950395dfef3_add_description.rs".to_owned(),
///     ..Header::default()
/// };
/// assert_eq!(header.file_name(), "3950395dfef3_add_description.rs");
/// assert_eq!(header.file_stem(), "3950395dfef3_add_description");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The revision's id.
    pub id: String,
    /// The ids of the parents: none for a base, several for a merge.
    pub revises: Vec<String>,
    /// Ids or branch labels of the revisions that must be applied first.
    pub depends_on: Vec<String>,
    /// The branch labels that this revision carries.
    pub branch_labels: Vec<String>,
    /// The first line of the doc; may be empty.
    pub message: String,
    /// The rest of the doc.
    pub doc: String,
    /// When the file was written, as it says.
    pub create_date: Option<String>,
    /// Where the header was read, for messages and for file order.
    pub path: String,
}

impl Header {
    /// Returns the last component of the path.
    pub fn file_name(&self) -> &str {
        file_name(&self.path)
    }

    /// Returns the file's name without its extension.
    pub fn file_stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}
