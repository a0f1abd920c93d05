//! A generated revision as it is written: in steps that work on tables with rows, with comments that say
//! what its author must fill in.

use limbec_core::compare::{Refilled, in_two_steps, refill};
use limbec_core::dialect::{DemandOf, Dialect, converts_as_utc};
use limbec_core::operations::Operation;
use limbec_source::write::{Remark, Remarks};

use crate::generator::Differences;
use crate::in_the_way::InTheWay;

/// What a generated revision does, and what is said in it.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) upgrade: Vec<Operation>,
    pub(super) downgrade: Vec<Operation>,
    pub(super) remarks: Remarks,
}

impl Written {
    pub(super) fn of(found: &Differences, dialect: &dyn Dialect) -> Self {
        let mut written = Written::default();
        written.write_upgrade(found, dialect);
        written.write_downgrade(found, dialect);
        for it in &found.uncastable {
            let text = format!(
                "Not done: {}. Say in place of the dots how a value becomes one, and remove the slashes.",
                it.sentence()
            );
            let end = written.upgrade.len();
            let [there, back] = [it.operation(), it.reverse()].map(with_dots);
            let Remarks { upgrade, downgrade } = &mut written.remarks;
            upgrade.push((end, Remark::Text(text)));
            upgrade.push((end, Remark::Code(there)));
            // What was done last is undone first.
            downgrade.push((
                0,
                Remark::Text("Not done either: the way back.".to_string()),
            ));
            downgrade.push((0, Remark::Code(back)));
        }
        written
    }

    fn write_upgrade(&mut self, found: &Differences, dialect: &dyn Dialect) {
        for (at, operation) in found.comparison.operations().into_iter().enumerate() {
            let rows: Vec<&InTheWay> = (found.rows.iter())
                .filter(|it| it.asked.operation == at)
                .collect();
            let mut demands = rows.iter().map(|it| &it.asked.then.of);
            let adds = demands.any(|it| matches!(it, DemandOf::NoRow { .. }));
            let steps = in_two_steps(&operation).filter(|_| adds);
            let last = match steps {
                Some([add, refuse]) => {
                    self.upgrade.push(add);
                    refuse
                }
                None => operation,
            };
            self.say_of_rows(&rows, dialect);
            if let Some(text) = reads_as_utc(&last) {
                let text = (self.upgrade.len(), Remark::Text(text));
                self.remarks.upgrade.push(text);
            }
            self.upgrade.push(last);
        }
    }

    fn say_of_rows(&mut self, rows: &[&InTheWay], dialect: &dyn Dialect) {
        let at = self.upgrade.len();
        let remarks = &mut self.remarks.upgrade;
        for it in rows {
            let text = format!("{it}: complete this line, or mend them by hand.");
            remarks.push((at, Remark::Text(text)));
            let offence = dialect.offence(&it.asked.then);
            remarks.extend(offence.map(|it| (at, Remark::Code(execute(it.mend)))));
        }
    }

    fn write_downgrade(&mut self, found: &Differences, dialect: &dyn Dialect) {
        const NO_WAY_BACK: &str =
            "No cast leads back, and the values are lost: say how they come back, if they can.";
        const FILLED: &str =
            "The values are lost: the rows that are there get one that says nothing.";
        let mut downgrade = Vec::new();
        let mut one_way = Vec::new();
        for it in found.comparison.planned.iter().rev() {
            for mut operation in it.operation.invert().unwrap_or_default() {
                if let Operation::AlterColumn { table, change } = &mut operation
                    && change.to.column_type.is_some()
                    && found
                        .one_way
                        .contains(&(table.clone(), change.name.clone()))
                {
                    change.using = Some("NULL".to_string());
                    one_way.push(downgrade.len());
                }
                downgrade.push(operation);
            }
        }
        let Refilled {
            operations,
            places,
            open,
        } = refill(&downgrade, dialect);
        let remarks = &mut self.remarks.downgrade;
        for (at, operation) in operations.iter().enumerate() {
            if one_way.iter().any(|it| places[*it] == at) {
                remarks.push((at, Remark::Text(NO_WAY_BACK.to_string())));
            }
            remarks.extend(reads_as_utc(operation).map(|text| (at, Remark::Text(text))));
            match operation {
                Operation::Execute { .. } => {
                    remarks.push((at, Remark::Text(FILLED.to_string())));
                }
                Operation::AlterColumn { table, change } if open.contains(&at) => {
                    let name = &change.name;
                    let text =
                        format!("If `{table}` has rows, each needs a value for `{name}` first.");
                    let fill = execute(dialect.fill(table, name, "…"));
                    remarks.push((at, Remark::Text(text)));
                    remarks.push((at, Remark::Code(fill)));
                }
                _ => {}
            }
        }
        self.downgrade = operations;
    }
}

/// What is said above a conversion of times.
fn reads_as_utc(operation: &Operation) -> Option<String> {
    let Operation::AlterColumn { change, .. } = operation else {
        return None;
    };
    let using = change.using.as_deref()?;
    converts_as_utc(using).then(|| {
        "Times without a zone are taken as UTC, whatever zone the session has: name another one here if \
         they were written in it."
            .to_string()
    })
}

fn execute(sql: String) -> Operation {
    Operation::Execute {
        sql,
        dialect: None,
        autocommit: false,
    }
}

fn with_dots(mut operation: Operation) -> Operation {
    if let Operation::AlterColumn { change, .. } = &mut operation {
        change.using = Some("…".to_string());
    }
    operation
}
