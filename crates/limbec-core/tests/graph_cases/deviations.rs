//! The cases where limbec answers other than Alembic, and why.

/// A case where limbec differs.
pub(crate) struct Deviation {
    /// The file, and the case's place in it (`hand`) or its seed (`random`).
    pub(crate) case: &'static str,
    /// The defect of Alembic that is done right instead.
    pub(crate) reason: &'static str,
    /// What limbec answers.
    pub(crate) limbec: Limbec,
}

/// What limbec answers.
pub(crate) enum Limbec {
    /// Revisions run, and the rows after them.
    Plan {
        steps: &'static [&'static str],
        rows: &'static [&'static str],
    },
    /// Rows replaced, and the rows after that.
    Stamps {
        steps: &'static [(&'static [&'static str], &'static [&'static str])],
        rows: &'static [&'static str],
    },
    /// An error that holds this text.
    Error(&'static str),
}

/// A letter is that of the defect in `revision_defects.rs`, which shows it in small.
pub(crate) const DEVIATIONS: &[Deviation] = &[
    Deviation {
        case: "hand 82",
        reason: "a: `stamp heads` forgets rows",
        limbec: Limbec::Stamps {
            steps: &[(&["c2c2"], &["d2d2"])],
            rows: &["d1d1", "d2d2"],
        },
    },
    Deviation {
        case: "hand 88",
        reason: "g: contradictory stamps are accepted",
        limbec: Limbec::Error(
            "Requested revision aaaa overlaps with other requested revisions d1d1",
        ),
    },
    Deviation {
        case: "hand 130",
        reason: "h: no downgrade to an implied revision",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["b4b4"],
        },
    },
    Deviation {
        case: "hand 198",
        reason: "e: a missing parent is a crash",
        limbec: Limbec::Error("`0000_bbbb.rs` revises `aaaa`, which no file has"),
    },
    Deviation {
        case: "hand 199",
        reason: "f: duplicate ids only warn",
        limbec: Limbec::Error(
            "Revision aaaa is present more than once: `0000_aaaa.rs`, `0001_aaaa.rs`",
        ),
    },
    Deviation {
        case: "random 249",
        reason: "b: a merge that depends on an ancestor crashes",
        limbec: Limbec::Plan {
            steps: &[
                "a53200", "a8f201", "2d7003", "121f02", "363104", "439e05", "9e9f06",
            ],
            rows: &["9e9f06"],
        },
    },
    Deviation {
        case: "random 383",
        reason: "b: a merge that depends on an ancestor crashes",
        limbec: Limbec::Plan {
            steps: &["193507", "b0da09", "d73708", "175210"],
            rows: &["175210"],
        },
    },
    Deviation {
        case: "random 489",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["375503", "ecd104"],
        },
    },
    Deviation {
        case: "random 525",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["fbea06"],
        },
    },
    Deviation {
        case: "random 606",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &[],
        },
    },
    Deviation {
        case: "random 919",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &[],
        },
    },
    Deviation {
        case: "random 946",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &[],
        },
    },
    Deviation {
        case: "random 1133",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["795607"],
        },
    },
    Deviation {
        case: "random 1150",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["841b03", "a8ff04"],
        },
    },
    Deviation {
        case: "random 1286",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["b10b03"],
        },
    },
    Deviation {
        case: "random 1528",
        reason: "c: one below a base crashes",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["de4607"],
        },
    },
    Deviation {
        case: "random 723",
        reason: "a: `stamp heads` replaces a row that is gone already",
        limbec: Limbec::Stamps {
            steps: &[(&["f7ff02"], &["3d0510"]), (&[], &["95a009"])],
            rows: &["3d0510", "95a009"],
        },
    },
    Deviation {
        case: "random 967",
        reason: "h: no downgrade to an implied revision",
        limbec: Limbec::Plan {
            steps: &[],
            rows: &["860508"],
        },
    },
    Deviation {
        case: "random 1070",
        reason: "a row is kept that another row implies",
        limbec: Limbec::Plan {
            steps: &["22e506"],
            rows: &["b0e807", "fb7a05"],
        },
    },
    Deviation {
        case: "random 1534",
        reason: "b: a merge that depends on an ancestor crashes",
        limbec: Limbec::Plan {
            steps: &[
                "ad1f00", "a00801", "a48d06", "2ccc02", "3d7203", "895804", "a06c05", "3b5507",
            ],
            rows: &["3b5507", "a48d06"],
        },
    },
];
