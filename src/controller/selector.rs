//! A label selector as a person writes it, checked before the API server is asked: a typing error there would be a watch
//! that fails for ever.

use std::{fmt, str::FromStr};

use regex::Regex;

/// What the API server takes at most; a selector is part of an address.
const LONGEST: usize = 1024;

/// A label selector in Kubernetes' own notation, such as `shard=a` or `team in (ci, web), !legacy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(String);

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_selector =
            text.len() <= LONGEST && grammar().is_ok_and(|grammar| grammar.is_match(text));
        if !is_selector {
            return Err(
                "write requirements with commas between them: key=value, key!=value, key in (a, b), key notin (a, b), key, !key"
                    .to_owned(),
            );
        }
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The notation as one expression: requirements with commas between them.
fn grammar() -> Result<Regex, regex::Error> {
    let word = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    let key = format!(r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?{word}");
    let value = format!("(?:{word})?");
    let values = format!(r"\(\s*{value}(?:\s*,\s*{value})*\s*\)");
    let one =
        format!(r"(?:!\s*{key}|{key}(?:\s*(?:==?|!=)\s*{value}|\s+(?:in|notin)\s*{values})?)");
    Regex::new(&format!(r"^\s*{one}(?:\s*,\s*{one})*\s*$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_taken_as_kubernetes_takes_them() {
        for text in [
            "shard=a",
            "shard == a , tier!=test",
            "cronwright.dev/shard in (a, b),!legacy",
            "team notin (web)",
            "shard",
            "shard=",
        ] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(selector.to_string(), text);
        }
    }

    #[test]
    fn what_the_api_server_would_refuse_is_refused_with_the_notation() {
        for text in [
            "",
            "=a",
            "shard=a b",
            "shard in a",
            "shard=a,",
            "Shard/=x",
            "a=b;c=d",
        ] {
            let refused = text.parse::<Selector>().unwrap_err();
            assert!(refused.contains("key in (a, b)"), "{text}");
        }
        assert!("a".repeat(2000).parse::<Selector>().is_err());
    }
}
