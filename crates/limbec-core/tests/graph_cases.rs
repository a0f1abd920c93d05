//! Runs the graph cases (a graph, rows, a command, and Alembic's answer) against the planner.
//!
//! `tests/data/README.md` explains the format of the cases. `graph_cases/deviations.rs` lists those
//! that limbec answers differently, with the reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use limbec_core::revision::{Graph, Header, Plan, PlanStep};
use serde::Deserialize;
use serde_json::Value;

#[path = "graph_cases/deviations.rs"]
mod deviations;

use deviations::{DEVIATIONS, Limbec};

#[derive(Debug, Deserialize)]
struct Case {
    graph: String,
    rows: Vec<String>,
    cmd: String,
    #[serde(default)]
    target: Value,
    seed: Option<u64>,
    steps: Option<Value>,
    steps_set: Option<Vec<String>>,
    rows_after: Option<Vec<String>>,
    error: Option<String>,
    crash: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    heads: Option<Vec<String>>,
    real_heads: Option<Vec<String>>,
    revisions: Option<Vec<String>>,
    shown: Option<Vec<String>>,
}

/// What limbec answers, in the form of a case.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Plan {
        steps: Value,
        rows: BTreeSet<String>,
        warned: bool,
    },
    Listed(Vec<String>),
    Error(String),
}

impl Case {
    fn load(&self) -> Result<Graph, String> {
        let headers = self.graph.split("; ").enumerate();
        let headers = headers
            .map(|(index, revision)| header(index, revision))
            .collect();
        Graph::new(headers).map_err(|errors| {
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        })
    }

    fn answer(&self) -> Answer {
        match self.load().and_then(|graph| self.run(&graph)) {
            Ok(answer) => answer,
            Err(error) => Answer::Error(error),
        }
    }

    fn run(&self, graph: &Graph) -> Result<Answer, String> {
        let targets = names(&self.target);
        let target = targets.first().map_or("", String::as_str);
        let ids = |nodes: Vec<usize>| {
            nodes
                .into_iter()
                .map(|node| graph.id(node).to_owned())
                .collect()
        };
        let text = |error: limbec_core::revision::RevisionError| error.to_string();
        match self.cmd.as_str() {
            "upgrade" => Ok(plan(&graph.upgrade(&self.rows, target).map_err(text)?)),
            "downgrade" => Ok(plan(&graph.downgrade(&self.rows, target).map_err(text)?)),
            "stamp" => {
                let plan = graph.stamp(&self.rows, &targets, false).map_err(text)?;
                let steps = plan
                    .steps
                    .iter()
                    .map(|step| serde_json::json!([step.from(), step.to()]));
                Ok(Answer::Plan {
                    steps: steps.collect(),
                    rows: set(&plan.rows_after),
                    warned: false,
                })
            }
            "resolve" => Ok(Answer::Listed(ids(graph
                .resolve(target, &self.rows)
                .map_err(text)?))),
            "current" => {
                let current = graph.current(&self.rows).map_err(text)?;
                Ok(Answer::Listed(ids(current
                    .into_iter()
                    .map(|line| line.revision)
                    .collect())))
            }
            "heads" => {
                let real: Vec<String> = ids(graph.real_heads());
                assert_eq!(
                    Some(sorted(&real)),
                    self.real_heads.as_ref().map(|ids| sorted(ids))
                );
                Ok(Answer::Listed(ids(graph.heads())))
            }
            other => panic!("a case runs the unknown command `{other}`"),
        }
    }

    fn expected(&self) -> Answer {
        if let Some(error) = self.error.as_ref().or(self.crash.as_ref()) {
            return Answer::Error(error.clone());
        }
        if let Some(rows) = &self.rows_after {
            let steps = self
                .steps
                .clone()
                .unwrap_or_else(|| self.steps_set.clone().into());
            return Answer::Plan {
                steps,
                rows: set(rows),
                warned: !self.warnings.is_empty(),
            };
        }
        let listed = self
            .heads
            .as_ref()
            .or(self.revisions.as_ref())
            .or(self.shown.as_ref());
        Answer::Listed(listed.expect("a case has an answer").clone())
    }

