//! stub
use super::*;
/// Connects.
pub async fn connect(_url: &str) -> Result<tokio_postgres::Client, DatabaseError> {
    unimplemented!()
}
impl Connection for tokio_postgres::Client {
    fn dialect(&self) -> &'static dyn Dialect {
        unimplemented!()
    }
    async fn run(&mut self, _statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        unimplemented!()
    }
    async fn pause(&mut self, _time: Duration) {}
}
