//! Arguments that do not fit

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3");

pub fn upgrade(op: &mut Operations) {
    op.add_column("a");
    op.add_column("a", Column::new("b", "text"));
    op.add_column("a", Column::new("b", Text), true);
    op.add_column("a", Column::new("b", Txt));
    op.add_column("a", Column::new("b", Varchar(36)));
    op.add_column("a", Column::new("b", Array));
    op.add_column("a", Column::new("b", Varchar::lenght(36)).not_nul().server_default(0));
    op.add_column("a", Column::new("b", Varchar::length(-1)));
    op.add_column("a", Column::new("b", Varchar::length(36u32)));
    op.add_column("a", Column::new("b", Varchar::length(1.5)));
    op.add_column("a", Column::new("b", Varchar::length(99999999999999999999)));
    op.add_column("a".to_string(), Column::new("b", Text));
    op.add_column(format!("a"), Column::new("b", Text));
    op.add_column(|a, b| a, Column::new("b", Text));
    op.add_column(NAME, Column::new("b", Text));
    op.add_column("a" + "b", Column::new("b", Text));
    op.add_column(&"a", (Column::new("b", Text), 1));
    op.add_column("a" Column::new("b", Text));
    op.add_column(, Column::new("b", Text));
    op.add_column(if true { "a" } else { "b" }, 'x', b"bytes");
    op.add_column("a\q", limbec::prelude::Column::new("b", Text));
    op.add_column(match 1 { _ => "a" }, Colum::new("b", Text));
    op.add_column("a", Column { name: "b" });
    op.create_index("a", Index::new("ix", "b"));
    op.create_index("a", Index::new("ix", &["b", 1]));
    op.create_foreign_key("a", ForeignKey::new(&["b"], "c", &["d"]).on_delete(Cascad));
    op.create_foreign_key("a", ForeignKey::new(&["b"], "c", &["d"]).on_delete(ReferentialAction::Nothing));
    op.execute_on("postgres", "SELECT 1");
    op.execute_on("oracle", "SELECT 1");
}

pub fn downgrade(_op: &mut Operations) {}
