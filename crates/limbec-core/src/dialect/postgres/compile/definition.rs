//! Views, routines, triggers and their like: their own SQL, with what stands on them put aside.

use super::super::lexicon::{LEXICON, tokens};
use super::Steps;
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{dollar_quoted, literal, object, quote};
use crate::schema::{Definition, DefinitionKind, ObjectName, Schema, Use};
use crate::sql::{TokenKind, mentions, split};
use crate::steps::Step;

/// Where the grants on what is put aside wait, for the rest of the transaction.
const GRANTS: &str = "limbec.grants";

fn is_ours(definition: &Definition) -> bool {
    definition
        .dialect
        .as_deref()
        .is_none_or(|it| matches!(it, "postgresql" | "postgres"))
}

pub(super) fn create(definition: &Definition) -> Steps {
    if !is_ours(definition) {
        return Ok(Vec::new());
    }
    let statements = split(&definition.sql, &LEXICON);
    if statements.is_empty() {
        return Err(CompileError::new(format!("the {definition} has no SQL"))
            .hint("give the statement that creates it: `.sql(\"CREATE …\")`"));
    }
    let mut steps = Vec::new();
    if definition.kind.is_routine() {
        // Its body may name what only comes later.
        steps.push(Step::new("SET LOCAL check_function_bodies = off"));
    }
    steps.extend(statements.into_iter().map(Step::new));
    Ok(steps)
}

pub(super) fn drop(definition: &Definition) -> Vec<Step> {
    if !is_ours(definition) {
        return Vec::new();
    }
    vec![Step::new(format!("DROP {}", target(definition)))]
}

/// Its kind and name as `DROP`, `COMMENT ON` and `GRANT ON` take them.
fn target(definition: &Definition) -> String {
    let kind = definition.kind.words().to_uppercase();
    let name = match (&definition.table, &definition.arguments) {
        (Some(table), _) => format!("{} ON {}", quote(&definition.name.name), object(table)),
        (None, Some(arguments)) => {
            let none = definition.kind == DefinitionKind::Aggregate && arguments.is_empty();
            let arguments = if none { "*" } else { arguments };
            format!("{}({arguments})", object(&definition.name))
        }
        (None, None) => object(&definition.name),
    };
    format!("{kind} {name}")
}

pub(super) fn replace(to: &Definition, from: Option<&Definition>, current: &Schema) -> Steps {
    if !is_ours(to) {
        return Ok(Vec::new());
    }
    let known = current.definitions.iter().find(|it| it.is_same(to));
    let before = known.or(from);
    if to.kind.is_routine() && before.is_some_and(|it| has_same_head(it, to)) {
        let mut replaced = to.clone();
        replaced.sql = or_replace(&to.sql);
        return create(&replaced);
    }
    let aside = Aside::of(standing_on(to, current));
    let mut steps = aside.drop();
    let own = Aside::of(vec![before.unwrap_or(to)]);
    steps.extend(own.drop());
    steps.extend(create(to)?);
    steps.extend(own.restore_grants());
    steps.extend(aside.create()?);
    Ok(steps)
}

/// Whether two routines are called alike and answer alike, so that one may take the other's place.
fn has_same_head(a: &Definition, b: &Definition) -> bool {
    head(&a.sql) == head(&b.sql)
}

/// The words before a routine's language, options and body, but for the namespace.
fn head(sql: &str) -> Vec<String> {
    const ENDS: [&str; 18] = [
        "LANGUAGE",
        "AS",
        "IMMUTABLE",
        "STABLE",
        "VOLATILE",
        "STRICT",
        "CALLED",
        "SECURITY",
        "EXTERNAL",
        "PARALLEL",
        "COST",
        "ROWS",
        "SUPPORT",
        "SET",
        "TRANSFORM",
        "WINDOW",
        "LEAKPROOF",
        "BEGIN",
    ];
    let skipped = ["OR", "REPLACE"];
    let words = tokens(sql)
        .filter(|token| token.kind != TokenKind::Comment)
        .take_while(|token| !ENDS.iter().any(|end| token.is_word(end)))
        .filter(|token| !skipped.iter().any(|word| token.is_word(word)));
    words.map(|token| token.text.to_lowercase()).collect()
}

fn or_replace(sql: &str) -> String {
    let mut words = tokens(sql).filter(|token| token.kind != TokenKind::Comment);
    match (words.next(), words.next()) {
        (Some(create), Some(second)) if !second.is_word("OR") => format!(
            "{} OR REPLACE{}",
            &sql[..create.end()],
            &sql[create.end()..]
        ),
        _ => sql.to_string(),
    }
}

/// What stands on a definition in the database, each after what it stands on.
fn standing_on<'a>(definition: &Definition, current: &'a Schema) -> Vec<&'a Definition> {
    if definition.kind.is_relation() {
        return over(current, |it| it.relation == definition.name);
    }
    let over_it = |it: &&Definition| {
        !it.is_same(definition) && mentions(&it.sql, &definition.name.name, &LEXICON)
    };
    if !definition.kind.is_routine() {
        return Vec::new();
    }
    // The bodies of other routines are text.
    let stands = |it: &&Definition| over_it(it) && !it.kind.is_routine();
    current.definitions.iter().filter(stands).collect()
}

