//! What a revision file may say, as data: the values it writes and the calls on them.
//!
//! The builder methods that a revision calls (`Column::new("id", Text).not_null()`) are declared
//! by the `builder!` macro, which makes of each declaration both the Rust method and the entry by
//! which a reader calls it by name on a [`Value`]. So the compiled file and the read file agree by
//! construction.
//!
//! Input: a path or method name with argument values. Output: a value, or a [`CallError`] that
//! says which argument is wrong.

use std::fmt;

use crate::operations::{AlterColumn, AlterOptions, CommentOn, ConstraintRef};
use crate::schema::{
    CheckConstraint, Column, ColumnType, Definition, Domain, EnumType, ExcludeConstraint,
    ForeignKey, Identity, Index, IndexElement, Inheritance, ObjectName, PrimaryKey,
    ReferentialAction, Sequence, Table, UniqueConstraint,
};

/// A value that a revision file can write.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value lives for one call; boxes would cost more than they save"
)]
pub enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Value>),
    ColumnType(ColumnType),
    Column(Column),
    Table(Table),
    PrimaryKey(PrimaryKey),
    UniqueConstraint(UniqueConstraint),
    CheckConstraint(CheckConstraint),
    ForeignKey(ForeignKey),
    ExcludeConstraint(ExcludeConstraint),
    Index(Index),
    IndexElement(IndexElement),
    Identity(Identity),
    ReferentialAction(ReferentialAction),
    ObjectName(ObjectName),
    AlterColumn(AlterColumn),
    EnumType(EnumType),
    Domain(Domain),
    Sequence(Sequence),
    CommentOn(CommentOn),
    AlterOptions(AlterOptions),
    Inheritance(Inheritance),
    Definition(Definition),
}

/// Hands the types that have builder functions to a macro.
macro_rules! for_builders {
    ($callback:ident) => {
        $callback! {
            Column,
            Table,
            PrimaryKey,
            UniqueConstraint,
            CheckConstraint,
            ForeignKey,
            ExcludeConstraint,
            Index,
            IndexElement,
            Identity,
            ObjectName,
            AlterColumn,
            EnumType,
            Domain,
            Sequence,
            CommentOn,
            AlterOptions,
            Inheritance,
            Definition
        }
    };
}

/// A type of which a revision writes values, with the names it has for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builder {
    /// The type's name.
    pub name: &'static str,
    /// Its associated functions, called as `Column::new(…)`.
    pub functions: &'static [&'static str],
    /// Its methods, called as `.not_null()`.
    pub methods: &'static [&'static str],
}

macro_rules! builders {
    ($($name:ident),*) => {
        /// The types with builder functions. The functions that make a column type are
        /// [`ColumnType::FUNCTIONS`].
        pub const BUILDERS: &[Builder] = &[$(Builder {
            name: stringify!($name),
            functions: $name::FUNCTIONS,
            methods: $name::METHODS,
        }),*];
    };
}

for_builders!(builders);

