//! Lays expressions out over lines as `rustfmt` does by default, so that it changes nothing.
//!
//! The names are those of `rustfmt`'s settings and its rules are followed one by one: which
//! arguments stay on the line, when a chain breaks, what the last argument may do.

const MAX_WIDTH: usize = 100;
const FN_CALL_WIDTH: usize = 60;
const ARRAY_WIDTH: usize = 60;
const CHAIN_WIDTH: usize = 60;
const SHORT_ARRAY_ELEMENT: usize = 10;
const TAB: usize = 4;

/// An expression of a revision file.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    /// A literal or a name.
    Atom(String),
    /// `&[…]`.
    List(Vec<Expression>),
    /// `path::function(…)`.
    Call(String, Vec<Expression>),
    /// A call and the methods called on it.
    Chain(Box<Expression>, Vec<(&'static str, Vec<Expression>)>),
}

/// Something does not fit its line; `rustfmt` then leaves the statement as it stands.
#[derive(Debug)]
struct TooWide;

/// Where text may go: from a column of the line on, so wide; further lines begin at the indent.
#[derive(Debug, Clone, Copy)]
struct Shape {
    indent: usize,
    /// How far into the line, from the indent.
    offset: usize,
    width: usize,
}

impl Shape {
    fn at(indent: usize) -> Self {
        Shape {
            indent,
            offset: 0,
            width: MAX_WIDTH.saturating_sub(indent),
        }
    }

    fn shift(self, by: usize) -> Option<Self> {
        let width = self.width.checked_sub(by)?;
        Some(Shape {
            offset: self.offset + by,
            width,
            ..self
        })
    }

    fn narrow(self, by: usize) -> Option<Self> {
        Some(Shape {
            width: self.width.checked_sub(by)?,
            ..self
        })
    }

    /// What is kept free behind the text, for a `,` or `;`.
    fn overhead(self) -> usize {
        MAX_WIDTH.saturating_sub(self.indent + self.offset + self.width)
    }

    fn fits(self, text: &str) -> bool {
        let mut lines = text.split('\n');
        let first = lines.next().unwrap_or_default();
        if width(first) > self.width {
            return false;
        }
        let Some(last) = lines.clone().next_back() else {
            return true;
        };
        lines.all(|line| width(line) <= MAX_WIDTH)
            && width(last) <= self.indent + self.offset + self.width
    }
}

/// Writes `<receiver>.<method>(…);` as a statement at an indent.
pub(super) fn statement(
    receiver: &str,
    method: &str,
    arguments: &[Expression],
    indent: usize,
) -> String {
    let lay = |lenient: bool| {
        let shape = Shape::at(indent)
            .narrow(1)
            .and_then(|it| it.shift(width(receiver)))
            .ok_or(TooWide)?;
        let layout = Layout {
            lenient,
            one_line_chains: false,
        };
        layout.list(&format!(".{method}("), arguments, ")", FN_CALL_WIDTH, shape)
    };
    let call = lay(false).or_else(|_| lay(true)).unwrap_or_default();
    format!("{}{receiver}{call};\n", " ".repeat(indent))
}

/// Writes `<left> = <expression>;` at the left margin.
pub(super) fn definition(left: &str, right: &Expression) -> String {
    let lay = |lenient: bool| {
        let layout = Layout {
            lenient,
            one_line_chains: false,
        };
        let beside = Shape::at(0)
            .narrow(1)
            .and_then(|it| it.shift(width(left) + 3))
            .ok_or(TooWide);
        let beside = beside.and_then(|shape| layout.expression(right, shape));
        if let Ok(text) = &beside
            && !text.contains('\n')
        {
            return Ok(format!("{left} = {text};\n"));
        }
        let below_shape = Shape::at(TAB).narrow(1).ok_or(TooWide)?;
        let below = layout.expression(right, below_shape);
        match (beside, below) {
            (Ok(beside), Ok(below))
                if below_shape.fits(&below) && prefer_below(&beside, &below) =>
            {
                Ok(format!("{left} =\n    {below};\n"))
            }
            (Err(_), Ok(below)) => Ok(format!("{left} =\n    {below};\n")),
            (Ok(beside), _) => Ok(format!("{left} = {beside};\n")),
            (Err(wide), Err(_)) => Err(wide),
        }
    };
    lay(false)
        .or_else(|_: TooWide| lay(true))
        .unwrap_or_default()
}

fn prefer_below(beside: &str, below: &str) -> bool {
    let newlines = |text: &str| text.matches('\n').count();
    let opens = |text: &str| text.lines().next().is_some_and(|line| line.ends_with('('));
    !below.contains('\n')
        || newlines(beside) > newlines(below) + 1
        || (opens(beside) && !opens(below))
}

#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Whether what does not fit is written all the same.
    lenient: bool,
    /// Whether a chain must stay on one line.
    one_line_chains: bool,
}

