//! Views, functions, triggers and their like: named objects that limbec keeps as their SQL.

use std::collections::BTreeMap;
use std::fmt;

use super::ObjectName;
use crate::script::builder;
use crate::sql::{Lexicon, Token, TokenKind, tokens};

/// What kind of object a [`Definition`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DefinitionKind {
    /// A composite or range type.
    Type,
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate function.
    Aggregate,
    /// A view.
    View,
    /// A materialized view, with its indexes.
    MaterializedView,
    /// Extended statistics of a table.
    Statistics,
    /// A rewrite rule of a table or view.
    Rule,
    /// A row level security policy of a table.
    Policy,
    /// A trigger of a table or view.
    Trigger,
}

impl DefinitionKind {
    /// The kind in SQL's words, in lower case.
    pub fn words(self) -> &'static str {
        match self {
            DefinitionKind::Type => "type",
            DefinitionKind::Function => "function",
            DefinitionKind::Procedure => "procedure",
            DefinitionKind::Aggregate => "aggregate",
            DefinitionKind::View => "view",
            DefinitionKind::MaterializedView => "materialized view",
            DefinitionKind::Statistics => "statistics",
            DefinitionKind::Rule => "rule",
            DefinitionKind::Policy => "policy",
            DefinitionKind::Trigger => "trigger",
        }
    }

    /// Whether it can be called in an expression.
    pub fn is_routine(self) -> bool {
        matches!(
            self,
            DefinitionKind::Function | DefinitionKind::Procedure | DefinitionKind::Aggregate
        )
    }

    /// Whether it can stand in a query in place of a table.
    pub fn is_relation(self) -> bool {
        matches!(
            self,
            DefinitionKind::View | DefinitionKind::MaterializedView
        )
    }
}

/// An object that limbec knows by its name and keeps as the SQL that makes it.
///
/// A trigger, rule or policy belongs to a table and is named within it; a routine is known by its
/// name and the types of its arguments.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Definition {
    /// What it is.
    pub kind: DefinitionKind,
    /// Its name.
    pub name: ObjectName,
    /// The types of a routine's arguments, as the database spells them, with commas between.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub arguments: Option<String>,
    /// The table or view that it belongs to.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub table: Option<ObjectName>,
    /// The statements that make it, with semicolons between: `CREATE …`, then its comment and
    /// whatever else hangs on it.
    pub sql: String,
    /// The only dialect it is for; every one when absent.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub dialect: Option<String>,
    /// What the database says it depends on; empty where nobody asked. It takes no part in
    /// comparisons.
    #[cfg_attr(feature = "serde", serde(default, skip))]
    pub uses: Vec<Use>,
}

/// What a definition depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// A table or view, or the type of its rows.
    Relation {
        /// Its name.
        name: ObjectName,
    },
    /// A column of a table or view.
    Column {
        /// The table or view.
        relation: ObjectName,
        /// The column.
        column: String,
    },
    /// An enumeration, a domain, a composite or range type.
    Type {
        /// Its name.
        name: ObjectName,
    },
    /// A function, a procedure or an aggregate.
    Routine {
        /// Its name.
        name: ObjectName,
        /// The types of its arguments, as [`Definition::arguments`] has them.
        arguments: String,
    },
}

impl Use {
    /// The table or view, of a column too.
    pub fn relation(&self) -> Option<&ObjectName> {
        match self {
            Use::Relation { name } | Use::Column { relation: name, .. } => Some(name),
            Use::Type { .. } | Use::Routine { .. } => None,
        }
    }

    /// Whether it is this column.
    pub fn is_column(&self, of: &ObjectName, named: &str) -> bool {
        matches!(self, Use::Column { relation, column } if relation == of && column == named)
    }

    /// Whether it is what another definition makes.
    pub fn is_of(&self, definition: &Definition) -> bool {
        match self {
            Use::Relation { name } | Use::Column { relation: name, .. } => {
                definition.kind.is_relation() && *name == definition.name
            }
            Use::Type { name } => {
                definition.kind == DefinitionKind::Type && *name == definition.name
            }
            Use::Routine { name, arguments } => {
                definition.kind.is_routine()
                    && *name == definition.name
                    && definition.arguments.as_ref() == Some(arguments)
            }
        }
    }
}

