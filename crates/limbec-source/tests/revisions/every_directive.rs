//! Every directive
//!
//! Uses each directive, each builder function and each builder method at least once. It is
//! compiled and it is read, and both must give the same operations.
//!
//! Revision ID: 3950395dfef3
//! Revises: 61ee6f04df66, 27c6a30d7c24
//! Depends on: 4a1b2c3d4e5f
//! Branch labels: rag
//! Create Date: 2026-11-22 13:16:14 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3")
    .revises(&["61ee6f04df66", "27c6a30d7c24"])
    .depends_on(&["4a1b2c3d4e5f"])
    .branch_labels(&["rag"]);

/// Creates what there is to create.
pub fn upgrade(op: &mut Operations) {
    op.create_schema("billing");
    op.create_extension("vector");
    op.create_domain(
        Domain::new("positive", Integer)
            .not_null()
            .server_default("1")
            .check("positive_check", "VALUE > 0"),
    );
    op.alter_domain(Domain::new("code", Text).collation("C").comment("In capitals"));
    op.create_sequence(
        Sequence::new(ObjectName::qualified("billing", "numbers"))
            .data_type(Integer)
            .start(1000)
            .increment(2)
            .minimum(10)
            .maximum(9999)
            .cache(20)
            .cycle()
            .comment("Printed"),
    );
    op.alter_sequence(Sequence::new("odd").owned_by("types", "small"));
    op.alter_inheritance("same_parts", Inheritance::partition_of("parts", "FOR VALUES IN (3)"));
    op.alter_inheritance("capitals", Inheritance::from_table("cities").and("places"));
    op.alter_inheritance("villages", Inheritance::none());
    op.alter_options(AlterOptions::table("types").set("postgresql.fillfactor", "70"));
    op.alter_options(AlterOptions::column("types", "text").reset("postgresql.storage"));
    op.alter_options(AlterOptions::index("types", "ix").set("postgresql.clustered", "true"));
    op.create_comment(CommentOn::schema("billing"), "What is paid for");
    op.create_comment(CommentOn::domain("code"), "In capitals");
    op.create_comment(CommentOn::enumeration("state"), "How far it is");
    op.create_comment(CommentOn::sequence("odd"), "1, 3, 5");
    op.create_comment(CommentOn::index("types", "ix"), "For the search page");
    op.drop_comment(CommentOn::constraint("types", "types_pkey"));
    op.create_enum(EnumType::new("state", &["draft", "done"]).comment("How far it is"));
    op.alter_enum(EnumType::new(ObjectName::new("state"), ["draft", "sent", "done"]));

    op.create_table(
        Table::new("types")
            .column(Column::new("small", SmallInteger).identity(Identity::serial()))
            .column(Column::new("whole", Integer).identity(Identity::always().sequence("by_name")))
            .column(Column::new("wide", Integer).identity(Identity::serial().sequence_type(BigInteger)))
            .column(Column::new("named", Named::new("positive")))
            .column(
                Column::new("big", BigInteger).identity(
                    Identity::by_default()
                        .start(10)
                        .increment(-1)
                        .minimum(-9_223_372_036_854_775_808)
                        .maximum(0x10)
                        .cache(5)
                        .cycle(),
                ),
            )
            .column(Column::new("real", Real))
            .column(Column::new("double", Double))
            .column(Column::new("numeric", Numeric))
            .column(Column::new("numeric_10", Numeric::precision(10)))
            .column(Column::new("numeric_10_2", Numeric::new(10, 2)))
            .column(Column::new("boolean", Boolean).server_default("false"))
            .column(Column::new("text", Text).collation("C").comment("With a\nsecond \"line\""))
            .column(Column::new("varchar", Varchar))
            .column(Column::new("varchar_36", Varchar::length(36)).not_null())
            .column(Column::new("char", Char))
            .column(Column::new("char_2", Char::length(2)))
            .column(Column::new("bytes", Bytes))
            .column(Column::new("date", Date))
            .column(Column::new("time", Time))
            .column(Column::new("time_3", Time::precision(3)))
            .column(Column::new("timestamp", Timestamp))
            .column(Column::new("timestamp_3", Timestamp::precision(3)))
            .column(Column::new("timestamp_tz", TimestampTz))
            .column(Column::new("timestamp_tz_3", TimestampTz::precision(3)))
            .column(Column::new("interval", Interval))
            .column(Column::new("uuid", Uuid))
            .column(Column::new("json", Json))
            .column(Column::new("jsonb", Jsonb))
            .column(Column::new("inet", Inet))
            .column(Column::new("cidr", Cidr))
            .column(Column::new("mac", MacAddr))
            .column(Column::new("array", Array::of(Array::of(Integer))))
            .column(Column::new("state", Enum::new("state", &["draft", "sent", "done"])))
            .column(Column::new("same_state", EnumType::new("state", vec!["draft", "sent", "done"])))
            .column(Column::new("embedding", Custom::new("vector(768)")))
            .column(Column::new("upper", Text).generated_stored("upper(text)"))
            .column(Column::new("lower", Text).generated_virtual("lower(text)"))
            .column(Column::new("optional", (Text)).option("postgresql.storage", "external"))
            .primary_key(PrimaryKey::new(&["whole"]).name("types_pkey"))
            .unique(UniqueConstraint::new(&["small", "big"]))
            .check(CheckConstraint::new(r#"text <> "varchar""#).name("types_check"))
            .foreign_key(ForeignKey::new(&["uuid"], "owners", &["id"]))
            .exclude(ExcludeConstraint::using("gist").with(IndexElement::column("inet"), "&&"))
            .comment("Every type")
            .option("sqlite.strict", "true"),
    );

    op.create_table(Table::new("parts").column(Column::new("id", Integer)).partition_by("LIST (id)"));
    op.create_table(Table::new("same_parts").partition_of("parts", "FOR VALUES IN (1, 2)"));
    op.create_table(
        Table::new("capitals")
            .inherits("cities")
            .inherits(ObjectName::qualified("billing", "places")),
    );

    op.add_column(ObjectName::qualified("billing", "invoices"), Column::new("note", Text));
    op.alter_column(
        "invoices",
        AlterColumn::new("size")
            .column_type(BigInteger)
            .using("size::bigint")
            .nullable()
            .server_default("0")
            .generated_stored("1")
            .identity(Identity::always())
            .collation("C")
            .comment("Bytes"),
    );
    op.alter_column("invoices", AlterColumn::new("size").not_null().generated_virtual("2"));
    op.alter_column(
        "invoices",
        AlterColumn::new("size")
            .drop_default()
            .drop_generated()
            .drop_identity()
            .drop_collation()
            .drop_comment(),
    );
    op.create_primary_key("invoices", PrimaryKey::new(&["id"]).comment("By number"));
    op.create_primary_key(
        "invoices",
        PrimaryKey::new(&["id", "during"])
            .name("pk")
            .include(&["note"])
            .deferrable()
            .initially_deferred()
            .without_overlaps(),
    );
    op.create_exclude_constraint(
        "invoices",
        ExcludeConstraint::using("gist")
            .with(IndexElement::column("room"), "=")
            .with(IndexElement::expression("tsrange(a, b)"), "&&")
            .name("no_overlap")
            .include(&["note"])
            .predicate("NOT cancelled")
            .deferrable()
            .initially_deferred()
            .comment("One at a time"),
    );
    op.validate_constraint("invoices", "no_overlap");
    op.create_unique_constraint(
        "invoices",
        UniqueConstraint::new(&["number"])
            .name("invoices_number_key")
            .deferrable()
            .initially_deferred()
            .nulls_not_distinct()
            .include(&["note"])
            .without_overlaps()
            .comment("One of each"),
    );
    op.create_check_constraint(
        "invoices",
        CheckConstraint::new("total >= 0").no_inherit().not_valid().not_enforced().comment("Never less"),
    );
    op.create_foreign_key(
        "invoices",
        ForeignKey::new(&["owner_id"], ObjectName::qualified("billing", "owners"), &["id"])
            .name("invoices_owner_id_fkey")
            .on_delete(Cascade)
            .on_update(Restrict)
            .deferrable()
            .initially_deferred()
            .match_full()
            .on_delete_columns(&["owner_id"])
            .period()
            .not_valid()
            .not_enforced()
            .comment("Who pays"),
    );
    op.create_foreign_key(
        "invoices",
        ForeignKey::new(&["a"], "b", &["c"]).on_delete(SetNull).on_update(SetDefault),
    );
    op.create_foreign_key(
        "invoices",
        ForeignKey::new(&["d"], "b", &["c"]).on_delete(ReferentialAction::NoAction).on_update(NoAction),
    );
    op.create_index(
        "invoices",
        Index::new("ix_invoices_number", &["number"])
            .element(
                IndexElement::column("name")
                    .descending()
                    .nulls_last()
                    .collation("C")
                    .operator_class("text_ops"),
            )
            .element(IndexElement::expression("lower(name)").nulls_first())
            .unique()
            .using("btree")
            .include(&["total"])
            .predicate("deleted_at IS NULL")
            .nulls_not_distinct()
            .concurrently()
            .comment("By number")
            .option("postgresql.fillfactor", "70"),
    );
    op.create_index("invoices", Index::new("ix_expression", &[]).element(IndexElement::expression("a")));
    op.create_table_comment("invoices", "What is owed");
    op.rename_column("invoices", "total", "amount");
    op.rename_enum(ObjectName::qualified("billing", "humour"), "mood");
    op.rename_enum_value("state", "sent", "shipped");
    op.rename_constraint("types", "old_key", "new_key");
    op.rename_index("types", "old_index", "new_index");
    op.rename_table("invoices", "bills");
    op.move_table("bills", ObjectName::qualified("archive", "bills"));
    op.move_enum(ObjectName::qualified("archive", "mood"), "mood");
    op.move_domain("email", ObjectName::qualified("archive", "email"));
    op.move_sequence("numbers", ObjectName::qualified("archive", "numbers"));
    op.lock_timeout("5s");
    op.statement_timeout("10min");
    op.execute("UPDATE bills SET amount = 0");
    op.create_definition(Definition::type_of("span").sql("CREATE TYPE span AS (a int, b int)"));
    op.create_definition(
        Definition::function("touch", "integer, text")
            .on("postgresql")
            .sql("CREATE FUNCTION touch(integer, text) RETURNS void LANGUAGE sql AS ''"),
    );
    op.drop_definition(Definition::procedure("sweep", ""));
    op.drop_definition(Definition::aggregate("total", "numeric"));
    op.replace_definition(
        Definition::view(ObjectName::qualified("billing", "open")).sql(
            r"CREATE VIEW billing.open AS
SELECT 1",
        ),
    );
    op.drop_definition(Definition::materialized_view("totals"));
    op.drop_definition(Definition::statistics("st"));
    op.drop_definition(Definition::trigger("touch", "jobs"));
    op.drop_definition(Definition::rule("no_insert", "jobs"));
    op.drop_definition(Definition::policy("own rows", "jobs"));
    op.execute_autocommit("VACUUM; ANALYZE");
    op.execute(
        r"UPDATE bills
SET amount = 0;",
    );
    op.execute_on("postgresql", "SELECT 'it''s', \"a\", '\u{e9}\t'");
    op.execute_on("sqlite", "SELECT \
        1");
    op.execute_autocommit_on("postgresql", "CALL fill()");
}

pub fn downgrade(operations: &mut Operations) {
    operations.drop_table_comment("bills");
    operations.drop_index("bills", "ix_invoices_number");
    operations.drop_index_concurrently("bills", "ix_invoices_number");
    operations.drop_constraint("bills", "invoices_owner_id_fkey");
    operations.drop_constraint("bills", PrimaryKey::new(&["id"]));
    operations.drop_constraint("bills", CheckConstraint::new("total >= 0"));
    operations.drop_constraint("bills", UniqueConstraint::new(&["number"]));
    operations.drop_constraint("bills", ForeignKey::new(&["a"], "b", &["c"]));
    operations.drop_column("bills", "note");
    operations.drop_table(ObjectName::qualified("billing", "types"));
    operations.drop_enum("state");
    operations.drop_domain("positive");
    operations.drop_extension("vector");
    operations.drop_sequence("odd");
    operations.drop_schema("billing")
}
