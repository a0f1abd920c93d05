//! No change of a model was left without a revision.

#[test]
fn models_and_revisions_agree() {
    // A service whose environment has DATABASE_URL leaves `database = …` away.
    let database = limbec_testkit::postgres::test_database();
    limbec_generate::assert_models_match!(database = database.url());
}
