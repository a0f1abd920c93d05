//! The grammar of what a user may write for a revision, and for a range of them.
//!
//! `[label@][symbol][±N]`, where the symbol is `head`, `heads`, `base`, `current`, an id, the
//! beginning of an id, or a branch label. A range is `[start]:[end]`.

use std::fmt;

use super::error::{Result, RevisionError};

/// The middle part of an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// `head`: the one head.
    Head,
    /// `heads`: all heads.
    Heads,
    /// `base`: before the first revision.
    Base,
    /// `current`: what the database is at.
    Current,
    /// An id, the beginning of an id, or a branch label.
    Name(String),
}

impl Symbol {
    fn parse(text: &str) -> Self {
        match text {
            "head" => Self::Head,
            "heads" => Self::Heads,
            "base" => Self::Base,
            "current" => Self::Current,
            name => Self::Name(name.to_owned()),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Heads => "heads",
            Self::Base => "base",
            Self::Current => "current",
            Self::Name(name) => name,
        })
    }
}

/// Holds an identifier in its parts.
///
/// ```
/// use limbec_core::revision::{Identifier, Symbol};
///
/// let parsed = Identifier::parse("billing@ae10-2").unwrap();
/// assert_eq!(parsed.branch.as_deref(), Some("billing"));
/// assert_eq!(parsed.symbol, Some(Symbol::Name("ae10".to_owned())));
/// assert_eq!(parsed.offset, Some(-2));
/// assert_eq!(parsed.to_string(), "billing@ae10-2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The label (or id) whose lineage narrows the rest: what stands before `@`.
    pub branch: Option<String>,
    /// What to start from; none in `+N` and `-N`.
    pub symbol: Option<Symbol>,
    /// How many revisions to go up (or down, where negative) from there.
    pub offset: Option<i64>,
}

impl Identifier {
    /// Parses an identifier.
    ///
    /// # Errors
    /// The text doesn't have the form `[label@][symbol][±N]`.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || RevisionError::Malformed {
            identifier: text.to_owned(),
        };
        let (branch, rest) = match text.split_once('@') {
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        let (symbol, offset) = match rest.find(['+', '-']) {
            Some(sign) => (
                &rest[..sign],
                Some(offset(&rest[sign..]).ok_or_else(malformed)?),
            ),
            None => (rest, None),
        };
        let legal = |name: &str| {
            !name.contains(['@', '+', '-', ':']) && !name.contains(char::is_whitespace)
        };
        if branch.is_some_and(|branch| branch.is_empty() || !legal(branch))
            || !legal(symbol)
            || (symbol.is_empty() && offset.is_none())
        {
            return Err(malformed());
        }
        Ok(Self {
            branch: branch.map(str::to_owned),
            symbol: (!symbol.is_empty()).then(|| Symbol::parse(symbol)),
            offset,
        })
    }

    /// Tells whether the identifier counts from some other revision.
    pub fn is_relative(&self) -> bool {
        self.offset.is_some()
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}@")?;
        }
        if let Some(symbol) = &self.symbol {
            write!(f, "{symbol}")?;
        }
        match self.offset {
            Some(offset) => write!(f, "{offset:+}"),
            None => Ok(()),
        }
    }
}

/// Reads `+N` or `-N`; a number too large for any graph is cut to the largest.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = text.split_at(1);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().unwrap_or(i64::MAX);
    Some(if sign == "-" { -number } else { number })
}

/// Holds a range `[start]:[end]` of revisions.
///
/// ```
/// use limbec_core::revision::Range;
///
/// let range = Range::parse("-3:current").unwrap();
/// assert_eq!(range.start.unwrap().offset, Some(-3));
/// assert!(Range::parse("a1").is_err());
/// assert_eq!(Range::parse(":").unwrap(), Range::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    /// The older end; none for the base.
    pub start: Option<Identifier>,
    /// The newer end; none for the heads.
    pub end: Option<Identifier>,
}

impl Range {
    /// Parses a range as `history` takes it.
    ///
    /// # Errors
    /// There is not exactly one `:`, or one of the ends is no identifier.
    pub fn parse(text: &str) -> Result<Self> {
        let ends = text
            .trim()
            .split_once(':')
            .filter(|(_, end)| !end.contains(':'));
        let Some((start, end)) = ends else {
            return Err(RevisionError::HistoryRange {
                range: text.to_owned(),
            });
        };
        let end_of = |text: &str| match text.trim() {
            "" => Ok(None),
            text => Identifier::parse(text).map(Some),
        };
        Ok(Self {
            start: end_of(start)?,
            end: end_of(end)?,
        })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            |end: &Option<Identifier>| end.as_ref().map(ToString::to_string).unwrap_or_default();
        write!(f, "{}:{}", text(&self.start), text(&self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_parses() {
        for text in [
            "head",
            "heads",
            "base",
            "current",
            "ae10",
            "billing",
            "billing@head",
            "ae10@base",
            "+1",
            "-3",
            "ae10+2",
            "ae10-2",
            "billing@+1",
            "billing@-1",
            "billing@heads-1",
            "current-2",
        ] {
            assert_eq!(Identifier::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "", "@", "a@", "@a", "a@b@c", "a+", "a-", "a+b", "a+1+1", "-", "a b", "a:b", "+-1",
        ] {
            assert!(Identifier::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn cuts_an_enormous_offset() {
        assert_eq!(
            Identifier::parse("-99999999999999999999").unwrap().offset,
            Some(-i64::MAX)
        );
    }

    #[test]
    fn range_needs_one_colon() {
        assert!(Range::parse("a:b:c").is_err());
        assert_eq!(Range::parse("a:+2").unwrap().to_string(), "a:+2");
    }
}