impl Layout {
    fn expression(self, expression: &Expression, shape: Shape) -> Result<String, TooWide> {
        match expression {
            Expression::Atom(text) => self.fitting(text.clone(), shape),
            Expression::List(items) => {
                let shape = shape.shift(1).ok_or(TooWide)?;
                let list = self.list("[", items, "]", ARRAY_WIDTH, shape)?;
                Ok(format!("&{list}"))
            }
            Expression::Call(callee, arguments) => {
                self.list(&format!("{callee}("), arguments, ")", FN_CALL_WIDTH, shape)
            }
            Expression::Chain(root, calls) => self.chain(root, calls, shape),
        }
    }

    fn fitting(self, text: String, shape: Shape) -> Result<String, TooWide> {
        if self.lenient || shape.fits(&text) {
            Ok(text)
        } else {
            Err(TooWide)
        }
    }

    /// A list in brackets; what stands before it is part of `open`.
    fn list(
        self,
        open: &str,
        items: &[Expression],
        close: &str,
        limit: usize,
        shape: Shape,
    ) -> Result<String, TooWide> {
        let Some((last, before)) = items.split_last() else {
            return Ok(format!("{open}{close}"));
        };
        let one_line_width = shape.width.saturating_sub(width(open) + 1);
        let nested = Shape::at(shape.indent + TAB);
        let nested = nested.narrow(1).unwrap_or(Shape { width: 0, ..nested });
        let before: Result<Vec<String>, _> = before
            .iter()
            .map(|item| self.expression(item, nested))
            .collect();
        let mut texts = before?;
        let one_line = shape.shift(width(open)).and_then(|it| it.narrow(1));

        // A single argument that is a call or a list may open on this line.
        if texts.is_empty()
            && let Some(text) = self.overflowing(last, one_line, limit, nested)
            && width(first_line(&text)) <= limit.min(one_line_width)
            && width(first_line(&text)) < shape.width.saturating_sub(width(open) - 1)
        {
            return Ok(format!("{open}{text}{close}"));
        }

        texts.push(self.expression(last, nested)?);
        let total: usize = texts.iter().map(|it| width(it)).sum::<usize>() + 2 * (texts.len() - 1);
        let several_lines = texts.iter().any(|it| it.contains('\n'));
        let limit = if texts.len() == 1 {
            one_line_width
        } else {
            limit.min(one_line_width)
        };
        if !several_lines && total <= limit {
            return Ok(format!("{open}{}{close}", texts.join(", ")));
        }
        let indent = " ".repeat(nested.indent);
        let short = |it: &String| it.len() <= SHORT_ARRAY_ELEMENT;
        let mut text = format!("{open}\n");
        if items.iter().all(is_simple) && texts.iter().all(short) {
            text.push_str(&filled(&texts, &indent, nested.width));
        } else {
            for item in &texts {
                text.push_str(&format!("{indent}{item},\n"));
            }
        }
        text.push_str(&" ".repeat(shape.indent));
        text.push_str(close);
        Ok(text)
    }

    /// A single argument that begins on the line of its call.
    fn overflowing(
        self,
        item: &Expression,
        one_line: Option<Shape>,
        limit: usize,
        nested: Shape,
    ) -> Option<String> {
        let shape = one_line?;
        let layout = Layout {
            one_line_chains: true,
            ..self
        };
        let text = match item {
            Expression::Atom(_) => return None,
            Expression::List(_) => self.expression(item, shape),
            Expression::Call(..) => self.expression(
                item,
                Shape {
                    width: shape.width.min(limit),
                    ..shape
                },
            ),
            Expression::Chain(..) => layout.expression(item, shape),
        };
        let text = text.ok()?;
        if text.matches('\n').count() == 1
            && let Ok(other) = self.expression(item, nested)
            && !other.contains('\n')
        {
            return Some(other);
        }
        Some(text)
    }

