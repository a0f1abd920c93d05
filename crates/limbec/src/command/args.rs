//! The arguments of the command inside a service, read by hand: a service has no need of a parser
//! for it.

use crate::report::misplaced_address;
use crate::run;

/// What a user asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) command: Command,
    pub(super) url: Option<String>,
    pub(super) quiet: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Upgrade(Migrate),
    Downgrade(Migrate),
    Stamp(Stamp),
    Current(Current),
    History(History),
    Heads(Heads),
    Show(String),
    Check,
    Log(Log),
    Accept(Accept),
    Locks(Locks),
    Help,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Migrate {
    pub(super) target: String,
    pub(super) sql: bool,
    pub(super) tag: Option<String>,
    pub(super) dry_run: bool,
    pub(super) from_database: bool,
    pub(super) yes: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) targets: Vec<String>,
    pub(super) purge: bool,
    pub(super) sql: bool,
    pub(super) tag: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Current {
    pub(super) verbose: bool,
    pub(super) check_heads: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct History {
    pub(super) range: Option<String>,
    pub(super) verbose: bool,
    pub(super) indicate_current: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heads {
    pub(super) verbose: bool,
    pub(super) resolve_dependencies: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Log {
    pub(super) revision: Option<String>,
    pub(super) verbose: bool,
    pub(super) number: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Accept {
    pub(super) revision: String,
    pub(super) reason: String,
    pub(super) what: run::Accept,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Locks {
    pub(super) clear: bool,
    pub(super) yes: bool,
}

/// What `--help` prints, and what follows a mistake.
pub(super) fn usage(program: &str) -> String {
    format!(
        "\
Usage: {program} <COMMAND>

Commands:
  upgrade <REVISION>    Run revisions up to a target: head, +1, an id or the beginning of one
  downgrade <REVISION>  Revert revisions down to a target: -1, base, an id
      --sql             Print the SQL and run nothing, from the base or by a range `from:to`
      --tag <TEXT>      Put a note on top of the SQL
      --dry-run         Show what would be run on this database, and run nothing
      --from-database   Revert revisions that this program lacks, by the SQL that the database keeps,
                        which is shown first and runs with --yes
  stamp <REVISION>…     Set the version table without running anything [--purge] [--sql] [--tag]
  current               Show the revisions that the database is at [-v] [--check-heads]
  history               List the revisions, newest first [-v] [-i] [-r START:END]
  heads                 Show the revisions that nothing revises [-v] [--resolve-dependencies]
  show <REVISION>       Show one revision
  check                 Tell whether this program can serve with the database as it is
  log [REVISION]        Show what ran on the database, the last first [-v] [-n NUMBER]
  accept <REVISION>     Note that a revision is right as it is --reason <TEXT>, that the step which a
                        run was stopped at is done [--done] or is not [--again], or that a
                        half-applied revision is given up [--abandon]
  locks                 Show who migrates the database; take a stale lease away [--clear --yes]

Options:
      --url <URL>       The database, in place of the service's own
  -q, --quiet           Print no log lines
  -h, --help            Print this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 the database is behind, for `check` and
`current --check-heads`, or ahead by more than `check` allows.
"
    )
}

/// An option: its name, its letter, whether a value follows.
type Spec = (&'static str, Option<char>, bool);

const GLOBAL: [Spec; 3] = [
    ("url", None, true),
    ("quiet", Some('q'), false),
    ("help", Some('h'), false),
];
const VERBOSE: Spec = ("verbose", Some('v'), false);
const SQL: Spec = ("sql", None, false);
const TAG: Spec = ("tag", None, true);
const DRY_RUN: Spec = ("dry-run", None, false);

/// The options of a command; nothing where there is no such command.
fn options(command: &str) -> Option<Vec<Spec>> {
    let own = match command {
        "upgrade" => vec![SQL, TAG, DRY_RUN],
        "downgrade" => vec![
            SQL,
            TAG,
            DRY_RUN,
            ("from-database", None, false),
            ("yes", Some('y'), false),
        ],
        "stamp" => vec![SQL, TAG, ("purge", None, false)],
        "current" => vec![VERBOSE, ("check-heads", None, false)],
        "history" => vec![
            VERBOSE,
            ("rev-range", Some('r'), true),
            ("indicate-current", Some('i'), false),
        ],
        "heads" => vec![VERBOSE, ("resolve-dependencies", None, false)],
        "show" | "check" => Vec::new(),
        "log" => vec![VERBOSE, ("number", Some('n'), true)],
        "accept" => vec![
            ("reason", None, true),
            ("done", None, false),
            ("again", None, false),
            ("abandon", None, false),
        ],
        "locks" => vec![("clear", None, false), ("yes", Some('y'), false)],
        _ => return None,
    };
    Some(own.into_iter().chain(GLOBAL).collect())
}

/// Reads the words behind the program's own; a mistake is a sentence.
pub(super) fn parse(words: impl IntoIterator<Item = String>) -> Result<Arguments, String> {
    let words: Vec<String> = words.into_iter().collect();
    if let Some(mistake) = misplaced_address(words.iter().map(String::as_str)) {
        return Err(mistake.into());
    }
    // Options of all commands may stand before the command.
    let Some(at) = command_at(&words)? else {
        let help = words.iter().any(|it| it == "-h" || it == "--help");
        return if help {
            Ok(help_wanted())
        } else {
            Err("which command?".into())
        };
    };
    let name = words[at].clone();
    if name == "help" {
        return Ok(help_wanted());
    }
    let specs = options(&name).ok_or_else(|| format!("there is no command `{name}` here"))?;
    let rest = words[..at].iter().chain(&words[at + 1..]).cloned();
    let mut given = read(rest, &specs, &name)?;
    if given.flag("help") {
        return Ok(help_wanted());
    }
    let command = command(&name, &mut given)?;
    if let Some(extra) = given.operands.first() {
        return Err(format!("`{name}` takes no `{extra}`"));
    }
    Ok(Arguments {
        command,
        url: given.value("url"),
        quiet: given.flag("quiet"),
    })
}

fn help_wanted() -> Arguments {
    Arguments {
        command: Command::Help,
        url: None,
        quiet: false,
    }
}

/// The place of the first word that is no option of all commands and no value of one.
fn command_at(words: &[String]) -> Result<Option<usize>, String> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            "--url" => at += 2,
            word if word.starts_with("--url=") => at += 1,
            "-q" | "--quiet" | "-h" | "--help" => at += 1,
            word if word.starts_with('-') => {
                return Err(format!("`{word}` stands before a command"));
            }
            _ => return Ok(Some(at)),
        }
    }
    Ok(None)
}

fn command(name: &str, given: &mut Given) -> Result<Command, String> {
    Ok(match name {
        "upgrade" => Command::Upgrade(migrate(name, given)?),
        "downgrade" => Command::Downgrade(migrate(name, given)?),
        "stamp" => Command::Stamp(Stamp {
            targets: given.all_operands(name)?,
            purge: given.flag("purge"),
            sql: given.flag("sql"),
            tag: given.value("tag"),
        }),
        "current" => Command::Current(Current {
            verbose: given.flag("verbose"),
            check_heads: given.flag("check-heads"),
        }),
        "history" => Command::History(History {
            range: given.value("rev-range"),
            verbose: given.flag("verbose"),
            indicate_current: given.flag("indicate-current"),
        }),
        "heads" => Command::Heads(Heads {
            verbose: given.flag("verbose"),
            resolve_dependencies: given.flag("resolve-dependencies"),
        }),
        "show" => Command::Show(given.operand(name)?),
        "log" => Command::Log(Log {
            revision: given.optional_operand(),
            verbose: given.flag("verbose"),
            number: given.number("number")?,
        }),
        "accept" => Command::Accept(accept(name, given)?),
        "locks" => Command::Locks(locks(given)?),
        _ => Command::Check,
    })
}

fn migrate(name: &str, given: &mut Given) -> Result<Migrate, String> {
    let migrate = Migrate {
        target: given.operand(name)?,
        sql: given.flag("sql"),
        tag: given.value("tag"),
        dry_run: given.flag("dry-run"),
        from_database: given.flag("from-database"),
        yes: given.flag("yes"),
    };
    given.at_most_one(&["dry-run", "sql"])?;
    given.at_most_one(&["from-database", "sql"])?;
    if migrate.yes && !migrate.from_database {
        return Err("`--yes` is for `--from-database`".into());
    }
    Ok(migrate)
}

fn accept(name: &str, given: &mut Given) -> Result<Accept, String> {
    given.at_most_one(&["done", "again", "abandon"])?;
    Ok(Accept {
        revision: given.operand(name)?,
        reason: given.value("reason").ok_or("`accept` needs a `--reason`")?,
        what: if given.flag("done") {
            run::Accept::Done
        } else if given.flag("again") {
            run::Accept::Again
        } else if given.flag("abandon") {
            run::Accept::Abandon
        } else {
            run::Accept::Changed
        },
    })
}

fn locks(given: &Given) -> Result<Locks, String> {
    let locks = Locks {
        clear: given.flag("clear"),
        yes: given.flag("yes"),
    };
    if locks.yes && !locks.clear {
        return Err("`--yes` belongs to `--clear`".into());
    }
    Ok(locks)
}

/// The words behind a command, sorted.
#[derive(Debug, Default)]
struct Given {
    flags: Vec<&'static str>,
    values: Vec<(&'static str, String)>,
    operands: Vec<String>,
}

impl Given {
    fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    fn value(&mut self, name: &str) -> Option<String> {
        let at = self.values.iter().position(|(given, _)| *given == name)?;
        Some(self.values.swap_remove(at).1)
    }

    fn number(&mut self, name: &str) -> Result<Option<usize>, String> {
        let number = |text: String| {
            let number = text.parse();
            number.map_err(|_| format!("`--{name}` is a number, and not `{text}`"))
        };
        self.value(name).map(number).transpose()
    }

    fn at_most_one(&self, names: &[&str]) -> Result<(), String> {
        let mut given = names.iter().filter(|name| self.flag(name));
        match (given.next(), given.next()) {
            (Some(first), Some(second)) => {
                Err(format!("`--{first}` and `--{second}` exclude each other"))
            }
            _ => Ok(()),
        }
    }

    fn operand(&mut self, command: &str) -> Result<String, String> {
        let missing = || format!("`{command}` needs a revision");
        self.optional_operand().ok_or_else(missing)
    }

    fn optional_operand(&mut self) -> Option<String> {
        (!self.operands.is_empty()).then(|| self.operands.remove(0))
    }

    fn all_operands(&mut self, command: &str) -> Result<Vec<String>, String> {
        let all = std::mem::take(&mut self.operands);
        if all.is_empty() {
            return Err(format!("`{command}` needs a revision"));
        }
        Ok(all)
    }

    fn add(&mut self, spec: Spec, value: Option<String>) -> Result<(), String> {
        let (name, _, takes_value) = spec;
        match value {
            Some(value) if takes_value => self.values.push((name, value)),
            Some(_) => return Err(format!("`--{name}` takes no value")),
            None if takes_value => return Err(format!("`--{name}` needs a value")),
            None => self.flags.push(name),
        }
        Ok(())
    }
}

fn read(
    words: impl Iterator<Item = String>,
    specs: &[Spec],
    command: &str,
) -> Result<Given, String> {
    let mut given = Given::default();
    let mut words = words;
    while let Some(word) = words.next() {
        let unknown = || format!("`{command}` has no option `{word}` here");
        // `-1` is a revision, and so is `-2:head`.
        let is_relative =
            word.starts_with('-') && word[1..].starts_with(|c: char| c.is_ascii_digit());
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let spec = specs.iter().find(|it| it.0 == name).ok_or_else(unknown)?;
            let value = if spec.2 && value.is_none() {
                words.next()
            } else {
                value
            };
            given.add(*spec, value)?;
        } else if word.starts_with('-') && !is_relative && word.len() > 1 {
            let mut letters = word[1..].chars();
            while let Some(letter) = letters.next() {
                let spec = specs.iter().find(|it| it.1 == Some(letter));
                let spec = *spec.ok_or_else(unknown)?;
                if spec.2 {
                    let rest = letters.as_str();
                    let value = if rest.is_empty() {
                        words.next()
                    } else {
                        Some(rest.trim_start_matches('=').to_string())
                    };
                    given.add(spec, value)?;
                    break;
                }
                given.add(spec, None)?;
            }
        } else {
            given.operands.push(word);
        }
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn words_are_read_as_the_command_reads_them() {
        let migrate = |target: &str| Migrate {
            target: target.into(),
            sql: false,
            tag: None,
            dry_run: false,
            from_database: false,
            yes: false,
        };
        for (line, command) in [
            ("upgrade head", Command::Upgrade(migrate("head"))),
            ("downgrade -1", Command::Downgrade(migrate("-1"))),
            (
                "downgrade base --sql --tag=x",
                Command::Downgrade(Migrate {
                    sql: true,
                    tag: Some("x".into()),
                    ..migrate("base")
                }),
            ),
            (
                "-q upgrade --dry-run +1",
                Command::Upgrade(Migrate {
                    dry_run: true,
                    ..migrate("+1")
                }),
            ),
            (
                "stamp a b --purge",
                Command::Stamp(Stamp {
                    targets: vec!["a".into(), "b".into()],
                    purge: true,
                    sql: false,
                    tag: None,
                }),
            ),
            (
                "history -vi -r -3:current",
                Command::History(History {
                    range: Some("-3:current".into()),
                    verbose: true,
                    indicate_current: true,
                }),
            ),
            (
                "history -r-3:",
                Command::History(History {
                    range: Some("-3:".into()),
                    verbose: false,
                    indicate_current: false,
                }),
            ),
            ("show head", Command::Show("head".into())),
            (
                "downgrade --from-database -2",
                Command::Downgrade(Migrate {
                    from_database: true,
                    ..migrate("-2")
                }),
            ),
            (
                "log -vn 3",
                Command::Log(Log {
                    revision: None,
                    verbose: true,
                    number: Some(3),
                }),
            ),
            (
                "accept 3950 --again --reason looked",
                Command::Accept(Accept {
                    revision: "3950".into(),
                    reason: "looked".into(),
                    what: run::Accept::Again,
                }),
            ),
            (
                "locks --clear -y",
                Command::Locks(Locks {
                    clear: true,
                    yes: true,
                }),
            ),
            ("check", Command::Check),
            ("help", Command::Help),
            ("--help", Command::Help),
            ("upgrade -h", Command::Help),
        ] {
            assert_eq!(parse_line(line).unwrap().command, command, "{line}");
        }
        let arguments = parse_line("--url sqlite:a.db current -q").unwrap();
        assert_eq!(arguments.url.as_deref(), Some("sqlite:a.db"));
        assert!(arguments.quiet);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, named) in [
            ("", "which command"),
            ("revision -m x", "`revision`"),
            ("upgrade", "needs a revision"),
            ("upgrade a b", "no `b`"),
            ("upgrade head --json", "`--json`"),
            ("upgrade head --tag", "`--tag` needs a value"),
            ("upgrade head --sql --dry-run", "exclude"),
            ("upgrade head --from-database", "`--from-database`"),
            ("downgrade -1 --from-database --sql", "exclude"),
            ("accept 3950", "`--reason`"),
            ("accept 3950 --done --again --reason x", "exclude"),
            ("log a b", "no `b`"),
            ("log -n many", "`many`"),
            ("locks --yes", "`--clear`"),
            ("current --verbose=yes", "takes no value"),
            ("history -x", "`-x`"),
            ("--nonsense current", "`--nonsense`"),
        ] {
            let mistake = parse_line(line).unwrap_err();
            assert!(mistake.contains(named), "{line}: {mistake}");
        }
    }
}
