//! The sections of a `.sql` revision.
//!
//! Input: the text, and how each database reads SQL. Output: the sections as texts, which are divided
//! into statements by whoever knows the database.
//!
//! A line `-- upgrade` begins a section unless it stands in a string or a comment, and where those
//! end depends on the database. A section that names its dialect is read by that one's rules. Of the
//! others it is not known whose they are, so the file is read by the rules of each database, and the
//! readings must come to one division. A reading does not count if it lacks a section or leaves a
//! string open: that is not the database that the file is for.

use std::ops::Range;

use limbec_core::dialect;
use limbec_core::sql::{Lexicon, TokenKind, is_whole, tokens};

/// A database, and how it reads SQL.
pub(super) type Rules<'l> = (&'static str, &'l Lexicon);

/// Which way a section goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Upgrade,
    Downgrade,
}

impl Way {
    pub(super) const ALL: [Way; 2] = [Way::Upgrade, Way::Downgrade];

    pub(super) fn name(self) -> &'static str {
        match self {
            Way::Upgrade => "upgrade",
            Way::Downgrade => "downgrade",
        }
    }
}

/// What a comment may be besides a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker<'a> {
    None,
    Section(Way, Option<&'static str>),
    /// A section for a dialect that there is not.
    Unknown(Way, &'a str),
}

/// Reads a comment without its `--`: a section's name, alone or with a dialect's.
pub(super) fn marker(comment: &str) -> Marker<'_> {
    let mut words = comment.split_whitespace();
    let way = match words.next() {
        Some(word) if word.eq_ignore_ascii_case("upgrade") => Way::Upgrade,
        Some(word) if word.eq_ignore_ascii_case("downgrade") => Way::Downgrade,
        _ => return Marker::None,
    };
    match (words.next(), words.next()) {
        (None, _) => Marker::Section(way, None),
        // More words make a sentence, and a sentence is a comment.
        (Some(_), Some(_)) => Marker::None,
        (Some(word), None) => match named(word) {
            Some(dialect) => Marker::Section(way, Some(dialect)),
            None => Marker::Unknown(way, word),
        },
    }
}

/// The dialect of a name in any case.
fn named(word: &str) -> Option<&'static str> {
    let mut names = dialect::NAMES.iter().copied();
    names.find(|name| name.eq_ignore_ascii_case(word))
}

/// A section of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) way: Way,
    /// The only dialect that it is for.
    pub(super) dialect: Option<&'static str>,
    /// The line that begins it.
    pub(super) line: Range<usize>,
    /// What stands below that.
    pub(super) sql: Range<usize>,
    /// Whether there is more than comments.
    pub(super) has_sql: bool,
}

/// A file as one database reads it.
#[derive(Debug, Default)]
pub(super) struct Reading<'t> {
    /// The database.
    pub(super) by: &'static str,
    pub(super) sections: Vec<Section>,
    /// What stands before the first section.
    pub(super) stray: Option<Range<usize>>,
    /// The lines of sections for a dialect that there is not.
    pub(super) unknown: Vec<(Way, &'t str, Range<usize>)>,
    /// The lines that would begin a section, but for a string or comment that they stand in: the
    /// line, and what takes it in.
    pub(super) hidden: Vec<(Way, Range<usize>, Range<usize>)>,
    /// Whether every string and comment ends.
    whole: bool,
}

/// Why a file has no sections that can be run.
pub(super) enum Undivided<'t> {
    /// No database reads it as a revision: what is wrong by the reading that has the least against it.
    Mistaken(Reading<'t>),
    /// Two databases read it as revisions of different sections.
    Ambiguous(Box<[Reading<'t>; 2]>),
}

/// Divides a file from a place on, by all rules.
pub(super) fn divide<'t>(
    text: &'t str,
    begin: usize,
    rules: &[Rules<'_>],
) -> Result<Vec<Section>, Undivided<'t>> {
    let readings = rules.iter().map(|it| read(text, begin, *it, rules));
    let (mut good, bad): (Vec<_>, Vec<_>) = readings.partition(|it| it.mistakes() == 0);
    if good.is_empty() {
        let least = bad.into_iter().min_by_key(|it| (it.mistakes(), !it.whole));
        return Err(Undivided::Mistaken(least.unwrap_or_default()));
    }
    if good.iter().any(|it| it.whole) {
        good.retain(|it| it.whole);
    }
    let lines = |it: &Reading<'_>| -> Vec<Range<usize>> {
        it.sections.iter().map(|it| it.line.clone()).collect()
    };
    let mut good = good.into_iter();
    let mut first = good.next().unwrap_or_default();
    for other in good {
        if lines(&first) != lines(&other) {
            return Err(Undivided::Ambiguous(Box::new([first, other])));
        }
        for (section, as_other) in first.sections.iter_mut().zip(&other.sections) {
            section.has_sql |= as_other.has_sql;
        }
    }
    Ok(first.sections)
}