    /// Tells whether limbec's answer is Alembic's.
    fn agrees(&self, got: &Answer) -> bool {
        match (&self.expected(), got) {
            (Answer::Error(theirs), Answer::Error(ours)) => {
                // A crash of theirs has the class's name in front; ours adds places and candidates.
                let theirs = theirs
                    .split_once("Detected: ")
                    .map_or(theirs.as_str(), |(_, text)| text);
                let theirs = theirs.strip_prefix("RevisionError: ").unwrap_or(theirs);
                ours.contains(theirs)
            }
            (Answer::Listed(theirs), Answer::Listed(ours)) => sorted(theirs) == sorted(ours),
            (
                Answer::Plan {
                    steps: theirs,
                    rows,
                    warned,
                },
                Answer::Plan {
                    steps: ours,
                    rows: our_rows,
                    warned: our_warned,
                },
            ) => {
                let same_steps = if self.steps_set.is_some() {
                    set(&names(theirs)) == set(&names(ours))
                } else {
                    theirs == ours
                };
                same_steps && rows == our_rows && warned == our_warned
            }
            _ => false,
        }
    }
}

/// Reads a revision: `id <parent +dependency @label`.
fn header(index: usize, revision: &str) -> Header {
    let mut words = revision.split(' ');
    let id = words.next().unwrap_or_default();
    let mut header = Header {
        id: id.to_owned(),
        path: format!("{index:04}_{id}.rs"),
        ..Header::default()
    };
    for word in words {
        let (sign, name) = word.split_at(1);
        let names = match sign {
            "<" => &mut header.revises,
            "+" => &mut header.depends_on,
            "@" => &mut header.branch_labels,
            _ => panic!("`{word}` of `{revision}` begins with none of `<`, `+` and `@`"),
        };
        names.push(name.to_owned());
    }
    header
}

fn plan(plan: &Plan) -> Answer {
    assert_eq!(plan.rows_after_steps(plan.steps.len()), plan.rows_after);
    Answer::Plan {
        steps: plan.steps.iter().map(PlanStep::id).collect(),
        rows: set(&plan.rows_after),
        warned: plan.warning.is_some(),
    }
}

fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

fn set(names: &[String]) -> BTreeSet<String> {
    names.iter().cloned().collect()
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names
}

fn cases(file: &str) -> BTreeMap<String, Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/graph-cases")
        .join(file)
        .with_extension("jsonl");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Case> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line holds a case"))
        .collect();
    let name =
        |(place, case): (usize, &Case)| format!("{file} {}", case.seed.unwrap_or(place as u64));
    let named: Vec<String> = cases.iter().enumerate().map(name).collect();
    named.into_iter().zip(cases).collect()
}

fn check(file: &str) {
    let cases = cases(file);
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let got = case.answer();
        let deviation = DEVIATIONS.iter().find(|deviation| deviation.case == name);
        let agrees = case.agrees(&got);
        let right = match deviation {
            // A deviation that is none (any more) must leave the list.
            Some(deviation) => !agrees && deviation.limbec.is(&got),
            None => agrees,
        };
        if !right {
            let Case {
                graph,
                rows,
                cmd,
                target,
                ..
            } = case;
            let theirs = case.expected();
            wrong.push(format!(
                "{name}: {rows:?} {cmd} {target}\n  graph {graph}\n  limbec {got:?}\n  alembic {theirs:?}"
            ));
        }
    }
    for deviation in DEVIATIONS
        .iter()
        .filter(|deviation| deviation.case.starts_with(file))
    {
        assert!(
            cases.contains_key(deviation.case),
            "no case `{}`",
            deviation.case
        );
        assert!(!deviation.reason.is_empty());
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

impl Limbec {
    fn is(&self, got: &Answer) -> bool {
        match (self, got) {
            (
                Self::Plan { steps, rows },
                Answer::Plan {
                    steps: got,
                    rows: got_rows,
                    ..
                },
            ) => {
                let rows = rows.iter().map(|&row| row.to_owned()).collect();
                serde_json::json!(steps) == *got && *got_rows == rows
            }
            (
                Self::Stamps { steps, rows },
                Answer::Plan {
                    steps: got,
                    rows: got_rows,
                    ..
                },
            ) => {
                let rows = rows.iter().map(|&row| row.to_owned()).collect();
                serde_json::json!(steps) == *got && *got_rows == rows
            }
            (Self::Error(text), Answer::Error(got)) => got.contains(text),
            _ => false,
        }
    }
}

#[test]
fn hand_made_cases() {
    check("hand");
}

#[test]
fn random_cases() {
    check("random");
}
