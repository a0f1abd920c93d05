//! What the derive macros say of mistakes: all at once, and only what the item alone shows.

use limbec_source::models::{derive_enum, derive_table};

/// The texts of the compile errors in an expansion.
fn errors(expansion: &str) -> Vec<String> {
    let mut errors = Vec::new();
    for part in expansion.split("compile_error ! {").skip(1) {
        let text = part.split("\" }").next().unwrap_or_default();
        let literal: syn::LitStr =
            syn::parse_str(&format!("{text}\"")).expect("an error is a string");
        errors.push(literal.value());
    }
    errors
}

fn of_table(item: &str) -> Vec<String> {
    errors(&derive_table(item.parse().expect("the item is Rust")).to_string())
}

#[test]
fn every_mistake_of_an_item_is_an_error_of_its_own() {
    let found = of_table(
        "struct A { #[column(primary_kye)] a: i32, #[column(length = 3)] b: i64, #[column(unique, index(columns = [\"a\"]))] c: Uuid }",
    );
    assert_eq!(found, [
        "unknown attribute `primary_kye` in `#[column(…)]`\n= help: did you mean `primary_key`?",
        "at a field the column is the field's own\n= help: write it at the struct: `#[table(index(columns = [\"a\", \"b\"]))]`",
        "`A` has no primary key\n= help: write `#[column(primary_key)]` at its field or fields\n= help: write `#[table(no_primary_key)]` where it has none on purpose",
        "`length` is of text, and this column is `integer`",
    ].map(|text| text.replace("`integer`", "`bigint`")));
}

#[test]
fn what_other_files_say_is_no_error() {
    for field in [
        "Uuid",
        "Option<DateTime<Utc>>",
        "Vec<Status>",
        "u64",
        "UserId",
        "HashMap<A, B>",
        "a::b::C",
        "DateTime",
        "Vec<Vec<Thing>>",
    ] {
        let item = format!(
            "struct A {{ #[column(primary_key)] id: i64, #[column(foreign_key = \"b.id\", length = 3)] x: {field} }}"
        );
        assert_eq!(of_table(&item), [""; 0], "{field}");
    }
}

#[test]
fn items_that_are_no_tables() {
    assert_eq!(
        of_table("enum A { B }"),
        ["a table is a struct with named fields"]
    );
    assert_eq!(of_table("struct A;").len(), 1);
    let expansion = derive_enum("struct A;".parse().expect("Rust")).to_string();
    assert_eq!(errors(&expansion), ["an enumeration is an enum"]);
    let expansion = derive_enum("enum A { B(i32), C, C2 }".parse().expect("Rust")).to_string();
    assert!(expansion.contains("\"c2\""));
    assert_eq!(errors(&expansion).len(), 1);
}
