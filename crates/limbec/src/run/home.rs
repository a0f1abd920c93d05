//! Where limbec's own tables stand: all of them in the namespace of the version table, however a
//! connection's search path begins.

use limbec_core::dialect::{Row, read_bool};
use limbec_core::journal;
use limbec_core::schema::ObjectName;

use super::{Error, ErrorKind};
use crate::connection::Connection;

/// Where limbec's own tables stand, and how a connection names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Home {
    /// The namespace of the version table, or the one that it would be made in; absent if the database
    /// has one namespace only, or the connection has none.
    pub(super) namespace: Option<String>,
    /// The connection's own namespace.
    own: Option<String>,
    /// Whether somebody has said that it is this one.
    is_asked_for: bool,
    /// Whether the version table is there.
    pub(super) exists: bool,
    /// Whether the search path leads to the journal of another version table.
    is_misled: bool,
}

impl Home {
    /// The question where a version table stands, if the database has several namespaces.
    pub(super) fn question<C: Connection>(connection: &C, asked: &ObjectName) -> Option<String> {
        connection.dialect().home(asked, &journal::name(asked))
    }

    /// Reads the answer to [`Home::question`].
    pub(super) fn read(asked: &ObjectName, row: Option<Row>) -> Home {
        let mut values = row.into_iter().flatten();
        let mut next = || values.next().flatten();
        let (own, found, journal) = (next(), next(), next());
        let is_by_role = next().as_deref().and_then(read_bool) == Some(true);
        let exists = found.is_some();
        let namespace = asked.schema.clone().or(found).or_else(|| own.clone());
        Home {
            is_asked_for: asked.schema.is_some() || is_by_role,
            is_misled: journal.is_some() && journal != namespace,
            namespace,
            own,
            exists,
        }
    }

    /// Asks where a version table stands.
    ///
    /// # Errors
    /// When the database refuses the query.
    pub(super) async fn find<C: Connection>(
        connection: &mut C,
        asked: &ObjectName,
    ) -> Result<Home, Error> {
        let Some(question) = Home::question(connection, asked) else {
            return Ok(Home::default());
        };
        let answers = connection.run(&[&question]).await;
        let answers = answers.map_err(|error| Error::statement(error.error, &question))?;
        let row = answers.into_iter().flat_map(|it| it.rows).next();
        Ok(Home::read(asked, row))
    }

    /// Asks where a version table stands, and gives the name by which its own tables are found.
    ///
    /// # Errors
    /// As [`Home::refuse_unasked`], and when the database refuses the query.
    pub(super) async fn table<C: Connection>(
        connection: &mut C,
        asked: &ObjectName,
    ) -> Result<ObjectName, Error> {
        let home = Home::find(connection, asked).await?;
        home.refuse_unasked(asked)?;
        Ok(home.qualified(asked))
    }

    /// The version table's name with its namespace: that of the journal and the lease too.
    pub(super) fn qualified(&self, asked: &ObjectName) -> ObjectName {
        ObjectName {
            schema: self.namespace.clone(),
            name: asked.name.clone(),
        }
    }

    /// The version table's name for statements: with its namespace only if the connection's own is
    /// another one.
    pub(super) fn named(&self, asked: &ObjectName) -> ObjectName {
        if asked.schema.is_none() && self.is_own() {
            return asked.clone();
        }
        self.qualified(asked)
    }

    /// Whether the tables are found by names without a namespace.
    pub(super) fn is_plain(&self) -> bool {
        self.is_own() && !self.is_misled
    }

    /// The connection's own namespace.
    #[cfg(feature = "generate")]
    pub(super) fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    fn is_own(&self) -> bool {
        self.namespace == self.own
    }

    /// The connection's own namespace, if the version table stands in another one.
    pub(super) fn own_beside(&self) -> Option<&str> {
        self.own.as_deref().filter(|_| !self.is_own())
    }

    /// Whether two homes are in the same namespace.
    pub(super) fn is_at(&self, other: &Home) -> bool {
        self.namespace == other.namespace
    }

    /// The home of a version table that is to be made in the connection's own namespace, if the one that
    /// was found is another one's.
    pub(super) fn of_own(self) -> Home {
        if self.is_asked_for || self.is_own() {
            return self;
        }
        Home {
            namespace: self.own.clone(),
            exists: false,
            ..self
        }
    }

    /// Refuses a version table of another namespace that nobody has asked for: the objects that the
    /// revisions make would stand in the connection's own one.
    pub(super) fn refuse_unasked(&self, asked: &ObjectName) -> Result<(), Error> {
        let (Some(own), false) = (self.own_beside(), self.is_asked_for) else {
            return Ok(());
        };
        let found = self.qualified(asked);
        let namespace = self.namespace.as_deref().unwrap_or_default();
        Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "the version table that the search path leads to, `{found}`, is not of this connection's \
                 own schema, `{own}`"
            ),
        )
        .with_hint(format!(
            "if `{own}` is to have its own: limbec ensure-version; if that one is meant, say so: \
             `[migrations] version_table_schema = \"{namespace}\"`, or LIMBEC_VERSION_TABLE_SCHEMA"
        )))
    }
}