impl Reading<'_> {
    /// How many reasons there are for which this is no revision.
    fn mistakes(&self) -> usize {
        let missing = Way::ALL.iter().filter(|it| !self.has(**it));
        missing.count() + self.unknown.len() + usize::from(self.stray.is_some())
    }

    /// Whether there is a section that goes this way, known or not.
    pub(super) fn has(&self, way: Way) -> bool {
        self.sections.iter().any(|it| it.way == way)
    }

    pub(super) fn begins(&self, line: &Range<usize>) -> bool {
        self.sections.iter().any(|it| it.line == *line)
    }
}

/// Reads a file from a place on, by some rules where a section does not name others.
fn read<'t>(
    text: &'t str,
    begin: usize,
    (by, usual): Rules<'_>,
    rules: &[Rules<'_>],
) -> Reading<'t> {
    let mut reading = Reading {
        by,
        whole: true,
        ..Reading::default()
    };
    let mut lexicon = usual;
    let mut at = begin;
    loop {
        let (line, first) = reading.scan(text, at, lexicon);
        let end = line.as_ref().map_or(text.len(), |it| it.start);
        match reading.sections.last_mut() {
            Some(section) => {
                section.sql = at..end;
                section.has_sql = first.is_some();
            }
            None => reading.stray = first,
        }
        let Some(line) = line else {
            reading.whole &= is_whole(&text[at..], lexicon);
            return reading;
        };
        at = line.end;
        let (way, dialect) = match marker(&text[line.start + 2..line.end]) {
            Marker::Section(way, dialect) => (way, dialect),
            Marker::Unknown(way, word) => {
                reading.unknown.push((way, word, line.clone()));
                (way, None)
            }
            Marker::None => continue,
        };
        let of_dialect = rules.iter().find(|(name, _)| Some(*name) == dialect);
        lexicon = of_dialect.map_or(usual, |(_, it)| it);
        reading.sections.push(Section {
            way,
            dialect,
            sql: at..at,
            line,
            has_sql: false,
        });
    }
}

impl Reading<'_> {
    /// Looks for the next line of a section, and for the first token that is no comment.
    fn scan(
        &mut self,
        text: &str,
        at: usize,
        lexicon: &Lexicon,
    ) -> (Option<Range<usize>>, Option<Range<usize>>) {
        let mut first = None;
        for token in tokens(&text[at..], lexicon) {
            let span = at + token.start..at + token.end();
            if let Some(line) = marker_line(text, span.start) {
                return (Some(line), first);
            }
            if token.text.contains('\n') {
                self.hide(text, &span);
            }
            if token.kind != TokenKind::Comment {
                first.get_or_insert(span);
            }
        }
        (None, first)
    }

    /// Notes the lines within a token that would begin a section.
    fn hide(&mut self, text: &str, token: &Range<usize>) {
        let mut at = token.start;
        for line in text[token.clone()].split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            if let Some(line) = marker_line(text, start)
                && let Marker::Section(way, _) = marker(&text[line.start + 2..line.end])
            {
                self.hidden.push((way, line, token.clone()));
            }
        }
    }
}

/// The line that begins at a place, without what ends it, if it is one of a section.
fn marker_line(text: &str, start: usize) -> Option<Range<usize>> {
    let comment = text[start..].strip_prefix("--")?;
    let comment = comment.lines().next().unwrap_or_default();
    let before = text[..start].rsplit('\n').next().unwrap_or_default();
    let is_one = before.trim().is_empty() && marker(comment) != Marker::None;
    is_one.then(|| start..start + 2 + comment.trim_end().len())
}

#[cfg(test)]
mod tests;
