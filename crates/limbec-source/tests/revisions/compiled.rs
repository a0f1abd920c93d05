//! A revision file that is compiled and one that is read are the same.

use limbec::prelude::Operations;
use limbec_core::schema::{ColumnType, ReferentialAction};
use limbec_core::script::BUILDERS;
use limbec_source::revisions::{read_body, read_header};
use limbec_source::write::{NewRevision, Remarks, write_revision};

// As it is written by hand, in every spelling that is allowed.
#[rustfmt::skip]
#[allow(unreachable_pub, unused_parens, clippy::all, clippy::pedantic)]
#[path = "every_directive.rs"]
mod every_directive;

const PATH: &str = "tests/revisions/every_directive.rs";
const TEXT: &str = include_str!("every_directive.rs");

#[test]
fn the_compiled_and_the_read_operations_are_the_same() {
    let read = read_body(PATH, TEXT).unwrap();
    let compiled = |function: fn(&mut Operations)| {
        let mut op = Operations::new();
        function(&mut op);
        op.into_vec()
    };
    assert_eq!(read.upgrade, compiled(every_directive::upgrade));
    assert_eq!(read.downgrade, compiled(every_directive::downgrade));
}

#[test]
fn the_compiled_and_the_read_header_are_the_same() {
    let read = read_header(PATH, TEXT).unwrap();
    let compiled = every_directive::REVISION;
    assert_eq!(read.id, compiled.id);
    assert_eq!(read.revises, compiled.revises);
    assert_eq!(read.depends_on, compiled.depends_on);
    assert_eq!(read.branch_labels, compiled.branch_labels);
    assert_eq!(read.message, "Every directive");
    assert_eq!(read.create_date.as_deref(), Some("2026-11-22 13:16:14 UTC"));
}

#[test]
fn the_written_operations_are_the_same() {
    let header = read_header(PATH, TEXT).unwrap();
    let read = read_body(PATH, TEXT).unwrap();
    let (upgrade, downgrade) = (&read.upgrade, &read.downgrade);
    let written = write_revision(&NewRevision {
        header: &header,
        upgrade,
        downgrade,
        notes: &[],
        remarks: &Remarks::default(),
    });
    let again = read_body(PATH, &written).unwrap();
    assert_eq!((&again.upgrade, &again.downgrade), (upgrade, downgrade));
    assert_eq!(read_header(PATH, &written).unwrap(), header);
}

/// A name that is missing here has never been compiled: neither its types nor its argument order
/// are tested.
#[test]
fn the_file_uses_every_name() {
    let mut missing = Vec::new();
    let mut want = |call: String| {
        if !TEXT.contains(&call) {
            missing.push(call);
        }
    };
    for directive in Operations::DIRECTIVES {
        let parameter = if TEXT.contains(&format!("op.{directive}(")) {
            "op"
        } else {
            "operations"
        };
        want(format!("{parameter}.{directive}("));
    }
    for builder in BUILDERS {
        for function in builder.functions {
            want(format!("{}::{function}(", builder.name));
        }
    }
    for function in ColumnType::FUNCTIONS {
        want(format!("{function}("));
    }
    for constant in ColumnType::CONSTANTS {
        want(format!(", {constant})"));
    }
    for (_, action, _) in ReferentialAction::ALL {
        want(format!("({action})"));
    }
    assert!(
        missing.is_empty(),
        "tests/revisions/every_directive.rs lacks {missing:?}"
    );
}

/// The methods of each type, not only their names: several types have a `name`.
#[test]
fn the_file_calls_every_method_of_every_type() {
    let file = syn::parse_file(TEXT).unwrap();
    let mut called = Vec::new();
    for item in &file.items {
        if let syn::Item::Fn(function) = item {
            for statement in &function.block.stmts {
                if let syn::Stmt::Expr(expression, _) = statement {
                    methods(expression, &mut called);
                }
            }
        }
    }
    for builder in BUILDERS {
        for method in builder.methods {
            let call = format!("{}.{method}", builder.name);
            assert!(
                called.contains(&call),
                "tests/revisions/every_directive.rs lacks {call}"
            );
        }
    }
}

/// Gives the type that a chain begins with, and notes the methods called on it.
fn methods(expression: &syn::Expr, called: &mut Vec<String>) -> String {
    match expression {
        syn::Expr::MethodCall(call) => {
            let owner = methods(&call.receiver, called);
            called.push(format!("{owner}.{}", call.method));
            call.args.iter().for_each(|it| drop(methods(it, called)));
            owner
        }
        syn::Expr::Call(call) => {
            call.args.iter().for_each(|it| drop(methods(it, called)));
            methods(&call.func, called)
        }
        syn::Expr::Path(path) => path.path.segments[0].ident.to_string(),
        _ => String::new(),
    }
}
