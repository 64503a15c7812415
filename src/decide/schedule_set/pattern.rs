//! Patterns of names: `*` stands for any text, `?` for one letter.

/// A pattern of names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// A pattern of file names, in which letter case matters.
    #[must_use]
    pub fn of_files(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// A pattern of repositories' names, in which it does not.
    #[must_use]
    pub fn of_repositories(text: &str) -> Self {
        Self::of_files(&text.to_ascii_lowercase())
    }

    /// Whether a name fits as a whole; a repository's name in lower case.
    ///
    /// # Guarantees
    /// Takes at most as many steps as pattern and name have letters, multiplied: patterns are anybody's.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut at, mut in_name) = (0, 0);
        // Where the last star stands, and up to where it has eaten.
        let mut star = None;
        while in_name < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, in_name));
                    at += 1;
                }
                Some(letter) if *letter == '?' || *letter == name[in_name] => {
                    at += 1;
                    in_name += 1;
                }
                _ => {
                    let Some((place, eaten)) = star else {
                        return false;
                    };
                    star = Some((place, eaten + 1));
                    at = place + 1;
                    in_name = eaten + 1;
                }
            }
        }
        self.0[at..].iter().all(|letter| *letter == '*')
    }
}

/// Names that fit one of some patterns, and none of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Names {
    /// Of which one must fit; none given, every name does.
    pub include: Option<Vec<Pattern>>,
    /// Of which none may fit.
    pub exclude: Vec<Pattern>,
}

impl Names {
    /// Whether a name is taken.
    #[must_use]
    pub fn take(&self, name: &str) -> bool {
        let fits = |pattern: &Pattern| pattern.fits(name);
        self.include
            .as_ref()
            .is_none_or(|include| include.iter().any(fits))
            && !self.exclude.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::of_files(pattern).fits(name)
    }

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_letter() {
        for (pattern, name) in [
            ("*", ""),
            ("svc-*", "svc-"),
            ("svc-*", "svc-a-b"),
            ("*-api", "x-api-api"),
            ("?x*", "axb"),
            ("a*b*c", "a1b2b3c"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "a"),
            ("svc-*", "svc"),
            ("?", ""),
            ("a*b", "abc"),
            ("A", "a"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
        assert!(Pattern::of_repositories("Svc-*").fits("svc-app"));
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_a_regular_expression_of_it_fits(pattern in "[ab*?]{0,8}", name in "[ab]{0,8}") {
            let expression = pattern.replace('*', ".*").replace('?', ".");
            let expression = regex::Regex::new(&format!("^{expression}$")).unwrap();
            prop_assert_eq!(fits(&pattern, &name), expression.is_match(&name));
        }
    }
}
