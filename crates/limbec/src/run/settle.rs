//! Compares two schemas, asking the database about expressions whose texts differ.

use limbec_core::compare::{Comparison, Question, Verdict, Verdicts, compare};
use limbec_core::dialect::{Expression, ScratchFrame};
use limbec_core::schema::Schema;

use super::Error;
use crate::connection::Connection;

/// How often an answer is asked again until it no longer changes: PostgreSQL's own text of
/// `x IN (…)` over `varchar` changes once more when it is read back.
const ROUNDS: usize = 4;

/// Compares the current schema with the target until the database has settled every question.
///
/// `judge` is a connection on which temporary tables may be made in a transaction that is rolled
/// back: the database itself on PostgreSQL, one in memory for SQLite. `in_transaction` says
/// whether the caller holds a transaction open on it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn settle<C: Connection>(
    judge: &mut C,
    in_transaction: bool,
    current: &Schema,
    target: &Schema,
) -> Result<Comparison, Error> {
    let mut verdicts = Verdicts::default();
    settle_by(judge, in_transaction, current, target, &mut verdicts).await
}

/// Does the same, starting from what the database has said before.
///
/// # Errors
/// When the database cannot be asked.
pub async fn settle_by<C: Connection>(
    judge: &mut C,
    in_transaction: bool,
    current: &Schema,
    target: &Schema,
    verdicts: &mut Verdicts,
) -> Result<Comparison, Error> {
    let dialect = judge.dialect();
    let frame = dialect.scratch_frame(in_transaction);
    loop {
        let mut comparison = compare(current, target, dialect, verdicts);
        if comparison.questions.is_empty() {
            return Ok(comparison);
        }
        for question in std::mem::take(&mut comparison.questions) {
            let verdict = ask(judge, &frame, &question).await?;
            verdicts.insert(question, verdict);
        }
    }
}

async fn ask<C: Connection>(
    judge: &mut C,
    frame: &ScratchFrame,
    question: &Question,
) -> Result<Verdict, Error> {
    let target = match canonical(judge, frame, &question.target).await? {
        Ok(text) => text,
        Err(Refusal { reason, position }) => return Ok(Verdict::Refused { reason, position }),
    };
    Ok(match canonical(judge, frame, &question.current).await? {
        Ok(text) if text == target => Verdict::Equal,
        Ok(_) => Verdict::Different,
        Err(refusal) => Verdict::Unknown(refusal.reason),
    })
}

/// Why the database refuses an expression, and where in it, in characters from 0.
struct Refusal {
    reason: String,
    position: Option<usize>,
}

/// The database's own text of an expression, or its reason to refuse it.
async fn canonical<C: Connection>(
    judge: &mut C,
    frame: &ScratchFrame,
    expression: &Expression,
) -> Result<Result<String, Refusal>, Error> {
    let rounds = if judge.dialect().capabilities().canonical_is_sql {
        ROUNDS
    } else {
        1
    };
    let mut expression = expression.clone();
    for _ in 0..rounds {
        let text = match canonical_once(judge, frame, &expression).await? {
            Ok(text) => text,
            Err(reason) => return Ok(Err(reason)),
        };
        if text == expression.text {
            break;
        }
        expression.text = text;
    }
    Ok(Ok(expression.text))
}

async fn canonical_once<C: Connection>(
    judge: &mut C,
    frame: &ScratchFrame,
    expression: &Expression,
) -> Result<Result<String, Refusal>, Error> {
    let made = judge.dialect().canonical(expression);
    let all = frame.begin.iter().chain(&made).chain(&frame.rollback);
    let statements: Vec<&str> = all.map(String::as_str).collect();
    let made = frame.begin.len()..frame.begin.len() + made.len();
    match judge.flight(&statements).await {
        Ok(mut answers) => {
            answers.truncate(made.end);
            let rows = answers.pop().map(|answer| answer.rows).unwrap_or_default();
            if rows.is_empty() {
                return Ok(Err(Refusal {
                    reason: "the database answers nothing".to_string(),
                    position: None,
                }));
            }
            let lines = rows.into_iter().map(|row| {
                row.into_iter()
                    .map(Option::unwrap_or_default)
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            Ok(Ok(lines.collect::<Vec<_>>().join("\n")))
        }
        Err(error) => {
            let rollback: Vec<&str> = frame.rollback.iter().map(String::as_str).collect();
            let _ = judge.tidy(&rollback).await;
            if made.contains(&error.index) && error.error.interrupted.is_none() {
                let position = error.error.position;
                let position =
                    position.and_then(|at| within(statements[error.index], &expression.text, at));
                return Ok(Err(Refusal {
                    reason: error.error.message,
                    position,
                }));
            }
            Err(Error::statement(error.error, statements[error.index]))
        }
    }
}

/// Where in a text a character of the statement is, counted from 1, that holds the text.
fn within(statement: &str, text: &str, position: usize) -> Option<usize> {
    let start = statement[..statement.find(text)?].chars().count();
    let inside = position.checked_sub(start + 1)?;
    (inside < text.chars().count()).then_some(inside)
}
