//! Views and functions keep their owner and grants when they have to be made anew.

use limbec::connection::Connection as _;
use limbec_core::operations::{AlterColumn, Operation};
use limbec_core::schema::{BigInteger, Definition};

use crate::Scratch;

const GRANTS: &str = "SELECT c.relname || ' ' || c.relowner::regrole || ' ' || coalesce(c.relacl::text, '') \
     FROM pg_class c WHERE c.relname IN ('lengths', 'long', 'counted') \
     UNION ALL SELECT proname || ' ' || proowner::regrole || ' ' || coalesce(proacl::text, '') \
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1";

async fn library() -> (Scratch, String) {
    let mut scratch = Scratch::new().await;
    let role = format!("limbec_reader_{}", std::process::id());
    scratch
        .sql(&format!(
            "DO $$BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
             CREATE TABLE books (id int PRIMARY KEY, pages int);
             INSERT INTO books VALUES (1, 500);
             CREATE FUNCTION doubled(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
             CREATE VIEW lengths AS SELECT id, pages FROM books;
             CREATE VIEW long AS SELECT id, doubled(pages) FROM lengths WHERE pages > 100;
             CREATE MATERIALIZED VIEW counted AS SELECT count(pages) AS n FROM lengths;
             CREATE UNIQUE INDEX counted_n ON counted (n);
             GRANT SELECT, INSERT ON lengths TO {role} WITH GRANT OPTION;
             GRANT SELECT ON long TO PUBLIC;
             REVOKE EXECUTE ON FUNCTION doubled(int) FROM PUBLIC;
             ALTER VIEW long OWNER TO {role};"
        ))
        .await;
    (scratch, role)
}

async fn grants(scratch: &mut Scratch) -> Vec<String> {
    let mut answers = scratch.client.run(&[GRANTS]).await.unwrap();
    let rows = answers.remove(0).rows;
    rows.into_iter()
        .map(|row| row[0].clone().unwrap())
        .collect()
}

#[tokio::test]
async fn views_over_a_column_of_a_new_type_keep_their_grants() {
    let (mut scratch, role) = library().await;
    let before = grants(&mut scratch).await;
    assert!(before.iter().any(|it| it.contains(&role)), "{before:?}");
    let definitions = scratch.reflect().await.definitions;
    let mut change = AlterColumn::new("pages").column_type(BigInteger);
    change.using = None;
    let operation = Operation::AlterColumn {
        table: "books".into(),
        change,
    };
    // `long` calls a function of the old type: it is refused as a whole, and nothing is lost.
    let refusal = scratch.refusal(std::slice::from_ref(&operation)).await;
    assert!(refusal.contains("doubled(bigint)"), "{refusal}");
    assert_eq!(grants(&mut scratch).await, before);

    scratch
        .sql("CREATE FUNCTION doubled(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * n'")
        .await;
    let before = grants(&mut scratch).await;
    scratch.apply(&[operation]).await;
    assert_eq!(grants(&mut scratch).await, before);
    let after = scratch.reflect().await.definitions;
    let names = |all: &[Definition]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(after.len(), definitions.len() + 1);
    assert!(
        names(&definitions)
            .iter()
            .all(|it| names(&after).contains(it))
    );
    let counted = after.iter().find(|it| it.name.name == "counted").unwrap();
    assert!(counted.sql.contains("counted_n"), "{}", counted.sql);
}

#[tokio::test]
async fn a_replaced_view_keeps_its_grants_and_what_stands_on_it() {
    let (mut scratch, _) = library().await;
    let before = grants(&mut scratch).await;
    let to = Definition::view("lengths")
        .sql("CREATE VIEW lengths AS SELECT pages, id, 1 AS x FROM books");
    let replace = Operation::ReplaceDefinition { to, from: None };
    scratch.apply(&[replace]).await;
    assert_eq!(grants(&mut scratch).await, before);
}

#[tokio::test]
async fn a_function_of_another_head_keeps_its_grants_and_what_stands_on_it() {
    let (mut scratch, _) = library().await;
    let before = grants(&mut scratch).await;
    let to = Definition::function("doubled", "integer")
        .sql("CREATE FUNCTION doubled(number int) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * number::bigint'");
    let replace = Operation::ReplaceDefinition { to, from: None };
    scratch.apply(&[replace]).await;
    assert_eq!(grants(&mut scratch).await, before);
    let definitions = scratch.reflect().await.definitions;
    assert!(
        definitions
            .iter()
            .any(|it| it.sql.contains("RETURNS bigint"))
    );
}