impl Definition {
    fn of(kind: DefinitionKind, name: ObjectName) -> Self {
        Definition {
            kind,
            name,
            arguments: None,
            table: None,
            sql: String::new(),
            dialect: None,
            uses: Vec::new(),
        }
    }

    /// Makes one without SQL.
    pub fn new(
        kind: DefinitionKind,
        name: ObjectName,
        arguments: Option<String>,
        table: Option<ObjectName>,
    ) -> Self {
        Definition {
            arguments,
            table,
            ..Definition::of(kind, name)
        }
    }

    /// Whether it is the same object, whatever its SQL.
    pub fn is_same(&self, other: &Definition) -> bool {
        (self.kind, &self.name, &self.arguments, &self.table)
            == (other.kind, &other.name, &other.arguments, &other.table)
    }
}

/// Puts definitions in the order in which they can be made: each after those that its SQL names,
/// else by kind and name.
///
/// ```
/// use limbec_core::schema::{Definition, in_order};
/// use limbec_core::sql::Lexicon;
/// let a = Definition::view("a").sql("CREATE VIEW a AS SELECT * FROM b");
/// let b = Definition::view("b").sql("CREATE VIEW b AS SELECT 1");
/// assert_eq!(in_order(vec![a.clone(), b.clone()], &Lexicon::STANDARD), [b, a]);
/// ```
pub fn in_order(mut definitions: Vec<Definition>, lexicon: &Lexicon) -> Vec<Definition> {
    definitions.sort_by(|a, b| a.place().cmp(&b.place()));
    let links = Links::between(&definitions, lexicon);
    let mut waiting: Vec<usize> = (0..definitions.len()).collect();
    let mut done = vec![false; definitions.len()];
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = |needs: &[Vec<usize>], of: usize| needs[of].iter().all(|it| done[*it]);
        let sure = waiting
            .iter()
            .position(|of| ready(&links.named, *of) && ready(&links.perhaps, *of));
        // Routines may call each other: their bodies are not looked at when they are made.
        let next = sure
            .or_else(|| waiting.iter().position(|of| ready(&links.named, *of)))
            .unwrap_or(0);
        let next = waiting.remove(next);
        done[next] = true;
        order.push(next);
    }
    let mut slots: Vec<Option<Definition>> = definitions.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|at| slots[at].take())
        .collect()
}

/// Which definitions name which others, by their places.
struct Links {
    /// Where only such an object can stand.
    named: Vec<Vec<usize>>,
    /// Where a column or an alias may be meant.
    perhaps: Vec<Vec<usize>>,
}

impl Links {
    fn between(definitions: &[Definition], lexicon: &Lexicon) -> Links {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, definition) in definitions.iter().enumerate() {
            let name = definition.name.name.to_lowercase();
            by_name.entry(name).or_default().push(at);
        }
        let mut links = Links {
            named: vec![Vec::new(); definitions.len()],
            perhaps: vec![Vec::new(); definitions.len()],
        };
        for (of, definition) in definitions.iter().enumerate() {
            let all: Vec<Token<'_>> = tokens(&definition.sql, lexicon)
                .filter(|it| !matches!(it.kind, TokenKind::Text | TokenKind::Comment))
                .collect();
            for (at, token) in all.iter().enumerate() {
                let Some(name) = token.name(lexicon).map(|it| it.to_lowercase()) else {
                    continue;
                };
                for other in by_name.get(&name).into_iter().flatten() {
                    if *other == of {
                        continue;
                    }
                    let sure = stands_for(definitions[*other].kind, &all, at);
                    let list = if sure {
                        &mut links.named
                    } else {
                        &mut links.perhaps
                    };
                    list[of].push(*other);
                }
            }
        }
        links
    }
}

