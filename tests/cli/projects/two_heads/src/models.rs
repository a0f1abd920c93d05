use limbec::Table;

#[derive(Table)]
#[table(name = "collections")]
pub struct Collection {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
}
