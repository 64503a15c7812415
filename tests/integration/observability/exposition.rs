//! The OpenMetrics text format, read strictly: what is not understood is a panic.

use std::collections::BTreeMap;

/// A family as it was told.
#[derive(Debug, Default)]
pub struct Family {
    pub kind: String,
    pub help: String,
    pub unit: Option<String>,
    pub samples: Vec<Sample>,
}

/// One line with a value.
#[derive(Debug)]
pub struct Sample {
    pub name: String,
    pub labels: Vec<(String, String)>,
    pub value: f64,
}

/// Reads a scrape; families by name.
pub fn families(text: &str) -> BTreeMap<String, Family> {
    let body = text.strip_suffix("# EOF\n").expect("an end");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in body.lines() {
        if let Some(said) = line.strip_prefix("# ") {
            let mut words = said.splitn(3, ' ');
            let (what, name) = (words.next().unwrap(), words.next().unwrap());
            let rest = words.next().unwrap_or_default().to_owned();
            name.clone_into(&mut current);
            let family = families.entry(current.clone()).or_default();
            match what {
                "HELP" => family.help = rest,
                "TYPE" => family.kind = rest,
                "UNIT" => family.unit = Some(rest),
                other => panic!("{other} in {line}"),
            }
        } else {
            let sample = sample(line);
            assert!(sample.name.starts_with(&current), "{line} below {current}");
            families.get_mut(&current).unwrap().samples.push(sample);
        }
    }
    families
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.strip_suffix('}').unwrap();
    Sample {
        name: name.to_owned(),
        labels: labels.split_terminator("\",").map(label).collect(),
        value: value.parse().unwrap(),
    }
}

/// `name="value`, with the closing mark or without it.
fn label(text: &str) -> (String, String) {
    let (name, value) = text.split_once("=\"").unwrap();
    (name.to_owned(), value.trim_end_matches('"').to_owned())
}