/// Whether the token can only name an object of the kind where it stands.
fn stands_for(kind: DefinitionKind, all: &[Token<'_>], at: usize) -> bool {
    const BEFORE_RELATION: [&str; 9] = [
        "FROM", "JOIN", "INTO", "UPDATE", "ON", "TO", "ONLY", "SETOF", "RETURNS",
    ];
    let mut before = at;
    while before >= 2 && all[before - 1].is_symbol(".") {
        before -= 2;
    }
    let before = before.checked_sub(1).map(|it| &all[it]);
    match kind {
        DefinitionKind::Type => true,
        DefinitionKind::Function | DefinitionKind::Procedure | DefinitionKind::Aggregate => {
            all.get(at + 1).is_some_and(|next| next.is_symbol("("))
        }
        DefinitionKind::View | DefinitionKind::MaterializedView => {
            before.is_some_and(|word| BEFORE_RELATION.iter().any(|it| word.is_word(it)))
        }
        _ => false,
    }
}

impl Definition {
    fn place(
        &self,
    ) -> (
        DefinitionKind,
        &ObjectName,
        Option<&ObjectName>,
        Option<&String>,
    ) {
        (
            self.kind,
            &self.name,
            self.table.as_ref(),
            self.arguments.as_ref(),
        )
    }
}

builder! {
    constructors Definition {
        /// Names a view.
        ///
        /// ```
        /// use limbec_core::schema::Definition;
        /// let view = Definition::view("titles").sql("CREATE VIEW titles AS SELECT title FROM books");
        /// assert_eq!(view.to_string(), "view titles");
        /// ```
        fn view(name: into ObjectName) {
            Definition::of(DefinitionKind::View, name)
        }
        /// Names a materialized view.
        fn materialized_view(name: into ObjectName) {
            Definition::of(DefinitionKind::MaterializedView, name)
        }
        /// Names a composite or range type.
        fn type_of(name: into ObjectName) {
            Definition::of(DefinitionKind::Type, name)
        }
        /// Names a function by its name and the types of its arguments: `"integer, text"`.
        fn function(name: into ObjectName, arguments: into String) {
            Definition { arguments: Some(arguments), ..Definition::of(DefinitionKind::Function, name) }
        }
        /// Names a procedure by its name and the types of its arguments.
        fn procedure(name: into ObjectName, arguments: into String) {
            Definition { arguments: Some(arguments), ..Definition::of(DefinitionKind::Procedure, name) }
        }
        /// Names an aggregate by its name and the types of its arguments.
        fn aggregate(name: into ObjectName, arguments: into String) {
            Definition { arguments: Some(arguments), ..Definition::of(DefinitionKind::Aggregate, name) }
        }
        /// Names extended statistics.
        fn statistics(name: into ObjectName) {
            Definition::of(DefinitionKind::Statistics, name)
        }
        /// Names a trigger of a table or view.
        fn trigger(name: into ObjectName, table: into ObjectName) {
            Definition { table: Some(table), ..Definition::of(DefinitionKind::Trigger, name) }
        }
        /// Names a rewrite rule of a table or view.
        fn rule(name: into ObjectName, table: into ObjectName) {
            Definition { table: Some(table), ..Definition::of(DefinitionKind::Rule, name) }
        }
        /// Names a row level security policy of a table.
        fn policy(name: into ObjectName, table: into ObjectName) {
            Definition { table: Some(table), ..Definition::of(DefinitionKind::Policy, name) }
        }
    }
    methods {
        /// Sets the statements that make it, with semicolons between.
        fn sql(self, sql: into String) {
            self.sql = sql;
        }
        /// Keeps it to one kind of database: `"postgresql"` or `"sqlite"`.
        fn on(self, dialect: into String) {
            self.dialect = Some(dialect);
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.words(), self.name)?;
        if let Some(arguments) = &self.arguments {
            write!(f, "({arguments})")?;
        }
        match &self.table {
            Some(table) => write!(f, " on {table}"),
            None => Ok(()),
        }
    }
}