    fn chain(
        self,
        root: &Expression,
        calls: &[(&'static str, Vec<Expression>)],
        shape: Shape,
    ) -> Result<String, TooWide> {
        let root = self.expression(root, shape)?;
        let Some(((last, last_arguments), before)) = calls.split_last() else {
            return Ok(root);
        };
        // Below a root that ends in a bracket of its own, the methods are not indented.
        let child = Shape::at(shape.indent + if root.contains('\n') { 0 } else { TAB });
        let call = |method: &str, arguments: &[Expression], shape: Shape| {
            self.list(&format!(".{method}("), arguments, ")", FN_CALL_WIDTH, shape)
        };
        let mut texts = vec![root];
        for (method, arguments) in before {
            texts.push(call(method, arguments, child)?);
        }
        let below = child.narrow(shape.overhead()).ok_or(TooWide)?;
        let extends = ends_in_brackets(&texts[0]);
        let used = if extends {
            texts[0].rsplit('\n').next().map_or(0, width)
        } else {
            texts.iter().map(|it| width(it)).sum()
        };
        let budget = if calls.len() == 1 {
            shape.width
        } else {
            shape.width.min(CHAIN_WIDTH)
        };
        let budget = budget.saturating_sub(used);
        let all_in_one_line = !texts.iter().any(|it| it.contains('\n')) && budget > 0;

        let mut one_line = false;
        let mut text = None;
        if all_in_one_line || extends {
            let beside = if all_in_one_line { shape } else { child };
            let beside = beside
                .shift(used)
                .and_then(|it| call(last, last_arguments, it).ok());
            if let Some(beside) = beside {
                let lines = beside.lines().count();
                let fits = width(first_line(&beside)) <= budget;
                let other = call(last, last_arguments, below);
                text = Some(match other {
                    _ if fits && lines >= 5 => {
                        one_line = all_in_one_line;
                        beside
                    }
                    Ok(other) if !fits || other.lines().count() < lines => other,
                    _ => {
                        one_line = fits && all_in_one_line;
                        beside
                    }
                });
            }
        }
        let text = match text {
            Some(text) => text,
            None => {
                let shape = if all_in_one_line {
                    shape
                } else if extends {
                    child
                } else {
                    below
                };
                call(last, last_arguments, shape)?
            }
        };
        texts.push(text);
        let connector = if one_line {
            String::new()
        } else if self.one_line_chains {
            return Err(TooWide);
        } else {
            format!("\n{}", " ".repeat(child.indent))
        };
        self.fitting(texts.join(&connector), shape)
    }
}

/// Items side by side, as many as a line takes.
fn filled(items: &[String], indent: &str, limit: usize) -> String {
    let mut text = String::from(indent);
    let mut line = 0;
    let mut broken = false;
    for (index, item) in items.iter().enumerate() {
        // On the first line, `rustfmt` does not count the last comma.
        let comma = usize::from(broken || index + 1 < items.len());
        let wide = width(item) + comma;
        if line > 0 && line + 1 + wide > limit {
            text.push('\n');
            text.push_str(indent);
            line = 0;
            broken = true;
        }
        if line > 0 {
            text.push(' ');
            line += 1;
        }
        text.push_str(item);
        text.push(',');
        line += wide;
    }
    text.push('\n');
    text
}

fn is_simple(expression: &Expression) -> bool {
    matches!(expression, Expression::Atom(_))
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

fn ends_in_brackets(text: &str) -> bool {
    let last = text.trim_end_matches([' ', '(', ')', ']', '}', '?', '>']);
    last.ends_with('\n')
}

/// The columns that a text takes: two for the wide letters of East Asia and for emoji, none for
/// marks that combine.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars()
        .map(|c| match u32::from(c) {
            0x300..=0x36f
            | 0x483..=0x489
            | 0x1ab0..=0x1aff
            | 0x20d0..=0x20ff
            | 0xfe00..=0xfe0f
            | 0xfe20..=0xfe2f => 0,
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xa960..=0xa97f
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff01..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1f64f
            | 0x1f680..=0x1f6ff
            | 0x1f900..=0x1f9ff
            | 0x1fa70..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}