impl Value {
    /// Names the kind of the value as a message would.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::List(_) => "a list",
            Value::ColumnType(_) => "a column type",
            Value::Column(_) => "a `Column`",
            Value::Table(_) => "a `Table`",
            Value::PrimaryKey(_) => "a `PrimaryKey`",
            Value::UniqueConstraint(_) => "a `UniqueConstraint`",
            Value::CheckConstraint(_) => "a `CheckConstraint`",
            Value::ForeignKey(_) => "a `ForeignKey`",
            Value::ExcludeConstraint(_) => "an `ExcludeConstraint`",
            Value::Index(_) => "an `Index`",
            Value::IndexElement(_) => "an `IndexElement`",
            Value::Identity(_) => "an `Identity`",
            Value::ReferentialAction(_) => "a referential action",
            Value::ObjectName(_) => "a qualified name",
            Value::AlterColumn(_) => "an `AlterColumn`",
            Value::EnumType(_) => "an `EnumType`",
            Value::Domain(_) => "a `Domain`",
            Value::Sequence(_) => "a `Sequence`",
            Value::CommentOn(_) => "a `CommentOn`",
            Value::AlterOptions(_) => "an `AlterOptions`",
            Value::Inheritance(_) => "an `Inheritance`",
            Value::Definition(_) => "a `Definition`",
        }
    }

    /// Looks up a constant by its name in the prelude: a column type (`Text`) or a referential
    /// action (`Cascade`).
    pub fn constant(name: &str) -> Option<Value> {
        ColumnType::constant(name)
            .map(Value::ColumnType)
            .or_else(|| ReferentialAction::constant(name).map(Value::ReferentialAction))
    }

    /// Calls an associated function by its path, as in `Column::new("id", Text)`.
    ///
    /// # Errors
    /// When there is no such function, or an argument does not fit.
    pub fn construct(
        type_name: &str,
        function: &str,
        arguments: Vec<Value>,
    ) -> Result<Value, CallError> {
        let mut arguments = Arguments::new(arguments);
        macro_rules! by_type {
            ($($name:ident),*) => {
                match type_name {
                    $(stringify!($name) => {
                        <$name as Scripted>::construct(function, &mut arguments)
                            .map(Value::$name)
                    })*
                    _ => crate::schema::construct_type(type_name, function, &mut arguments)
                        .map(Value::ColumnType),
                }
            };
        }
        let value = for_builders!(by_type)?;
        arguments.finish()?;
        Ok(value)
    }

    /// The names of the methods that the value has.
    pub fn methods(&self) -> &'static [&'static str] {
        macro_rules! by_kind {
            ($($name:ident),*) => {
                match self {
                    $(Value::$name(_) => $name::METHODS,)*
                    _ => &[],
                }
            };
        }
        for_builders!(by_kind)
    }

    /// Calls a builder method by its name, as in `.not_null()`.
    ///
    /// # Errors
    /// When the value has no such method, or an argument does not fit.
    pub fn call(self, method: &str, arguments: Vec<Value>) -> Result<Value, CallError> {
        let mut arguments = Arguments::new(arguments);
        let kind = self.kind();
        macro_rules! by_kind {
            ($($name:ident),*) => {
                match self {
                    $(Value::$name(value) => value.call(method, &mut arguments).map(Value::$name),)*
                    _ => Err(CallError::new(format!("{kind} has no method `{method}`"))),
                }
            };
        }
        let value = for_builders!(by_kind)?;
        arguments.finish()?;
        Ok(value)
    }
}

/// Why a call in a revision file cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// The argument at fault, counted from 0; the call itself when absent.
    pub argument: Option<usize>,
    /// Names that exist, for a suggestion.
    pub known: Vec<&'static str>,
}

