//! Every attribute that models know, with its spelling: one line each.
//!
//! `docs/models.md` names each of them; a test sees to it.

/// One attribute.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// The attribute as it is written.
    pub(super) form: &'static str,
}

/// The attributes that one list may hold.
#[derive(Debug)]
pub(super) struct Keys {
    /// The list as it is written, `…` for what it holds.
    pub(super) place: &'static str,
    pub(super) list: &'static [Key],
}

macro_rules! keys {
    ($($(#[$meta:meta])* $list:ident $place:literal { $($name:literal $form:literal)* })*) => {
        $(
            $(#[$meta])*
            pub(super) static $list: Keys = Keys {
                place: $place,
                list: &[$(Key { name: $name, form: $form }),*],
            };
        )*

        /// Every list.
        #[cfg(test)]
        static ALL: &[&Keys] = &[$(&$list),*];
    };
}

keys! {
    /// A field.
    COLUMN "#[column(…)]" {
        "name" "name = \"id\""
        "type" "type = \"varchar(36)\""
        "primary_key" "primary_key"
        "autoincrement" "autoincrement"
        "identity" "identity(start = 1, increment = 1)"
        "nullable" "nullable = true"
        "not_null" "not_null"
        "unique" "unique"
        "index" "index"
        "length" "length = 36"
        "precision" "precision = 10"
        "scale" "scale = 2"
        "server_default" "server_default = \"now()\""
        "foreign_key" "foreign_key = \"owners.id\""
        "foreign_key_name" "foreign_key_name = \"fk_owner\""
        "on_delete" "on_delete = \"cascade\""
        "on_update" "on_update = \"cascade\""
        "deferrable" "deferrable"
        "initially_deferred" "initially_deferred"
        "match_full" "match_full"
        "check" "check = \"price > 0\""
        "check_name" "check_name = \"price_is_positive\""
        "generated" "generated = \"price * quantity\""
        "generated_virtual" "generated_virtual = \"price * quantity\""
        "collation" "collation = \"de_DE\""
        "comment" "comment = \"In cents\""
        "option" "option(\"postgresql.storage\" = \"external\")"
        "renamed_from" "renamed_from = \"title\""
        "skip" "skip"
    }
    /// A struct.
    TABLE "#[table(…)]" {
        "name" "name = \"users\""
        "schema" "schema = \"billing\""
        "comment" "comment = \"Who may log in\""
        "primary_key" "primary_key(columns = [\"a\", \"b\"])"
        "primary_key_name" "primary_key_name = \"pk_users\""
        "no_primary_key" "no_primary_key"
        "unique" "unique(columns = [\"a\", \"b\"])"
        "index" "index(columns = [\"a\", \"b\"])"
        "check" "check(expression = \"a < b\")"
        "foreign_key" "foreign_key(columns = [\"a\", \"b\"], references = \"others(a, b)\")"
        "exclude" "exclude(using = \"gist\", on = [\"room with =\", \"during with &&\"])"
        "partition_by" "partition_by = \"range (created_at)\""
        "partition_of" "partition_of = \"events\""
        "bound" "bound = \"FROM ('2026-01-01') TO ('2027-01-01')\""
        "inherits" "inherits = [\"events\"]"
        "option" "option(\"postgresql.unlogged\" = \"true\")"
        "renamed_from" "renamed_from = \"old_name\""
    }
    INDEX "index(…)" {
        "columns" "columns = [\"a\", \"b\"]"
        "on" "on = [\"lower(email)\", \"created_at desc\"]"
        "name" "name = \"ix_users_email\""
        "unique" "unique"
        "where" "where = \"deleted_at IS NULL\""
        "using" "using = \"gin\""
        "include" "include = [\"name\"]"
        "nulls_not_distinct" "nulls_not_distinct"
        "comment" "comment = \"For the search page\""
        "option" "option(\"postgresql.fillfactor\" = \"70\")"
        "renamed_from" "renamed_from = \"ix_users_mail\""
    }
    UNIQUE "unique(…)" {
        "columns" "columns = [\"a\", \"b\"]"
        "name" "name = \"one_per_owner\""
        "deferrable" "deferrable"
        "initially_deferred" "initially_deferred"
        "nulls_not_distinct" "nulls_not_distinct"
        "include" "include = [\"name\"]"
        "without_overlaps" "without_overlaps"
        "comment" "comment = \"One name an owner\""
        "renamed_from" "renamed_from = \"only_one\""
    }
    CHECK "check(…)" {
        "expression" "expression = \"a < b\""
        "name" "name = \"a_before_b\""
        "no_inherit" "no_inherit"
        "not_valid" "not_valid"
        "not_enforced" "not_enforced"
        "comment" "comment = \"Ends after it begins\""
        "renamed_from" "renamed_from = \"in_order\""
    }
    FOREIGN_KEY "foreign_key(…)" {
        "columns" "columns = [\"a\", \"b\"]"
        "references" "references = \"others(a, b)\""
        "referred_columns" "referred_columns = [\"a\", \"b\"]"
        "name" "name = \"fk_others\""
        "on_delete" "on_delete = \"cascade\""
        "on_update" "on_update = \"cascade\""
        "deferrable" "deferrable"
        "initially_deferred" "initially_deferred"
        "match_full" "match_full"
        "period" "period"
        "not_valid" "not_valid"
        "not_enforced" "not_enforced"
        "comment" "comment = \"Who made it\""
        "renamed_from" "renamed_from = \"fk_other\""
    }
    PRIMARY_KEY "primary_key(…)" {
        "columns" "columns = [\"a\", \"b\"]"
        "name" "name = \"pk_users\""
        "include" "include = [\"name\"]"
        "deferrable" "deferrable"
        "initially_deferred" "initially_deferred"
        "without_overlaps" "without_overlaps"
        "comment" "comment = \"By number\""
        "renamed_from" "renamed_from = \"pk_people\""
    }
    EXCLUDE "exclude(…)" {
        "on" "on = [\"room with =\", \"during with &&\"]"
        "using" "using = \"gist\""
        "where" "where = \"not cancelled\""
        "include" "include = [\"guest\"]"
        "name" "name = \"no_overlap\""
        "deferrable" "deferrable"
        "initially_deferred" "initially_deferred"
        "comment" "comment = \"One guest at a time\""
        "renamed_from" "renamed_from = \"no_clash\""
    }
    IDENTITY "identity(…)" {
        "always" "always"
        "serial" "serial"
        "sequence" "sequence = \"order_numbers\""
        "type" "type = \"bigint\""
        "start" "start = 1"
        "increment" "increment = 1"
        "minimum" "minimum = 1"
        "maximum" "maximum = 1000"
        "cache" "cache = 20"
        "cycle" "cycle"
    }
    /// An enumeration.
    ENUMERATION "#[enumeration(…)]" {
        "name" "name = \"mood\""
        "schema" "schema = \"billing\""
        "rename_all" "rename_all = \"snake_case\""
        "comment" "comment = \"How far it is\""
        "renamed_from" "renamed_from = \"humour\""
    }
    /// A domain.
    DOMAIN "#[domain(…)]" {
        "name" "name = \"email\""
        "schema" "schema = \"billing\""
        "type" "type = \"varchar(36)\""
        "not_null" "not_null"
        "server_default" "server_default = \"0\""
        "collation" "collation = \"de_DE\""
        "check" "check = \"VALUE ~ '@'\""
        "comment" "comment = \"Where to write to\""
    }
    /// A sequence.
    SEQUENCE "#[sequence(…)]" {
        "name" "name = \"order_numbers\""
        "schema" "schema = \"billing\""
        "type" "type = \"integer\""
        "start" "start = 1000"
        "increment" "increment = 1"
        "minimum" "minimum = 1"
        "maximum" "maximum = 9999"
        "cache" "cache = 20"
        "cycle" "cycle"
        "owned_by" "owned_by = \"orders.number\""
        "comment" "comment = \"Printed on the bill\""
    }
    /// A namespace.
    SCHEMA "#[schema(…)]" {
        "name" "name = \"billing\""
        "comment" "comment = \"What is paid for\""
    }
    /// An extension.
    EXTENSION "#[extension(…)]" {
        "name" "name = \"citext\""
        "schema" "schema = \"extensions\""
    }
}

/// The lists that are attributes of their own, where a stray key may belong.
pub(super) static HOMES: &[&Keys] = &[
    &COLUMN,
    &TABLE,
    &ENUMERATION,
    &DOMAIN,
    &SEQUENCE,
    &SCHEMA,
    &EXTENSION,
];

/// The spellings of other tools (SQLAlchemy, diesel, sqlx, SeaORM, serde), and ours.
pub(super) static FOREIGN: &[(&str, &str)] = &[
    ("auto_increment", "autoincrement"),
    ("belongs_to", "foreign_key"),
    ("check_constraint", "check"),
    ("checks", "check"),
    ("collate", "collation"),
    ("column_name", "name"),
    ("column_type", "type"),
    ("computed", "generated"),
    ("condition", "expression"),
    ("constraint", "check"),
    ("db_type", "type"),
    ("default", "server_default"),
    ("default_expr", "server_default"),
    ("default_value", "server_default"),
    ("descending", "on"),
    ("desc", "on"),
    ("description", "comment"),
    ("digits", "precision"),
    ("doc", "comment"),
    ("exclude_constraint", "exclude"),
    ("exclusion", "exclude"),
    ("expr", "expression"),
    ("fields", "columns"),
    ("fk", "foreign_key"),
    ("foreign_keys", "foreign_key"),
    ("generated_stored", "generated"),
    ("id", "primary_key"),
    ("ignore", "skip"),
    ("indexed", "index"),
    ("indexes", "index"),
    ("indices", "index"),
    ("label", "name"),
    ("len", "length"),
    ("max", "maximum"),
    ("max_length", "length"),
    ("method", "using"),
    ("min", "minimum"),
    ("namespace", "schema"),
    ("null", "nullable"),
    ("ondelete", "on_delete"),
    ("onupdate", "on_update"),
    ("pk", "primary_key"),
    ("postgresql_using", "using"),
    ("postgresql_where", "where"),
    ("old_name", "renamed_from"),
    ("predicate", "where"),
    ("previously", "renamed_from"),
    ("primary", "primary_key"),
    ("reference", "references"),
    ("references", "foreign_key"),
    ("rename", "name"),
    ("schema_name", "schema"),
    ("server_onupdate", "generated"),
    ("size", "length"),
    ("sql_default", "server_default"),
    ("sql_type", "type"),
    ("step", "increment"),
    ("table_name", "name"),
    ("ty", "type"),
    ("uniq", "unique"),
    ("unique_constraint", "unique"),
    ("unique_key", "unique"),
    ("unique_together", "unique"),
];

#[cfg(test)]
mod tests {
    use super::{ALL, FOREIGN};

    #[test]
    fn every_spelling_leads_somewhere() {
        for (theirs, ours) in FOREIGN {
            assert!(
                ALL.iter()
                    .any(|keys| keys.list.iter().any(|key| key.name == *ours)),
                "{theirs} leads to {ours}"
            );
        }
    }

    #[test]
    fn the_guide_names_every_attribute() {
        let guide = include_str!("../../../../docs/models.md");
        for keys in ALL {
            for key in keys.list {
                assert!(
                    guide.contains(&format!("`{}", key.name)),
                    "{}: {}",
                    keys.place,
                    key.name
                );
            }
        }
    }
}
