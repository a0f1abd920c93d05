//! Statements that are no directives

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3");

pub fn upgrade(op: &mut Operations) {
    for name in ["a", "b"] {
        op.drop_table(name);
    }
    let name = "documents";
    if true {
        op.drop_table(name);
    } else {
        op.drop_table("b");
    }
    println!("hello");
    #[cfg(feature = "x")]
    op.drop_table("c");
    backfill(op);
    op.drop_table("d").unwrap();
    op.drop_table("e")?;
    op.drop_table("f")
    op.drop_table("g");
    match 1 {
        1 => op.drop_table("h"),
        _ => {}
    }
    op.sql = 1;
    return;
    { op.drop_table("i"); }
    /// Drops the rest.
    op.drop_table("j");
    unsafe { op.drop_table("k") };
}

pub fn downgrade(operations: &mut Operations) {
    op.create_table(Table::new("a"));
    operations.drop_tabel("a");
    operations;
}
