//! The names of new revision files.

use jiff::Zoned;

use crate::error::{ProjectError, Result};

/// The tokens of `file_template`, as Alembic has them.
const TOKENS: &str = "%(rev)s %(slug)s %(epoch)s %(year)d %(month).2d %(day).2d %(hour).2d %(minute).2d %(second).2d";

/// Fills the template of a file name; `/` in it makes folders.
pub(super) fn fill(template: &str, id: &str, slug: &str, now: &Zoned) -> Result<String> {
    let mut name = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("%(") {
        name.push_str(&rest[..at]);
        let token = &rest[at + 2..];
        let close = token.find(')').ok_or_else(|| unknown(template))?;
        let (key, after) = (&token[..close], &token[close + 1..]);
        let format_end = after.find(['s', 'd']).ok_or_else(|| unknown(template))? + 1;
        let width: usize = after[..format_end - 1]
            .trim_matches(['.', '0'])
            .parse()
            .unwrap_or(0);
        let number = |value: i64| format!("{value:0width$}");
        name.push_str(&match key {
            "rev" => id.to_string(),
            "slug" => slug.to_string(),
            "epoch" => number(now.timestamp().as_second()),
            "year" => number(now.year().into()),
            "month" => number(now.month().into()),
            "day" => number(now.day().into()),
            "hour" => number(now.hour().into()),
            "minute" => number(now.minute().into()),
            "second" => number(now.second().into()),
            _ => return Err(unknown(template)),
        });
        rest = &after[format_end..];
    }
    name.push_str(rest);
    // An empty slug leaves its separator behind.
    let name = name.trim_end_matches('_').to_string();
    if name.is_empty() || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(unknown(template));
    }
    Ok(name)
}

fn unknown(template: &str) -> ProjectError {
    ProjectError::new(format!(
        "`[migrations] file_template` does not read: `{template}`"
    ))
    .hint(format!("its tokens are {TOKENS}; `/` makes folders"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, slug: &str) -> String {
        // Without a zone's name, which would need the system's time zones.
        let now: jiff::Timestamp = "2026-11-02T03:04:05Z".parse().unwrap();
        let now = now.to_zoned(jiff::tz::TimeZone::UTC);
        fill(template, "ab12", slug, &now).unwrap_or_else(|_| "error".into())
    }

    #[test]
    fn tokens_are_filled() {
        assert_eq!(filled("%(rev)s_%(slug)s", "add_x"), "ab12_add_x");
        assert_eq!(filled("%(rev)s_%(slug)s", ""), "ab12");
        assert_eq!(
            filled(
                "%(year)d/%(month).2d/%(day).2d_%(hour).2d%(minute).2d_%(slug)s",
                "x"
            ),
            "2026/11/02_0304_x"
        );
        assert_eq!(filled("%(year)d_%(month)d_%(rev)s", "x"), "2026_11_ab12");
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in ["%(nope)s", "%(rev", "../%(rev)s", "/%(rev)s", ""] {
            assert_eq!(filled(template, "x"), "error", "{template}");
        }
    }
}
