//! What is not modelled yet stops nothing.

use limbec::connection::Connection as _;
use limbec::run::reflect;
use limbec_core::schema::{ColumnType, IndexKey};

use crate::Scratch;

#[tokio::test]
async fn objects_beyond_the_model_are_passed_by() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql(
            "CREATE EXTENSION btree_gist; CREATE SCHEMA other;
             CREATE TYPE pair AS (a int, b text);
             CREATE TYPE span AS RANGE (subtype = float8);
             CREATE DOMAIN small AS int CHECK (VALUE < 10);
             CREATE DOMAIN smaller AS small NOT NULL CHECK (VALUE < 5);
             CREATE DOMAIN list AS text[];
             CREATE COLLATION other.\"de.DE\" (provider = icu, locale = 'de');
             CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
             CREATE TABLE base (id int PRIMARY KEY, p pair, s span, l list, d smaller[],
                 \"ARRAY, it's [x]\" int[], t text COLLATE other.\"de.DE\",
                 CONSTRAINT base_positive CHECK (id > 0) NO INHERIT);
             CREATE TABLE heir (extra int) INHERITS (base);
             CREATE TABLE of_pair OF pair (PRIMARY KEY (a));
             CREATE TABLE bookings (room int, during tstzrange,
                 EXCLUDE USING gist (room WITH =, during WITH &&));
             ALTER TABLE base ADD CONSTRAINT later CHECK (id < 100) NOT VALID;
             CREATE INDEX odd ON base (twice(id) DESC, (\"ARRAY, it's [x]\"[1]) NULLS FIRST,
                 (t || ') , (' || t) COLLATE other.\"de.DE\" text_pattern_ops, ((p).a)) WITH (fillfactor = 70)
                 WHERE t <> 'a, b)';
             CREATE TABLE dropped (a int, b int, c int, UNIQUE (c, a)); ALTER TABLE dropped DROP COLUMN b;
             CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER far FOREIGN DATA WRAPPER nothing;
             CREATE FOREIGN TABLE distant (a int) SERVER far;
             CREATE RULE quiet AS ON DELETE TO dropped DO INSTEAD NOTHING",
        )
        .await;
    let schema = scratch.reflect().await;
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    assert_eq!(names, ["base", "bookings", "dropped", "heir", "of_pair"]);
    let domains: Vec<_> = schema
        .domains
        .iter()
        .map(|domain| domain.name.to_string())
        .collect();
    assert_eq!(domains, ["list", "small", "smaller"]);
    assert_eq!(schema.domains[2].base, ColumnType::Named("small".into()));

    let base = &schema.tables[0];
    let collation = "\"other\".\"de.DE\"";
    assert_eq!(
        base.column_named("t").unwrap().collation.as_deref(),
        Some(collation)
    );
    let odd = base
        .indexes
        .iter()
        .find(|index| index.name == "odd")
        .unwrap();
    let expressions: Vec<_> = odd
        .elements
        .iter()
        .map(|element| match &element.key {
            IndexKey::Expression(text) => text.as_str(),
            IndexKey::Column(name) => panic!("{name}"),
        })
        .collect();
    assert_eq!(
        expressions,
        [
            "twice(id)",
            "\"ARRAY, it's [x]\"[1]",
            "(t || ') , ('::text) || t",
            "(p).a",
        ]
    );
    assert!(odd.elements[0].descending);
    assert_eq!(odd.elements[1].nulls_first, Some(true));
    assert_eq!(
        odd.elements[2].operator_class.as_deref(),
        Some("text_pattern_ops")
    );
    assert_eq!(odd.predicate.as_deref(), Some("t <> 'a, b)'::text"));
    assert_eq!(schema.tables[2].uniques[0].columns, ["c", "a"]);
}

#[tokio::test]
async fn what_a_partition_says_of_its_own_is_told() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql(
            "CREATE TABLE parts (id int, at date, n int DEFAULT 1) PARTITION BY RANGE (id);
             CREATE TABLE same PARTITION OF parts FOR VALUES FROM (0) TO (10);
             CREATE TABLE own (id int NOT NULL, at date DEFAULT now(), n int DEFAULT 1);
             ALTER TABLE parts ATTACH PARTITION own FOR VALUES FROM (10) TO (20)",
        )
        .await;
    let told = scratch.reflect().await.unmodelled;
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    let expected = [
        "the NOT NULL of `id` of the table `own`",
        "the default of `at` of the table `own`",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_index_that_is_plain_but_for_one_thing_keeps_it() {
    let mut scratch = Scratch::new().await;
    let statements = [
        "CREATE TABLE t (a int, b varchar(9), c text, d text COLLATE \"C\")",
        "CREATE INDEX i1 ON t (b, a)",
        "CREATE INDEX i2 ON t (a oid_ops)",
        "CREATE INDEX i3 ON t (a, c text_pattern_ops)",
        "CREATE INDEX i4 ON t (c COLLATE \"C\")",
        "CREATE INDEX i5 ON t (d)",
        "CREATE INDEX i6 ON t (d COLLATE \"default\")",
        "CREATE INDEX i7 ON t (a, b NULLS FIRST)",
        "CREATE INDEX i8 ON t (b, a DESC) INCLUDE (c)",
        "CREATE INDEX i9 ON t USING hash (a)",
    ];
    scratch.client.run(&statements).await.unwrap();
    let schema = reflect(&mut scratch.client).await.unwrap();
    let indexes = schema.tables[0].indexes.iter().map(|index| {
        let last = index.elements.last().unwrap();
        let class = last.operator_class.as_deref().unwrap_or("-");
        let collation = last.collation.as_deref().unwrap_or("-");
        let (keys, method) = (index.elements.len(), index.method.as_deref());
        let order = (last.descending, last.nulls_first);
        format!(
            "{keys} {class} {collation} {order:?} {}",
            method.unwrap_or("btree")
        )
    });
    assert_eq!(
        indexes.collect::<Vec<_>>(),
        [
            "2 - - (false, None) btree",
            "1 oid_ops - (false, None) btree",
            "2 text_pattern_ops - (false, None) btree",
            "1 - C (false, None) btree",
            "1 - - (false, None) btree",
            "1 - default (false, None) btree",
            "2 - - (false, Some(true)) btree",
            "2 - - (true, None) btree",
            "1 - - (false, None) hash",
        ]
    );
}
