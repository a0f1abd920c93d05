//! Reads the catalogue: the stored SQL of tables, indexes and triggers, and what the pragma tells
//! of the columns.
//!
//! The pragmas know neither the names of constraints nor `DEFERRABLE`, checks, collations or
//! `ON CONFLICT`, so the SQL is read ([`create_table`], [`create_index`]) and held against the
//! pragma. A table whose SQL is not understood keeps what the pragma tells and is marked, so that
//! it stands in the way of nothing but its own rebuild.

mod comment;
mod create_index;
mod create_table;
mod cursor;
mod follow;
pub(super) mod options;

use std::collections::BTreeMap;

pub(super) use follow::follow;

use crate::dialect::{Catalogue, CatalogueReader, ReflectError, Snapshot};
use crate::schema::{
    BigInteger, CheckConstraint, Column, ColumnType, Definition, DefinitionKind, EnumType,
    ForeignKey, ObjectName, PrimaryKey, Schema, Table, in_order,
};
use crate::sql::{Token, TokenKind};

pub(super) use comment::sql as comment_sql;
pub(super) use cursor::without_parentheses;

use super::lexicon::{LEXICON, tokens};
use super::names::fold;
use super::{Sqlite, compile, types};

impl Catalogue for Sqlite {
    fn catalogue(&self) -> &'static [&'static str] {
        CATALOGUE
    }

    /// One snapshot inside a caller's transaction and outside one.
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            begin: &["SAVEPOINT limbec_read"],
            end: &["RELEASE limbec_read"],
        }
    }

    fn reader(&self) -> Box<dyn CatalogueReader> {
        Box::new(Reader::default())
    }
}

/// The queries, in the order in which [`Reader`] takes their answers.
pub(super) const CATALOGUE: &[&str] = &[
    "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL \
     AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name IN ('sqlite_stat1', 'sqlite_stat4')) \
     ORDER BY rowid",
    "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk \
     FROM main.sqlite_schema AS t JOIN pragma_table_xinfo(t.name, 'main') AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     AND t.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY t.name, c.cid",
];

/// What the pragma tells of a column.
struct Info {
    name: String,
    declared: String,
    not_null: bool,
    default: Option<String>,
    key_position: usize,
}

/// The rows so far.
#[derive(Default)]
pub(super) struct Reader {
    objects: Vec<Object>,
    /// What the pragma tells of columns, by their table.
    infos: BTreeMap<String, Vec<Info>>,
}

