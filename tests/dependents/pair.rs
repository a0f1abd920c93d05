//! A change with a dependent, made by plain SQL and led from one end to the other.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::schema::{ObjectName, Rename, Renamed};

use super::parts::{Section, World};

/// A change with a dependent.
pub(super) struct Pair {
    pub(super) change: String,
    pub(super) dependent: String,
    pub(super) before: Side,
    pub(super) after: Side,
    /// What has another name afterwards.
    pub(super) renames: Vec<Rename>,
    /// Whether the downgrade cannot bring all values back.
    pub(super) is_lossy: bool,
}

/// What somebody may do with what changes.
const OTHERS_OF_IT: [&str; 4] = [
    "SELECT {c} FROM {t} WHERE {test}",
    "UPDATE {t} SET {c} = {c} WHERE {test}",
    "INSERT INTO {t} (id, {c}) SELECT 1000 + id, {c} FROM {t}",
    "INSERT INTO {t} (id, {c}) VALUES (1000, {v})",
];

/// One end of a pair.
pub(super) struct Side {
    /// The statement that makes the namespace which all pairs share.
    pub(super) namespace: Option<String>,
    /// The statements that make it, all of them.
    pub(super) sql: String,
    /// Those among them that a project has in files.
    pub(super) files: String,
    /// What others may do with it, if it lets them.
    pub(super) others: Vec<String>,
}

impl Side {
    fn of(world: &World, dependent: &Section) -> Result<Self, String> {
        let own = |part: &str| world.fill(world.part(part));
        let others = |part: &str| world.fill(dependent.text(part));
        let definitions = [
            own("first")?,
            others("first")?,
            own("definitions")?,
            others("definitions")?,
        ];
        let [first, others_first, behind, others_behind] = &definitions;
        let mut all = vec![own("schema")?, first.clone(), others_first.clone()];
        all.push(others("schema")?);
        all.push(
            world.fill("CREATE TABLE {table} ({columns}{more}{key}{own}{inside}) {partition};")?,
        );
        all.extend([own("after")?, others("tables")?]);
        all.extend([others("rows first")?, own("rows")?, others("rows")?]);
        all.extend([behind.clone(), others_behind.clone()]);
        all.extend([others("behind")?, others("settings")?]);
        Ok(Side {
            namespace: Some(own("namespace")?).filter(|it| !it.is_empty()),
            sql: all.join("\n"),
            files: definitions.join("\n"),
            others: OTHERS_OF_IT
                .iter()
                .filter_map(|it| world.fill(it).ok())
                .collect(),
        })
    }
}

impl Pair {
    /// The pair, if the dependent stands on what the change is about and the server knows its kind.
    pub(super) fn of(
        subject: &Section,
        change: &Section,
        dependent: &Section,
        number: usize,
        major: u32,
    ) -> Option<Self> {
        let suffix = format!("_n{number}");
        let sided = |before: bool| -> BTreeMap<String, String> {
            let parts = change.parts.iter();
            let sided = parts.filter_map(|(name, text)| match name.strip_prefix("before ") {
                Some(name) => before.then(|| (name.to_string(), text.clone())),
                None => (!before).then(|| (name.clone(), text.clone())),
            });
            sided.collect()
        };
        // What stands on how the table is made stands in the dependent.
        let made: BTreeMap<String, String> = ["key", "partition", "inside", "more"]
            .iter()
            .filter_map(|name| Some(((*name).to_string(), dependent.parts.get(*name)?.clone())))
            .collect();
        let world = |before: bool| World::new(&[&subject.parts, &sided(before), &made], &suffix);
        let (before, after) = (world(true), world(false));
        if !is_wanted(dependent.text("needs"), before.part("kind"), major) {
            return None;
        }
        let mut touched = change.text("touches");
        if touched.is_empty() {
            touched = subject.text("touches");
        }
        let mut used = BTreeSet::new();
        for text in dependent.parts.values() {
            used.extend(before.used(text).ok()?);
            after.used(text).ok()?;
        }
        if !touched.split_whitespace().any(|it| used.contains(it)) {
            return None;
        }
        let side = |world: &World| {
            let side = Side::of(world, dependent);
            side.unwrap_or_else(|part| panic!("`{}` lacks `{part}`", change.title))
        };
        let renames = after.fill(change.text("renames")).expect("known parts");
        Some(Pair {
            change: format!("{}: {}", subject.title, change.title),
            dependent: dependent.title.clone(),
            before: side(&before),
            after: side(&after),
            renames: renames.lines().map(rename).collect(),
            is_lossy: change.parts.contains_key("lossy"),
        })
    }
}

fn is_wanted(needs: &str, kind: &str, major: u32) -> bool {
    let mut words = needs.split_whitespace();
    while let Some(word) = words.next() {
        let holds = match word {
            "since" => words.next().and_then(|it| it.parse().ok()) <= Some(major),
            other => other == kind,
        };
        if !holds {
            return false;
        }
    }
    true
}

/// `table NAME from NAME`, `column TABLE.NAME from NAME` and so on.
fn rename(line: &str) -> Rename {
    let [kind, now, "from", from] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("`{line}` says no rename");
    };
    let name = |text: &str| match text.split_once('.') {
        Some((schema, name)) => ObjectName::qualified(schema, name),
        None => ObjectName::new(text),
    };
    let inner = |text: &str| {
        let (owner, inner) = text.rsplit_once('.').expect("what it stands in");
        (name(owner), inner.to_string())
    };
    let object = match kind {
        "table" => Renamed::Table { name: name(now) },
        "enum" => Renamed::Enum { name: name(now) },
        "column" => {
            let (table, name) = inner(now);
            Renamed::Column { table, name }
        }
        "index" => {
            let (table, name) = inner(now);
            Renamed::Index { table, name }
        }
        "label" => {
            let (enumeration, name) = inner(now);
            Renamed::EnumValue { enumeration, name }
        }
        other => panic!("a `{other}` has no other name"),
    };
    Rename {
        object,
        from: name(from),
        once: true,
    }
}
