//! Text for people: pieces, some of a tone.

use std::fmt;

use limbec_core::text::printable;

use super::Tone;

/// Text for people, in pieces. What is put into it may come from anywhere: shown, it holds no character
/// that acts on a terminal, but for the colours that the caller's `paint` adds.
///
/// ```
/// use limbec::report::{Text, Tone};
/// let text = Text::of(Tone::Id, "3950395dfef3").and(" (head), a\u{1b}[2J");
/// assert_eq!(text.to_string(), "3950395dfef3 (head), a\\u{1b}[2J");
/// let painted = text.painted(&|_, piece| format!("*{piece}*"));
/// assert_eq!(painted, "*3950395dfef3* (head), a\\u{1b}[2J");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<(Option<Tone>, String)>);

/// Gives a piece of text its colour.
pub type Paint<'a> = dyn Fn(Tone, &str) -> String + 'a;

impl Text {
    /// Makes a text of one piece with a tone.
    pub fn of(tone: Tone, piece: &str) -> Self {
        Text(vec![(Some(tone), piece.to_string())])
    }

    /// Adds what follows.
    #[must_use]
    pub fn and(mut self, following: impl Into<Text>) -> Self {
        self.push(following);
        self
    }

    /// Adds what follows.
    pub fn push(&mut self, following: impl Into<Text>) {
        self.0.extend(following.into().0);
    }

    /// Cuts the text to a number of characters shown, with a mark if something is left out.
    #[must_use]
    pub fn cut(&self, width: usize) -> Self {
        let pieces = self.0.iter();
        let shown = pieces.map(|(tone, piece)| (*tone, printable(piece).into_owned()));
        let shown: Vec<_> = shown.collect();
        let length: usize = shown.iter().map(|(_, piece)| piece.chars().count()).sum();
        if length <= width {
            return Text(shown);
        }
        let mut left = width.saturating_sub(1);
        let mut kept = Text::default();
        for (tone, piece) in shown {
            let piece: String = piece.chars().take(left).collect();
            left -= piece.chars().count();
            kept.0.push((tone, piece));
        }
        kept.and("…")
    }

    /// Returns the text as it is shown, its pieces with a tone in colour.
    pub fn painted(&self, paint: &Paint<'_>) -> String {
        let pieces = self.0.iter().map(|(tone, piece)| {
            let piece = printable(piece);
            match tone {
                Some(tone) => paint(*tone, &piece),
                None => piece.into_owned(),
            }
        });
        pieces.collect()
    }
}

impl fmt::Display for Text {
    /// Writes the text without colours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = self.0.iter();
        pieces.try_for_each(|(_, piece)| f.write_str(&printable(piece)))
    }
}

impl From<String> for Text {
    fn from(piece: String) -> Self {
        Text(vec![(None, piece)])
    }
}

impl From<&String> for Text {
    fn from(piece: &String) -> Self {
        piece.clone().into()
    }
}

impl From<&str> for Text {
    fn from(piece: &str) -> Self {
        piece.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_what_is_shown() {
        let cut = |text: Text, width| text.cut(width).painted(&|_, piece| format!("<{piece}>"));
        assert_eq!(cut("short".into(), 5), "short");
        assert_eq!(cut("longer".into(), 5), "long…");
        let text = || Text::of(Tone::Id, "longer").and(" line");
        assert_eq!(cut(text(), 5), "<long>…");
        assert_eq!(cut(text(), 9), "<longer> l…");
        assert_eq!(cut("a\u{1b}b".into(), 4), "a\\u…");
        assert_eq!(cut("ab".into(), 0), "…");
    }
}