impl CatalogueReader for Reader {
    fn row(&mut self, query: usize, row: &[Option<&str>]) -> Result<(), ReflectError> {
        match query {
            0 => self.objects.push(object(row)?),
            1 => self.info(row)?,
            _ => {
                return Err(ReflectError(
                    "the catalogue of SQLite has two answers".into(),
                ));
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Schema, ReflectError> {
        Ok(schema(self.objects, self.infos))
    }
}

impl Reader {
    fn info(&mut self, row: &[Option<&str>]) -> Result<(), ReflectError> {
        let &[
            Some(table),
            Some(name),
            declared,
            not_null,
            default,
            key_position,
        ] = row
        else {
            return Err(ReflectError(
                "a row of `pragma_table_xinfo` does not have the six values asked for".into(),
            ));
        };
        let info = Info {
            name: name.to_string(),
            declared: declared.unwrap_or_default().to_string(),
            not_null: not_null == Some("1"),
            default: default.map(String::from),
            key_position: key_position
                .and_then(|it| it.parse().ok())
                .unwrap_or_default(),
        };
        match self.infos.get_mut(table) {
            Some(infos) => infos.push(info),
            None => drop(self.infos.insert(table.to_string(), vec![info])),
        }
        Ok(())
    }
}

fn schema(objects: Vec<Object>, mut infos: BTreeMap<String, Vec<Info>>) -> Schema {
    let (statistics, objects): (Vec<Object>, Vec<Object>) = objects
        .into_iter()
        .partition(|it| it.name.starts_with("sqlite_stat"));
    let virtual_tables: Vec<(&str, String)> = objects.iter().filter_map(virtual_table).collect();
    let mut schema = Schema::default();
    for object in objects.iter().filter(|it| it.kind == "table") {
        if virtual_table(object).is_some() || is_shadow(&object.name, &virtual_tables) {
            continue;
        }
        let infos = infos.remove(&object.name).unwrap_or_default();
        schema.tables.push(table(object, &infos));
    }
    schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    resolve_references(&mut schema);
    let places = places(&schema.tables);
    for object in &objects {
        let place = places.get(&*fold(&object.table));
        let Some(table) = place.and_then(|it| schema.tables.get_mut(*it)) else {
            continue;
        };
        if object.kind == "index" {
            add_index(table, object);
        }
    }
    schema.statistics = statistics.into_iter().map(|it| it.name).collect();
    schema.enums = enums(&schema.tables);
    schema.definitions = definitions(&objects);
    schema
}

/// The views and triggers, by the SQL that is stored of them.
fn definitions(objects: &[Object]) -> Vec<Definition> {
    let kept = objects.iter().filter_map(|object| {
        let name = ObjectName::new(object.name.as_str());
        let (kind, table) = match object.kind.as_str() {
            "view" => (DefinitionKind::View, None),
            "trigger" => (
                DefinitionKind::Trigger,
                Some(ObjectName::new(object.table.as_str())),
            ),
            _ => return None,
        };
        Some(Definition::new(kind, name, None, table).sql(object.sql.as_str()))
    });
    in_order(kept.collect(), &LEXICON)
}

/// A row of `sqlite_schema`.
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

fn object(row: &[Option<&str>]) -> Result<Object, ReflectError> {
    match *row {
        [Some(kind), Some(name), Some(table), Some(sql)] => Ok(Object {
            kind: kind.to_string(),
            name: name.to_string(),
            table: table.to_string(),
            sql: sql.to_string(),
        }),
        _ => Err(ReflectError(
            "a row of `sqlite_schema` does not have the four values asked for".into(),
        )),
    }
}

/// The name and the module of a virtual table.
fn virtual_table(object: &Object) -> Option<(&str, String)> {
    let words: Vec<Token<'_>> = tokens(&object.sql)
        .filter(|token| token.kind != TokenKind::Comment)
        .take(8)
        .collect();
    let is_virtual = words.get(1).is_some_and(|word| word.is_word("VIRTUAL"));
    let using = words.iter().position(|word| word.is_word("USING"));
    let module = using.and_then(|at| words.get(at + 1));
    is_virtual.then(|| {
        let module = module.and_then(|it| it.name(&LEXICON)).unwrap_or_default();
        (object.name.as_str(), module.to_ascii_lowercase())
    })
}

/// Whether a table is one of those in which a virtual table keeps its data. SQLite tells so itself
/// from 3.37 on only.
fn is_shadow(name: &str, virtual_tables: &[(&str, String)]) -> bool {
    virtual_tables.iter().any(|(owner, module)| {
        let prefix = name.get(..owner.len());
        let rest = name.get(owner.len()..).and_then(|it| it.strip_prefix('_'));
        let suffixes: &[&str] = match module.as_str() {
            "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
            "fts5" => &["data", "idx", "content", "docsize", "config"],
            "rtree" | "rtree_i32" | "geopoly" => &["node", "rowid", "parent"],
            "spellfix1" => &["vocab"],
            _ => &[],
        };
        prefix.is_some_and(|it| it.eq_ignore_ascii_case(owner))
            && rest.is_some_and(|it| suffixes.contains(&it))
    })
}

fn table(object: &Object, infos: &[Info]) -> Table {
    let read = create_table::read(&object.sql)
        .and_then(|table| with_pragma(table, infos))
        .filter(|table| table.name.name == object.name);
    let mut table = read.unwrap_or_else(|| of_pragma(object, infos));
    raise_enums(&mut table);
    table
}

/// The table with its columns' types; `None` where what was read is not what the pragma tells.
fn with_pragma(mut table: Table, infos: &[Info]) -> Option<Table> {
    if table.columns.len() != infos.len() {
        return None;
    }
    let without_rowid = table.options.contains_key(options::WITHOUT_ROWID);
    let key = table.primary_key.clone();
    for (column, info) in table.columns.iter_mut().zip(infos) {
        let position = key.as_ref().map_or(0, |key| {
            let position = key.columns.iter().position(|it| *it == column.name);
            position.map_or(0, |index| index + 1)
        });
        let same = column.name == info.name
            && (column.nullable || info.not_null)
            && column.default.is_some() == info.default.is_some()
            && position == info.key_position;
        if !same {
            return None;
        }
        column.column_type = types::read(&info.declared);
        column.nullable = !info.not_null;
        let alone = key.as_ref().is_some_and(|key| key.columns.len() == 1);
        if column.identity.is_some() {
            column.column_type = BigInteger.into();
            column.nullable = false;
        } else if position > 0 && alone && !without_rowid && is_row_number(column) {
            column.nullable = false;
        } else if position > 0 && column.nullable {
            let key = options::NULLABLE_KEY.to_string();
            column.options.insert(key, "true".to_string());
        }
        let is_like_row_number = types::same(&column.column_type, &ColumnType::Integer);
        if position > 0 && alone && is_like_row_number && !is_row_number(column) {
            let key = options::KEY_TYPE.to_string();
            column.options.insert(key, info.declared.clone());
        }
    }
    Some(table)
}

fn is_row_number(column: &Column) -> bool {
    column.column_type == ColumnType::Integer
}

/// What the pragma alone tells of a table.
fn of_pragma(object: &Object, infos: &[Info]) -> Table {
    let mut table = Table::new(object.name.as_str());
    table.unread = true;
    for info in infos {
        let mut column = Column::new(info.name.as_str(), types::read(&info.declared));
        column.nullable = !info.not_null;
        column.default.clone_from(&info.default);
        table.columns.push(column);
    }
    let mut key: Vec<&Info> = infos.iter().filter(|info| info.key_position > 0).collect();
    key.sort_by_key(|info| info.key_position);
    let columns: Vec<String> = key.into_iter().map(|info| info.name.clone()).collect();
    if !columns.is_empty() {
        table.primary_key = Some(PrimaryKey::new(columns));
    }
    table
}

/// What a check by which limbec keeps an enumeration is named.
pub(super) const ENUM: &str = "enum ";

/// Turns the checks by which limbec keeps enumerations back into their columns' types.
fn raise_enums(table: &mut Table) {
    let mut checks = Vec::new();
    for check in std::mem::take(&mut table.checks) {
        let raised = enumeration(&check).and_then(|(name, enumeration)| {
            let mut columns = table.columns.iter_mut();
            let column = columns.find(|it| {
                it.name.eq_ignore_ascii_case(&name) && it.column_type == ColumnType::Text
            })?;
            column.column_type = ColumnType::Enum(enumeration);
            Some(())
        });
        if raised.is_none() {
            checks.push(check);
        }
    }
    table.checks = checks;
}

/// The column and the enumeration of a check such as `mood IN ('sad', 'ok')`.
fn enumeration(check: &CheckConstraint) -> Option<(String, EnumType)> {
    let name = check.name.as_ref()?.strip_prefix(ENUM)?;
    let mut cursor = cursor::Cursor::new(&check.expression);
    let column = cursor.name()?;
    if !cursor.word("IN") {
        return None;
    }
    let list = cursor.parenthesised()?;
    let labels = cursor::split_commas(list)
        .into_iter()
        .filter(|label| !label.trim().is_empty())
        .map(|label| match tokens(label).collect::<Vec<_>>()[..] {
            [text] if text.kind == TokenKind::Text => text.name(&LEXICON),
            _ => None,
        });
    let labels = labels.collect::<Option<Vec<String>>>()?;
    cursor
        .at_end()
        .then(|| (column, EnumType::new(name, labels)))
}

/// Each enumeration once, in the order of the tables.
fn enums(tables: &[Table]) -> Vec<EnumType> {
    let mut enums: Vec<EnumType> = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        if let ColumnType::Enum(found) = &column.column_type
            && !enums.iter().any(|known| known.name == found.name)
        {
            enums.push(found.clone());
        }
    }
    enums
}

/// Where the table of each name stands, the names folded.
fn places(tables: &[Table]) -> BTreeMap<String, usize> {
    let names = tables
        .iter()
        .map(|table| fold(&table.name.name).into_owned());
    names.zip(0..).collect()
}

/// Spells the tables and columns that foreign keys refer to as they are declared, and fills in the
/// primary key where a foreign key names no columns.
fn resolve_references(schema: &mut Schema) {
    let places = places(&schema.tables);
    for at in 0..schema.tables.len() {
        let mut keys = std::mem::take(&mut schema.tables[at].foreign_keys);
        for key in &mut keys {
            if let Some(place) = places.get(&*fold(&key.referred_table.name)) {
                resolve(key, &schema.tables[*place]);
            }
        }
        schema.tables[at].foreign_keys = keys;
    }
}

fn resolve(key: &mut ForeignKey, referred: &Table) {
    key.referred_table = referred.name.clone();
    if let (true, Some(primary)) = (key.referred_columns.is_empty(), &referred.primary_key)
        && primary.columns.len() == key.columns.len()
    {
        key.referred_columns.clone_from(&primary.columns);
    }
    for name in &mut key.referred_columns {
        let mut columns = referred.columns.iter();
        if let Some(column) = columns.find(|it| it.name.eq_ignore_ascii_case(name)) {
            name.clone_from(&column.name);
        }
    }
}

fn add_index(table: &mut Table, object: &Object) {
    let index = create_index::read(&object.sql, table);
    let Some(mut index) = index.filter(|index| index.name == object.name) else {
        table.unread = true;
        return;
    };
    let ours = compile::create_index(&table.name, &index);
    index.stored = Some(object.sql.clone()).filter(|stored| ours.as_ref() != Ok(stored));
    table.indexes.push(index);
}
