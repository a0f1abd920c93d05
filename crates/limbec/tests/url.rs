//! URLs of databases: what is read is written again, and a password is never shown.

#[path = "url/passwords.rs"]
mod passwords;

use limbec::run::{DatabaseUrl, Error, ErrorKind};
use proptest::collection::vec;
use proptest::prelude::*;

fn parse(url: &str) -> Result<DatabaseUrl, Error> {
    DatabaseUrl::parse(url, "".as_ref())
}

/// All that may be printed of what a text leads to.
fn shown(url: &str) -> String {
    match parse(url) {
        Ok(url) => format!("{url} {url:?} {url:#?}"),
        Err(error) => format!("{error} {error:?} {error:#} {error:#?}"),
    }
}

#[cfg(feature = "postgres")]
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Text that is hard on URLs.
fn odd() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => "[a-z0-9]",
        4 => "[:/?#@%&=+,;\\[\\]' \\\\-]",
        1 => any::<char>().prop_map(String::from),
    ];
    vec(letter, 1..9).prop_map(|letters| letters.concat())
}

#[cfg(feature = "sqlite")]
#[test]
fn files_are_relative_to_the_project() {
    for (url, expected) in [
        ("sqlite:app.db", "sqlite:/srv/app.db"),
        ("sqlite://app.db", "sqlite:/srv/app.db"),
        ("sqlite:///app.db", "sqlite:/srv/app.db"),
        ("SQLite+aiosqlite:///data/app.db", "sqlite:/srv/data/app.db"),
        ("sqlite:/data/app.db", "sqlite:/data/app.db"),
        ("sqlite:////data/app.db", "sqlite:/data/app.db"),
        ("sqlite:app.db?mode=rwc", "sqlite:/srv/app.db"),
        // As SQLAlchemy has it, nothing is decoded.
        ("sqlite:my%20app@home.db", "sqlite:/srv/my%20app@home.db"),
        ("sqlite::memory:", "sqlite::memory:"),
        ("sqlite://", "sqlite::memory:"),
        ("sqlite:", "sqlite::memory:"),
        ("sqlite:a\u{1b}[1m", "sqlite:/srv/a\\u{1b}[1m"),
    ] {
        let read = DatabaseUrl::parse(url, "/srv".as_ref()).unwrap();
        assert_eq!(read.to_string(), expected, "{url}");
        assert_eq!(read.dialect().name(), "sqlite");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn a_server_is_shown_without_its_password() {
    for (url, expected) in [
        (
            "postgres://me:s3cret@db/shop",
            "postgresql://me:***@db/shop",
        ),
        ("postgresql+psycopg://db", "postgresql://db"),
        ("postgresql://:/shop", "postgresql:///shop"),
        (
            "postgresql://db?user=me&password=s3cret",
            "postgresql://me:***@db",
        ),
        (
            "postgresql://db/shop?sslpassword=s3cret&sslmode=require",
            "postgresql://db/shop?sslpassword=***&sslmode=require",
        ),
        (
            "postgresql:///shop?host=a:1,b&port=2",
            "postgresql://a:2,b:2/shop",
        ),
        (
            "postgresql:///shop?host=/run/pg",
            "postgresql://%2Frun%2Fpg/shop",
        ),
        (
            "postgresql://[::1]:6543/shop",
            "postgresql://[::1]:6543/shop",
        ),
        ("postgresql://me:a/b@db/shop", "postgresql://me:***@db/shop"),
        ("postgresql://me:a@b@db/shop", "postgresql://me:***@db/shop"),
        // Whether the `@` belongs to the password cannot be told.
        (
            "postgresql://me:s3cret@db/shop?application_name=a@b",
            "<database URL>",
        ),
        (
            "host=db port=1 user=me password='s3 cret' dbname=shop",
            "postgresql://me:***@db:1/shop",
        ),
        (
            "postgresql://me%1b%5b1m@db/%0a",
            "postgresql://me%1B%5B1m@db/%0A",
        ),
    ] {
        let read = parse(url).unwrap();
        assert_eq!(read.to_string(), expected, "{url}");
        assert_eq!(read.dialect().name(), "postgresql");
    }
}

#[test]
fn other_urls_are_refused_with_what_to_write() {
    for (url, expected) in [
        (
            "oracle://db/app",
            "begins with `oracle:`, which limbec does not know",
        ),
        ("me:s3cret@db", "does not begin with a scheme"),
        ("s3cret:me@db", "does not begin with a scheme"),
        ("s3cret", "has no scheme"),
        ("", "has no scheme"),
    ] {
        let error = parse(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection);
        assert!(error.to_string().contains(expected), "{error}");
        let hint = error.hint().unwrap();
        assert!(hint.contains("`sqlite:FILE` or `postgresql://"), "{hint}");
        assert!(!shown(url).contains("s3cret"), "{error:?}");
    }
}

/// Of a build with one driver or none.
#[test]
fn a_url_of_a_driver_that_is_not_built_in_names_its_feature() {
    let all = [
        ("sqlite:app.db", "sqlite", cfg!(feature = "sqlite")),
        ("postgres://db/shop", "postgres", cfg!(feature = "postgres")),
    ];
    for (url, feature, is_on) in all {
        match parse(url) {
            Ok(_) => assert!(is_on, "{url}"),
            Err(error) => {
                assert!(!is_on, "{error}");
                assert!(error.to_string().contains("without the driver"), "{error}");
                let expected = format!("switch on the feature `{feature}` of the crate `limbec`");
                assert_eq!(error.hint(), Some(expected.as_str()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_written_again(
        scheme in "(sqlite|postgresql|postgres)",
        slashes in "/{0,5}",
        rest in odd(),
        more in odd(),
    ) {
        if let Ok(url) = parse(&format!("{scheme}:{slashes}{rest}@db/{more}")) {
            prop_assert_eq!(parse(&url.with_password().to_string()).unwrap(), url);
        }
        if let Ok(url) = parse(&format!("{scheme}:{slashes}{rest}{more}")) {
            prop_assert_eq!(parse(&url.with_password().to_string()).unwrap(), url);
        }
    }

    #[test]
    fn nothing_that_is_shown_holds_a_control_character(
        scheme in "(sqlite:|postgresql://|.{0,3})",
        rest in ".{0,12}",
    ) {
        let text = shown(&format!("{scheme}{rest}"));
        prop_assert!(!text.chars().any(|it| it.is_control() && it != '\n'), "{:?}", text);
    }

    /// Where a password may stand, percent-encoded.
    #[cfg(feature = "postgres")]
    #[test]
    fn a_password_is_never_shown(before in odd(), after in odd(), name in odd()) {
        let password = format!("{before}S3CRET{after}");
        let (encoded, name) = (encoded(&password), encoded(&name));
        for url in [
            format!("postgresql://{name}:{encoded}@db/{name}?application_name={name}"),
            format!("postgresql://:{encoded}@a:1,b:2"),
            format!("postgresql://db/{name}?password={encoded}&user={name}"),
            format!("postgresql://db/{name}?sslpassword={encoded}&application_name={name}"),
        ] {
            prop_assert!(!shown(&url).contains("S3CRET"), "{}", url);
            let url = parse(&url).unwrap();
            prop_assert!(url.with_password().to_string().contains("S3CRET"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_password_that_nobody_has_escaped_is_never_shown(url in passwords::with_password()) {
        let text = shown(&url);
        prop_assert!(!text.contains(passwords::MARKER), "{}: {}", url, text);
    }
}
