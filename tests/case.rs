//! The files of `tests/scenarios/`: read, and written again with what comes out now.

/// A file of cases.
pub(crate) struct Scenario {
    /// For readers.
    about: String,
    pub(crate) cases: Vec<Case>,
}

/// One case: a title and its parts.
pub(crate) struct Case {
    title: String,
    /// Each with its name, in the order of the file; the first one has no line of its own.
    parts: Vec<(String, String)>,
}

/// The parts that a case may have, besides those for one database only.
const PARTS: [&str; 8] = [
    BEFORE,
    "rows",
    "holds before",
    "holds after",
    "after",
    "sql",
    "sql after",
    "expected",
];
const BEFORE: &str = "before";

/// The parts that say what comes out, in the order in which they are written. Those for some
/// versions only stand if they differ.
const RESULTS: [&str; 7] = [
    "expected",
    "expected on sqlite",
    "expected on postgresql",
    "sql on sqlite",
    "sql on sqlite<3.53",
    "sql on postgresql",
    "sql on postgresql>=16",
];

impl Scenario {
    /// Reads a file; text before the first `##` is for readers.
    pub(crate) fn read(text: &str) -> Self {
        let mut scenario = Scenario {
            about: String::new(),
            cases: Vec::new(),
        };
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("## ") {
                scenario.cases.push(Case {
                    title: title.to_string(),
                    parts: vec![(BEFORE.to_string(), String::new())],
                });
                continue;
            }
            let Some(case) = scenario.cases.last_mut() else {
                scenario.about += &format!("{line}\n");
                continue;
            };
            if let Some(name) = line.strip_prefix("--- ") {
                let known = PARTS.contains(&name) || RESULTS.contains(&name);
                assert!(known, "`{}`: there is no part `{name}`", case.title);
                assert!(case.part(name).is_none(), "`{}`: two `{name}`", case.title);
                case.parts.push((name.to_string(), String::new()));
            } else if let Some((_, text)) = case.parts.last_mut() {
                *text += &format!("{line}\n");
            }
        }
        scenario
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}\n", self.about.trim_end());
        for case in &self.cases {
            text += &format!("\n## {}\n", case.title);
            for (name, part) in &case.parts {
                if name != BEFORE {
                    text += &format!("--- {name}\n");
                }
                if !part.trim().is_empty() {
                    text += &format!("{}\n", part.trim_end());
                }
            }
        }
        text
    }
}

impl Case {
    /// Its name, and the databases that it is for.
    pub(crate) fn name_and_databases(&self) -> (String, Vec<String>) {
        let split = self.title.split_once(" on: ");
        let (name, on) = split.unwrap_or((&self.title, "sqlite postgresql"));
        let databases = on.split_whitespace().map(String::from);
        (name.to_string(), databases.collect())
    }

    /// The text of a part, if it has it.
    pub(crate) fn part(&self, name: &str) -> Option<&str> {
        let mut parts = self.parts.iter();
        let part = parts.find(|(known, _)| known == name);
        part.map(|(_, text)| text.as_str())
    }

    /// The text of a part, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.part(name).unwrap_or_default()
    }

    /// Gives a result another text, or takes it out.
    pub(crate) fn set(&mut self, name: &str, text: Option<&str>) {
        let place = |name: &str| RESULTS.iter().position(|it| *it == name);
        let known = self.parts.iter().position(|(it, _)| it == name);
        match (known, text) {
            (Some(at), Some(text)) => self.parts[at].1 = text.to_string(),
            (Some(at), None) => drop(self.parts.remove(at)),
            (None, None) => {}
            (None, Some(text)) => {
                let mut parts = self.parts.iter();
                let at = parts.position(|(it, _)| place(it) > place(name));
                let at = at.unwrap_or(self.parts.len());
                self.parts.insert(at, (name.to_string(), text.to_string()));
            }
        }
    }
}

#[test]
fn a_scenario_is_written_as_it_was_read() {
    let text = "About.\n\n## one on: sqlite\nstruct A;\n--- expected\n\n## two\nstruct B;\n\
                --- rows\n--- expected\nx\n--- sql on postgresql\nX;\n";
    let mut scenario = Scenario::read(text);
    assert_eq!(scenario.text(), text);
    let [one, two] = scenario.cases.as_mut_slice() else {
        panic!("two cases");
    };
    assert_eq!(
        one.name_and_databases(),
        ("one".into(), vec!["sqlite".to_string()])
    );
    assert_eq!((one.part("rows"), two.part("rows")), (None, Some("")));
    two.set("sql on sqlite", Some("Y;"));
    two.set("sql on postgresql", None);
    let now = text.replace("--- sql on postgresql\nX;", "--- sql on sqlite\nY;");
    assert_eq!(scenario.text(), now);
}