impl CallError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        CallError {
            message: message.into(),
            argument: None,
            known: Vec::new(),
        }
    }

    pub(crate) fn unknown(what: &str, name: &str, known: &[&'static str]) -> Self {
        CallError {
            message: format!("{what} has no function or method `{name}`"),
            argument: None,
            known: known.to_vec(),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}

/// The arguments of a call, taken one by one.
pub(crate) struct Arguments {
    values: std::vec::IntoIter<Value>,
    taken: usize,
    given: usize,
}

impl Arguments {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Arguments {
            given: values.len(),
            values: values.into_iter(),
            taken: 0,
        }
    }

    pub(crate) fn take<T: FromValue>(&mut self, name: &str) -> Result<T, CallError> {
        let index = self.taken;
        self.taken += 1;
        let Some(value) = self.values.next() else {
            return Err(CallError::new(format!(
                "the argument `{name}` is missing (it takes {})",
                T::EXPECTED
            )));
        };
        let given = match &value {
            Value::Integer(number) => number.to_string(),
            Value::List(items) => {
                let other = items.iter().find(|it| !matches!(it, Value::Text(_)));
                other.map_or("a list".into(), |it| {
                    format!("a list that holds {}", it.kind())
                })
            }
            other => other.kind().to_string(),
        };
        T::from_value(value).ok_or_else(|| CallError {
            message: format!("the argument `{name}` takes {}, not {given}", T::EXPECTED),
            argument: Some(index),
            known: Vec::new(),
        })
    }

    pub(crate) fn finish(&self) -> Result<(), CallError> {
        if self.taken < self.given {
            let takes = match self.taken {
                0 => "no argument".to_string(),
                1 => "1 argument".to_string(),
                taken => format!("{taken} arguments"),
            };
            let verb = if self.given == 1 { "is" } else { "are" };
            return Err(CallError {
                message: format!("it takes {takes}, but {} {verb} given", self.given),
                argument: Some(self.taken),
                known: Vec::new(),
            });
        }
        Ok(())
    }
}

/// A type that an argument can be read as.
pub(crate) trait FromValue: Sized {
    /// What fits, for a message.
    const EXPECTED: &'static str;
    fn from_value(value: Value) -> Option<Self>;
}

/// A type whose builder methods can be called by name.
pub(crate) trait Scripted: Sized {
    fn construct(function: &str, arguments: &mut Arguments) -> Result<Self, CallError>;
    fn call(self, method: &str, arguments: &mut Arguments) -> Result<Self, CallError>;
}

macro_rules! from_value {
    ($($type:ty, $variant:ident, $expected:literal;)*) => {
        $(impl FromValue for $type {
            const EXPECTED: &'static str = $expected;
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    String, Text, "a string";
    i64, Integer, "a number";
    u32, Integer, "a whole number that is not negative";
    bool, Boolean, "`true` or `false`";
    Column, Column, "a `Column`";
    Table, Table, "a `Table`";
    PrimaryKey, PrimaryKey, "a `PrimaryKey`";
    UniqueConstraint, UniqueConstraint, "a `UniqueConstraint`";
    CheckConstraint, CheckConstraint, "a `CheckConstraint`";
    ForeignKey, ForeignKey, "a `ForeignKey`";
    ExcludeConstraint, ExcludeConstraint, "an `ExcludeConstraint`";
    Index, Index, "an `Index`";
    IndexElement, IndexElement, "an `IndexElement`";
    Identity, Identity, "an `Identity`";
    ReferentialAction, ReferentialAction, "`Cascade`, `Restrict`, `SetNull`, `SetDefault` or `NoAction`";
    AlterColumn, AlterColumn, "an `AlterColumn`";
    EnumType, EnumType, "an `EnumType`";
    Domain, Domain, "a `Domain`";
    Sequence, Sequence, "a `Sequence`";
    AlterOptions, AlterOptions, "an `AlterOptions` such as `AlterOptions::table(\"jobs\")`";
    Inheritance, Inheritance, "an `Inheritance` such as `Inheritance::from_table(\"cities\")`";
    CommentOn, CommentOn, "a `CommentOn` such as `CommentOn::schema(\"billing\")`";
    Definition, Definition, "a `Definition`";
}

impl FromValue for ColumnType {
    const EXPECTED: &'static str = "a column type such as `Text`";
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::ColumnType(column_type) => Some(column_type),
            Value::EnumType(enumeration) => Some(enumeration.into()),
            _ => None,
        }
    }
}

impl FromValue for ObjectName {
    const EXPECTED: &'static str = "a name, or `ObjectName::qualified(\"schema\", \"name\")`";
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(name) => Some(name.into()),
            Value::ObjectName(name) => Some(name),
            _ => None,
        }
    }
}

impl FromValue for ConstraintRef {
    const EXPECTED: &'static str = "a constraint's name, or the definition of one without a name";
    fn from_value(value: Value) -> Option<Self> {
        Some(match value {
            Value::Text(name) => name.into(),
            Value::PrimaryKey(it) => it.into(),
            Value::UniqueConstraint(it) => it.into(),
            Value::CheckConstraint(it) => it.into(),
            Value::ForeignKey(it) => it.into(),
            Value::ExcludeConstraint(it) => it.into(),
            _ => return None,
        })
    }
}

/// A list of names: `&["a", "b"]`, `["a", "b"]` or a `Vec` of strings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names(pub Vec<String>);

impl FromValue for Names {
    const EXPECTED: &'static str = "a list of strings such as `&[\"a\", \"b\"]`";
    fn from_value(value: Value) -> Option<Self> {
        let Value::List(values) = value else {
            return None;
        };
        let names = values.into_iter().map(String::from_value);
        let mut names = names.collect::<Option<Vec<_>>>()?;
        // They were collected in the place of the values, which are much larger.
        names.shrink_to_fit();
        Some(Names(names))
    }
}

