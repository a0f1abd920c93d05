//! What `--sql` prints, fed to the database's own shell, leads to the same database as a run does,
//! version rows included.

use std::sync::Arc;

use limbec::report;
use limbec::run::{
    Content, Database, DatabaseUrl, Error, Migrator, Revisions, State, VERSION_TABLE, reflect,
    render,
};
use limbec_core::journal::is_own;
use limbec_core::operations::Operation;
use limbec_core::revision::{Direction, Graph, Header};
use limbec_core::schema::Schema;
use limbec_source::revisions::Body;
use limbec_testkit::postgres::{EMPTY, TestDatabase, psql, test_database};
use limbec_testkit::sqlite::{ScratchFile, scratch_file, sqlite3};

use crate::trial::is_cut;

/// Revisions in a chain, in memory.
struct Chain {
    graph: Graph,
    contents: Vec<Arc<Content>>,
}

impl Chain {
    fn of(bodies: &[Body]) -> Self {
        let header = |number: usize| Header {
            id: format!("r{number}"),
            revises: (0..number)
                .next_back()
                .map(|it| format!("r{it}"))
                .into_iter()
                .collect(),
            message: "It's a change; /* of two".to_string(),
            path: format!("r{number}.rs"),
            ..Header::default()
        };
        let content = |body: &Body| {
            Arc::new(Content {
                upgrade: body.upgrade.clone(),
                downgrade: body.downgrade.clone(),
                ..Content::default()
            })
        };
        Chain {
            graph: Graph::new((0..bodies.len()).map(header).collect()).expect("a chain is sound"),
            contents: bodies.iter().map(content).collect(),
        }
    }

    fn operations(&self) -> impl Iterator<Item = &Operation> {
        let contents = self.contents.iter();
        contents.flat_map(|it| it.upgrade.iter().chain(&it.downgrade))
    }
}

impl Revisions for Chain {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn read(&self, id: &str) -> Result<Arc<Content>, Error> {
        let index = self.graph.index_of(id).expect("a revision of the chain");
        Ok(Arc::clone(&self.contents[index]))
    }
}

/// A database for runs and one for scripts.
pub(crate) struct Databases {
    run: Shell,
    fed: Shell,
}

impl Databases {
    pub(crate) fn sqlite() -> Self {
        let file = || Shell::Sqlite(scratch_file().expect("a folder for a database"));
        Databases {
            run: file(),
            fed: file(),
        }
    }

    /// To be used again and again: making a database takes PostgreSQL longer than emptying one.
    pub(crate) fn postgres() -> Self {
        let database = || Shell::Postgres(test_database());
        Databases {
            run: database(),
            fed: database(),
        }
    }

    /// Runs revisions up and down on one database, and feeds their scripts to the shell of the other.
    pub(crate) fn agree(&self, bodies: &[Body]) -> Result<(), String> {
        let chain = Chain::of(bodies);
        // A script is made without a database: a name that it cuts is two there.
        if is_cut(chain.operations()) {
            return Ok(());
        }
        self.run.empty()?;
        self.fed.empty()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(both_ways(&self.run, &self.fed, &chain))
    }
}

/// A database with its shell.
enum Shell {
    Sqlite(ScratchFile),
    Postgres(TestDatabase),
}

impl Shell {
    fn empty(&self) -> Result<(), String> {
        match self {
            Shell::Sqlite(file) => match std::fs::remove_file(file.path()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(error.to_string())
                }
                _ => Ok(()),
            },
            Shell::Postgres(database) => {
                let emptied = psql(
                    database.url(),
                    &format!("SET client_min_messages = warning; {EMPTY}"),
                );
                emptied.map(drop).map_err(|error| error.to_string())
            }
        }
    }

    fn url(&self) -> DatabaseUrl {
        let url = match self {
            Shell::Sqlite(file) => file.url(),
            Shell::Postgres(database) => database.url().to_string(),
        };
        DatabaseUrl::parse(&url, "".as_ref()).expect("a URL of a database")
    }

    fn feed(&self, script: &str) -> Result<(), String> {
        let fed = match self {
            Shell::Sqlite(file) => sqlite3(file.path(), script),
            Shell::Postgres(database) => psql(database.url(), script),
        };
        fed.map(drop)
            .map_err(|error| format!("the shell: {error}\n{script}"))
    }
}

/// What a database holds.
type Held = (Schema, Vec<String>);

async fn held(database: &mut Database) -> Result<Held, Error> {
    let state = State::read(database, &VERSION_TABLE.into()).await?;
    let mut schema = reflect(database).await?;
    // A run writes the journal, a script does not.
    schema
        .tables
        .retain(|it| !is_own(&it.name, &VERSION_TABLE.into()));
    Ok((schema, state.version().rows.clone()))
}

async fn both_ways(run: &Shell, fed: &Shell, chain: &Chain) -> Result<(), String> {
    let words = |error: Error| error.to_string();
    let mut database = Database::connect(&run.url())
        .await
        .map_err(|it| it.to_string())?;
    for direction in [Direction::Up, Direction::Down] {
        let before = State::read(&mut database, &VERSION_TABLE.into())
            .await
            .map_err(words)?;
        let rows = &before.version().rows;
        let plan = match direction {
            Direction::Down => chain.graph.downgrade(rows, "base"),
            _ => chain.graph.upgrade(rows, "heads"),
        };
        let plan = plan.map_err(|error| error.to_string())?;
        let scripts = render(chain, run.url().dialect(), &VERSION_TABLE.into(), &plan);
        let scripts = scripts.map_err(words)?;
        if scripts.iter().any(|it| it.assumes) {
            return Ok(());
        }
        let mut migrator = Migrator::new(&mut database, chain);
        let outcome = match direction {
            Direction::Down => migrator.downgrade("base").await,
            _ => migrator.upgrade("heads").await,
        };
        drop(migrator);
        outcome.map_err(|error| format!("the run: {error}"))?;
        let script = report::script(&scripts, None);
        fed.feed(&script)?;
        let by_run = held(&mut database).await.map_err(words)?;
        let mut other = Database::connect(&fed.url())
            .await
            .map_err(|it| it.to_string())?;
        let by_script = held(&mut other).await.map_err(words)?;
        if by_run != by_script {
            return Err(format!(
                "{direction:?}: a run gives\n{by_run:#?}\nand the script\n{by_script:#?}\n{script}"
            ));
        }
    }
    Ok(())
}
