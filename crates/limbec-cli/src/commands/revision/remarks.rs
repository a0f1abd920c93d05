//! A generated revision as it is written: in steps that work on tables with rows, with comments that say
//! what its author must fill in.

use limbec::run::Count;
use limbec_core::compare::{Refilled, in_two_steps, refill};
use limbec_core::dialect::{Demand, DemandOf, Dialect, converts_as_utc};
use limbec_core::operations::Operation;
use limbec_generate::{Differences, InTheWay};
use limbec_source::write::{Remark, Remarks};

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
            let text = format!(
                "{}: complete this line, or mend them by hand.",
                sentence(it)
            );
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

/// What rows do not meet, in words.
pub(super) fn sentence(it: &InTheWay) -> String {
    let Demand { table, of } = &it.asked.then;
    let one = it.count == Count::Rows(1);
    let verb = |plural: &str, singular: &str| match it.count {
        Count::Unknown => format!("may {plural}"),
        _ if one => singular.to_string(),
        _ => plural.to_string(),
    };
    let counted = |singular: &str, plural: &str| match it.count {
        Count::Rows(1) => format!("1 {singular}"),
        Count::Rows(count) => format!("{} {plural}", grouped(count)),
        Count::Many => format!("more than 10,000 {plural}"),
        Count::Unknown => plural.to_string(),
    };
    let rows = format!("{} of {table}", counted("row", "rows"));
    let text = match of {
        DemandOf::NoRow { column } | DemandOf::Value { column } => {
            format!("{rows} {} no {column}", verb("have", "has"))
        }
        DemandOf::Fit { column, .. } => {
            let have = verb("have", "has");
            format!("{rows} {have} a {column} that does not fit the new type")
        }
        DemandOf::Check { expression } => {
            format!("{rows} {} the check {expression}", verb("break", "breaks"))
        }
        DemandOf::Unique { columns, .. } => {
            let values = counted("value", "values");
            let (columns, stand) = (columns.join(", "), verb("stand", "stands"));
            format!("{values} of {columns} {stand} in several rows of {table}")
        }
        DemandOf::Reference { referred_table, .. } => {
            format!(
                "{rows} {} to no row of {referred_table}",
                verb("refer", "refers")
            )
        }
        DemandOf::Label { column, labels } => {
            let labels = labels.join("` or `");
            format!(
                "{rows} {} the label `{labels}` in {column}",
                verb("hold", "holds")
            )
        }
        _ => rows,
    };
    match it.count {
        Count::Unknown => format!("{text} (they were not counted in time)"),
        _ => text,
    }
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