impl<const N: usize> From<&[&str; N]> for Names {
    fn from(names: &[&str; N]) -> Self {
        names.as_slice().into()
    }
}

impl<const N: usize> From<[&str; N]> for Names {
    fn from(names: [&str; N]) -> Self {
        names.as_slice().into()
    }
}

impl From<&[&str]> for Names {
    fn from(names: &[&str]) -> Self {
        Names(names.iter().map(ToString::to_string).collect())
    }
}

impl From<Vec<&str>> for Names {
    fn from(names: Vec<&str>) -> Self {
        names.as_slice().into()
    }
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        Names(names)
    }
}

impl From<&[String]> for Names {
    fn from(names: &[String]) -> Self {
        Names(names.to_vec())
    }
}

/// The type of a builder's parameter: `into String` is `impl Into<String>`.
macro_rules! parameter {
    (into $type:ident) => { impl Into<$type> };
    ($type:ident) => { $type };
}

/// The value of a builder's parameter, from what the caller gave.
macro_rules! argument {
    ($name:ident into $type:ident) => {
        let $name: $type = $name.into();
    };
    ($name:ident $type:ident) => {};
}

/// The owned type of a builder's parameter.
macro_rules! owned {
    (into $type:ident) => {
        $type
    };
    ($type:ident) => {
        $type
    };
}

/// Declares constructors and chained methods once, for Rust and for the reader of revisions.
///
/// A constructor's body gives the value; a method's body changes `self`, which it then returns.
macro_rules! builder {
    (
        constructors $type:ident {
            $($(#[$new_meta:meta])* fn $new:ident($($na:ident: $nt:ident $($ni:ident)?),* $(,)?) $new_body:block)*
        }
        $(methods {
            $($(#[$meta:meta])* fn $method:ident($this:ident $(, $a:ident: $t:ident $($i:ident)?)* $(,)?) $body:block)*
        })?
    ) => {
        impl $type {
            /// The names of the functions that make one, as a revision calls them.
            pub const FUNCTIONS: &'static [&'static str] = &[$(stringify!($new)),*];
            /// The names of the methods that a revision calls.
            pub const METHODS: &'static [&'static str] = &[$($(stringify!($method)),*)?];

            $($(#[$new_meta])*
            pub fn $new($($na: $crate::script::parameter!($nt $($ni)?)),*) -> Self {
                $($crate::script::argument!($na $nt $($ni)?);)*
                $new_body
            })*
            $($($(#[$meta])*
            pub fn $method(mut $this $(, $a: $crate::script::parameter!($t $($i)?))*) -> Self {
                $($crate::script::argument!($a $t $($i)?);)*
                $body
                $this
            })*)?
        }

        impl $crate::script::Scripted for $type {
            fn construct(
                function: &str,
                #[allow(unused_variables)] arguments: &mut $crate::script::Arguments,
            ) -> Result<Self, $crate::script::CallError> {
                match function {
                    $(stringify!($new) => {
                        $(let $na: $crate::script::owned!($nt $($ni)?) = arguments.take(stringify!($na))?;)*
                        Ok(Self::$new($($na),*))
                    })*
                    _ => Err($crate::script::CallError::unknown(
                        concat!("`", stringify!($type), "`"),
                        function,
                        Self::FUNCTIONS,
                    )),
                }
            }

            fn call(
                self,
                method: &str,
                #[allow(unused_variables)] arguments: &mut $crate::script::Arguments,
            ) -> Result<Self, $crate::script::CallError> {
                match method {
                    $($(stringify!($method) => {
                        $(let $a: $crate::script::owned!($t $($i)?) = arguments.take(stringify!($a))?;)*
                        Ok(self.$method($($a),*))
                    })*)?
                    _ => Err($crate::script::CallError::unknown(
                        concat!("`", stringify!($type), "`"),
                        method,
                        Self::METHODS,
                    )),
                }
            }
        }
    };
}

pub(crate) use {argument, builder, owned, parameter};
