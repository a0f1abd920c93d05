//! The command inside a service says what the command `limbec` says, and ends as it does.

use std::path::Path;

use limbec::{Migrations, embed};
use limbec_testkit::TempProject;

use crate::command::shell;

// The revisions of this test never change, so no build script watches them.
#[allow(deprecated)]
pub(crate) static MIGRATIONS: Migrations = embed!("../limbec/tests/embed");

/// What both commands are called with, in this order. Words are parted by spaces.
const LINES: [&str; 50] = [
    "log",
    "locks",
    "locks --clear --yes",
    "current",
    "current --check-heads",
    "history",
    "history -v",
    "heads",
    "heads -v --resolve-dependencies",
    "show head",
    "show 3950",
    "show nonsense",
    "upgrade head --dry-run",
    "upgrade head --sql",
    "upgrade 61ee6f04df66:head --sql --tag=release",
    "upgrade head:61ee6f04df66 --sql",
    "upgrade a:b",
    "upgrade +1",
    "current -v",
    "show current",
    "show +1",
    "upgrade head --quiet",
    "upgrade head",
    "upgrade 61ee6f04df66",
    "upgrade nonsense",
    "upgrade +1",
    "current --check-heads",
    "history -i",
    "history -r -2:current",
    "history -r nonsense:",
    "downgrade head:base --sql",
    "accept 3950 --reason=checked",
    "accept 3950 --done --reason checked",
    "accept heads --reason=",
    "accept nonsense --reason checked",
    "accept +1 --reason checked",
    "downgrade -1",
    "downgrade --from-database -1",
    "downgrade --from-database -1 --dry-run",
    "downgrade --from-database -1 --yes",
    "downgrade base --dry-run",
    "downgrade -5",
    "downgrade base",
    "stamp head --sql",
    "stamp 61ee6f04df66",
    "stamp --purge head --sql",
    "stamp base",
    "stamp nonsense",
    "log nonsense",
    "upgrade head --dry-run",
];

/// How one command ended.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    code: u8,
    stdout: String,
    stderr: String,
}

fn by_the_command(line: &str, project: &Path, database: &Path) -> Ended {
    let url = format!("sqlite:{}", database.display());
    let line = format!("limbec --url '{url}' {line}");
    let output = shell(project, &line).output().unwrap();
    Ended {
        code: output
            .status
            .code()
            .and_then(|it| it.try_into().ok())
            .unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn by_the_service(line: &str, database: &Path) -> Ended {
    let words = line.split(' ').map(str::to_string);
    let url = format!("sqlite:{}", database.display());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = MIGRATIONS.run_command("limbec", words, &url, &mut out, &mut err);
    Ended {
        code,
        stdout: String::from_utf8(out).unwrap(),
        stderr: String::from_utf8(err).unwrap(),
    }
}

#[test]
fn both_commands_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = root.join("../limbec/tests/embed");
    let folder = TempProject::new().unwrap();
    // The file's name is in some texts.
    let (ours, theirs) = ("a/service.db", "b/service.db");
    for file in [ours, theirs] {
        folder.write(format!("{}/.keep", &file[..1]), "").unwrap();
    }
    let (ours, theirs) = (folder.path().join(ours), folder.path().join(theirs));
    let compare = |line: &str| {
        let mut wanted = by_the_command(line, &project, &ours);
        wanted.stdout = wanted.stdout.replace("/a/service.db", "/b/service.db");
        assert_eq!(by_the_service(line, &theirs), wanted, "{line}");
    };
    for line in LINES {
        compare(line);
    }

    // What a statement that fails, and a database of another project, look like.
    for file in [&ours, &theirs] {
        let database = rusqlite::Connection::open(file).unwrap();
        let table = "CREATE TABLE collections (name); UPDATE alembic_version SET version_num = ''; \
                     DELETE FROM alembic_version";
        database.execute_batch(table).unwrap();
    }
    compare("upgrade head");
    for file in [&ours, &theirs] {
        let database = rusqlite::Connection::open(file).unwrap();
        let row = "INSERT INTO alembic_version VALUES ('ffff00000001')";
        database.execute_batch(row).unwrap();
    }
    for line in [
        "current",
        "upgrade head",
        "downgrade -1",
        "stamp head",
        "stamp --purge head",
    ] {
        compare(line);
    }
    compare("current");
}

#[test]
fn a_mistake_in_the_words_ends_with_2_and_a_database_elsewhere_with_3() {
    let folder = TempProject::new().unwrap();
    let database = folder.path().join("service.db");
    let ended = by_the_service("upgrade", &database);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    let begin = "error: `upgrade` needs a revision\n\nUsage: limbec <COMMAND>\n";
    assert!(ended.stderr.starts_with(begin), "{}", ended.stderr);

    let ended = by_the_service("check", &database);
    assert_eq!((ended.code, ended.stderr.as_str()), (3, ""));
    assert!(
        ended.stdout.starts_with("3 revisions are pending: "),
        "{}",
        ended.stdout
    );
    by_the_service("upgrade head", &database);
    let ended = by_the_service("check", &database);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "The database is up to date.\n")
    );

    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["current".to_string()];
    let code = MIGRATIONS.run_command("api migrate", words, "", &mut out, &mut err);
    let text = "FAILED: No database is configured\n  hint: give its URL by --url\n";
    assert_eq!((code, std::str::from_utf8(&err).unwrap()), (1, text));
}
