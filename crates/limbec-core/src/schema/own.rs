//! The connection's own namespace: a name that gives it is the same as one that gives none.
//!
//! Everything below works with names that give none. Reflection makes such names; whoever brings
//! names from elsewhere (models, operations of a revision, options of a command) folds them once,
//! by the methods here.

use super::{Column, Definition, Domain, Inheritance, ObjectName, Schema, Sequence, Table, Use};

impl ObjectName {
    /// The same name without its namespace, if that is the connection's own.
    ///
    /// ```
    /// use limbec_core::schema::ObjectName;
    /// let name = ObjectName::qualified("public", "tags");
    /// assert_eq!(name.clone().within(Some("app")), name);
    /// assert_eq!(name.within(Some("public")), ObjectName::new("tags"));
    /// ```
    pub fn within(mut self, own: Option<&str>) -> Self {
        self.fold(own);
        self
    }

    /// Leaves the namespace out if it is the connection's own.
    pub(crate) fn fold(&mut self, own: Option<&str>) {
        self.schema.take_if(|it| own == Some(it.as_str()));
    }
}

impl Schema {
    /// The same schema in which no name gives the namespace, which is the connection's own.
    ///
    /// ```
    /// use limbec_core::schema::{ObjectName, Schema, Table};
    /// let mut models = Schema::default();
    /// models.tables.push(Table::new(ObjectName::qualified("public", "tags")));
    /// assert_eq!(models.within("public").tables[0].name, ObjectName::new("tags"));
    /// ```
    pub fn within(mut self, own: &str) -> Schema {
        self.own_namespace = Some(own.to_string());
        self.namespaces.retain(|it| it.name != own);
        self.each_name(&mut |name| name.fold(Some(own)));
        self
    }

    /// Hands over every name of an object that lives in a namespace, wherever it stands.
    fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        // A field that is added must be named here, too.
        let Schema {
            own_namespace: _,
            namespaces: _,
            extensions,
            domains,
            enums,
            sequences,
            tables,
            definitions,
            statistics: _,
            unmodelled: _,
            renames,
        } = self;
        for it in extensions {
            with(it);
        }
        for it in domains {
            it.each_name(with);
        }
        for it in enums {
            with(&mut it.name);
        }
        for it in sequences {
            it.each_name(with);
        }
        for it in tables {
            it.each_name(with);
        }
        for it in definitions {
            it.each_name(with);
        }
        for it in renames {
            with(it.object.namespaced_mut());
            with(&mut it.from);
        }
    }
}

impl Domain {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        with(&mut self.name);
        self.base.each_name(with);
    }
}

impl Sequence {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        with(&mut self.name);
        if let Some(owner) = &mut self.owned_by {
            with(&mut owner.table);
        }
    }
}

impl Table {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        // A field that is added must be named here, too.
        let Table {
            name,
            columns,
            primary_key: _,
            uniques: _,
            checks: _,
            foreign_keys,
            inherits,
            excludes: _,
            indexes: _,
            comment: _,
            partition_by: _,
            options: _,
            unread: _,
        } = self;
        with(name);
        for it in columns {
            it.each_name(with);
        }
        for key in foreign_keys {
            with(&mut key.referred_table);
        }
        inherits.each_name(with);
    }
}

impl Inheritance {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        self.parents_mut().iter_mut().for_each(with);
    }
}

impl Column {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        self.column_type.each_name(with);
        if let Some(identity) = &mut self.identity {
            identity.sequence.as_mut().map(with);
        }
    }
}

impl Definition {
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        with(&mut self.name);
        self.table.as_mut().map(&mut *with);
        for used in &mut self.uses {
            let (Use::Relation { name }
            | Use::Column { relation: name, .. }
            | Use::Type { name }
            | Use::Routine { name, .. }) = used;
            with(name);
        }
    }
}
