//! `#[cfg(…)]` and `#[cfg_attr(…)]` in a file that is not compiled.
//!
//! Models describe the database whatever features are on: a condition counts as true, and only
//! what is for tests alone is left out.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// Writes the attributes of `cfg_attr` out, and says whether the item is kept.
pub(super) fn resolve(attributes: &[Attribute]) -> (Vec<Attribute>, bool) {
    let mut resolved = Vec::with_capacity(attributes.len());
    let mut kept = true;
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("cfg") {
            kept &= attribute
                .parse_args::<Meta>()
                .map_or(true, |condition| !for_tests(&condition));
        } else if path.is_ident("cfg_attr") {
            let list = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let mut list = list.into_iter().flatten();
            if list.next().is_some_and(|condition| !for_tests(&condition)) {
                resolved.extend(list.map(|meta| Attribute {
                    meta,
                    ..attribute.clone()
                }));
            }
        } else {
            resolved.push(attribute.clone());
        }
    }
    (resolved, kept)
}

/// Whether a condition holds in tests only: `test`, `all(test, …)`.
pub(super) fn for_tests(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|all| all.iter().any(for_tests)),
        _ => false,
    }
}
