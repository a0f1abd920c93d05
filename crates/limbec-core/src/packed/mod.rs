//! A project as bytes, and back: how `limbec::embed!()` bakes it into a program.
//!
//! Input: settings, headers and operations, at compile time. Output: bytes that lie in the program as they
//! are; headers are read when the program first asks, operations when a revision is run.
//!
//! The bytes are read by the version of limbec that wrote them and by no other, so they have no
//! room for growth: a field more is a field more on both sides. Invariant: no bytes make reading
//! panic; what is not a revision is `None`.

mod format;
mod operations;

use crate::operations::Operation;
use crate::revision::Header;
use crate::settings::Given;
use format::Pack;

/// A revision to be packed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Revision {
    /// What it says about itself.
    pub header: Header,
    /// The checksum of its file, as the journal keeps it.
    pub checksum: Option<String>,
    /// What it does.
    pub upgrade: Vec<Operation>,
    /// What undoes it.
    pub downgrade: Vec<Operation>,
    /// The line of its file in which each operation of the upgrade begins, counted from 1.
    pub upgrade_lines: Vec<usize>,
    /// The same of the downgrade.
    pub downgrade_lines: Vec<usize>,
}

/// A revision that is packed: what it says about itself, and the bytes of what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedRevision<'a> {
    /// What it says about itself.
    pub header: Header,
    /// The checksum of its file.
    pub checksum: Option<String>,
    /// The operations of its upgrade, for [`body`].
    pub upgrade: &'a [u8],
    /// The operations of its downgrade, for [`body`].
    pub downgrade: &'a [u8],
}

/// What is packed, with the revisions as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedProject<'a> {
    /// How the revisions are run.
    pub settings: Given,
    /// The revisions.
    pub revisions: Vec<PackedRevision<'a>>,
}

/// Packs a project.
///
/// ```
/// use limbec_core::operations::Operations;
/// use limbec_core::packed;
/// use limbec_core::revision::Header;
/// use limbec_core::settings::Given;
///
/// let header = Header { id: "3950395dfef3".into(), ..Header::default() };
/// let mut op = Operations::new();
/// op.execute("UPDATE collections SET name = 'new'");
/// let upgrade = op.into_vec();
///
/// let revision = packed::Revision {
///     header: header.clone(),
///     upgrade: upgrade.clone(),
///     upgrade_lines: vec![12],
///     ..Default::default()
/// };
/// let bytes = packed::pack(&Given::default(), &[revision]);
/// let project = packed::project(&bytes).unwrap();
/// assert_eq!(project.revisions[0].header, header);
/// assert_eq!(packed::body(project.revisions[0].upgrade), Some((upgrade, vec![12])));
/// ```
pub fn pack(settings: &Given, revisions: &[Revision]) -> Vec<u8> {
    let mut bytes = Vec::new();
    settings.pack(&mut bytes);
    revisions.len().pack(&mut bytes);
    for revision in revisions {
        revision.header.pack(&mut bytes);
        revision.checksum.pack(&mut bytes);
        for (operations, lines) in [
            (&revision.upgrade, &revision.upgrade_lines),
            (&revision.downgrade, &revision.downgrade_lines),
        ] {
            let mut body = Vec::new();
            operations.pack(&mut body);
            lines.pack(&mut body);
            body.len().pack(&mut bytes);
            bytes.extend(body);
        }
    }
    bytes
}

/// Reads a packed project, without looking into what its revisions do.
pub fn project(mut bytes: &[u8]) -> Option<PackedProject<'_>> {
    let input = &mut bytes;
    let settings = Given::unpack(input)?;
    let count = usize::unpack(input)?;
    let mut revisions = Vec::new();
    for _ in 0..count {
        revisions.push(PackedRevision {
            header: Header::unpack(input)?,
            checksum: Pack::unpack(input)?,
            upgrade: part(input)?,
            downgrade: part(input)?,
        });
    }
    input.is_empty().then_some(PackedProject {
        settings,
        revisions,
    })
}

/// Reads the operations of a packed revision's upgrade or downgrade, and the line of the file in which
/// each begins.
pub fn body(mut bytes: &[u8]) -> Option<(Vec<Operation>, Vec<usize>)> {
    let body = (Pack::unpack(&mut bytes)?, Pack::unpack(&mut bytes)?);
    bytes.is_empty().then_some(body)
}

fn part<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::unpack(input)?;
    let (body, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_or_goes_on_is_no_revision() {
        let header = Header {
            id: "a".into(),
            ..Header::default()
        };
        let execute = Operation::Execute {
            sql: "SELECT 1".into(),
            dialect: Some("sqlite".into()),
            autocommit: true,
        };
        let revision = Revision {
            header,
            upgrade: vec![execute],
            ..Revision::default()
        };
        let mut settings = Given::default();
        for (key, text) in [("lock_wait", "5min"), ("when_ahead", "serve")] {
            settings.set(key, text).unwrap();
        }
        let bytes = pack(&settings, &[revision]);
        assert_eq!(project(&bytes).unwrap().settings, settings);
        for end in 0..bytes.len() {
            assert_eq!(project(&bytes[..end]), None, "{end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(project(&longer), None);
        assert_eq!(body(&[255, 255, 255, 255, 255]), None);
        assert_eq!(body(&[1, 255]), None);
    }
}