/// What uses a relation in some way, and what uses that in turn, in the order of creation.
fn over(current: &Schema, is_used: impl Fn(&Use) -> bool) -> Vec<&Definition> {
    let mut found: Vec<&Definition> = current
        .definitions
        .iter()
        .filter(|it| it.uses.iter().any(&is_used))
        .collect();
    let mut at = 0;
    while at < found.len() {
        let name = found[at].kind.is_relation().then(|| &found[at].name);
        at += 1;
        let Some(name) = name else { continue };
        for it in &current.definitions {
            let uses =
                it.uses.iter().any(|it| it.relation == *name) || it.table.as_ref() == Some(name);
            if !uses || found.iter().any(|known| known.is_same(it)) {
                continue;
            }
            found.push(it);
        }
    }
    // A view that two paths lead to must come after both.
    let mut ordered: Vec<&Definition> = Vec::new();
    while !found.is_empty() {
        let waits = |it: &Definition| {
            found.iter().any(|other| {
                !other.is_same(it)
                    && other.kind.is_relation()
                    && (it.uses.iter().any(|of| of.relation == other.name)
                        || it.table.as_ref() == Some(&other.name))
            })
        };
        let next = found.iter().position(|it| !waits(it)).unwrap_or(0);
        ordered.push(found.remove(next));
    }
    ordered
}

/// What stands on a column in the database and forbids it a new type.
pub(super) fn over_column<'a>(
    table: &ObjectName,
    column: &str,
    current: &'a Schema,
) -> Vec<&'a Definition> {
    over(current, |it| {
        it.relation == *table && it.column.as_deref() == Some(column)
    })
}

/// Definitions that go and come back within a revision.
pub(super) struct Aside<'a>(Vec<&'a Definition>);

impl<'a> Aside<'a> {
    /// In the order of their creation.
    pub(super) fn of(definitions: Vec<&'a Definition>) -> Self {
        Aside(definitions)
    }

    pub(super) fn drop(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self.grants().collect();
        // One of a view's own goes along with it.
        let goes_along = |it: &&&Definition| {
            !self
                .0
                .iter()
                .any(|view| view.kind.is_relation() && it.table.as_ref() == Some(&view.name))
        };
        steps.extend(
            self.0
                .iter()
                .rev()
                .filter(goes_along)
                .flat_map(|it| drop(it)),
        );
        steps
    }

    pub(super) fn create(&self) -> Steps {
        let mut steps = Vec::new();
        for definition in &self.0 {
            steps.extend(create(definition)?);
        }
        steps.extend(self.restore_grants());
        Ok(steps)
    }

    fn granted(&self) -> impl Iterator<Item = &&'a Definition> {
        let has_grants = |it: &&&Definition| it.kind.is_relation() || it.kind.is_routine();
        self.0.iter().filter(has_grants)
    }

    fn grants(&self) -> impl Iterator<Item = Step> {
        self.granted().map(|it| Step::new(remember_grants(it)))
    }

    fn restore_grants(&self) -> impl Iterator<Item = Step> {
        self.granted().map(|it| {
            let body = format!(
                "BEGIN EXECUTE coalesce(current_setting({}, true), ''); END",
                literal(&setting(it))
            );
            Step::new(format!("DO {}", dollar_quoted(&body)))
        })
    }
}

/// The setting that keeps the grants of a definition: its words can't hold its name.
fn setting(definition: &Definition) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    target(definition).hash(&mut hasher);
    format!("{GRANTS}_{:016x}", hasher.finish())
}

/// Writes the owner and grants of an object down, as the statements that make them again.
fn remember_grants(definition: &Definition) -> String {
    let target = target(definition);
    let setting = literal(&setting(definition));
    let (owned, granted) = (literal(&format!("ALTER {target} OWNER TO ")), &target);
    let (catalogue, oid, acl, owner, default, on) = if definition.kind.is_relation() {
        (
            "pg_class",
            format!("{}::regclass", literal(&object(&definition.name))),
            "relacl",
            "relowner",
            "r",
            object(&definition.name),
        )
    } else {
        let arguments = definition.arguments.as_deref().unwrap_or_default();
        let name = format!("{}({arguments})", object(&definition.name));
        (
            "pg_proc",
            format!("{}::regprocedure", literal(&name)),
            "proacl",
            "proowner",
            "f",
            granted
                .replacen("AGGREGATE", "FUNCTION", 1)
                .replace("(*)", "()"),
        )
    };
    let on = literal(&on);
    // Where nothing was granted, the owner's rights are the usual ones.
    format!(
        "SELECT set_config({setting}, (SELECT CASE WHEN c.{owner} = current_user::regrole::oid THEN '' \
         ELSE {owned} || c.{owner}::regrole || ';' END || coalesce((SELECT 'REVOKE ALL ON ' || {on} || \
         ' FROM PUBLIC;' || string_agg('GRANT ' || a.privilege_type || ' ON ' || {on} || ' TO ' || \
         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || \
         CASE WHEN a.is_grantable AND a.grantee <> c.{owner} THEN ' WITH GRANT OPTION' ELSE '' END, ';') \
         FROM aclexplode(c.{acl}) a WHERE c.{acl} IS DISTINCT FROM acldefault('{default}', c.{owner})), '') \
         FROM pg_catalog.{catalogue} c WHERE c.oid = {oid}), true)"
    )
}
