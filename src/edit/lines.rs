//! Where the lines of a text start, by YAML's line ends: `\n`, `\r\n` and a lone `\r`.

use std::ops::Range;

/// The starts of a text's lines.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds all lines of a text.
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| {
            bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        };
        let starts = std::iter::once(0)
            .chain((0..bytes.len()).filter(ends).map(|at| at + 1))
            .collect();
        Self { text, starts }
    }

    /// The number, from 1, of the line that holds a byte.
    pub(super) fn number(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    /// How many lines there are; a text that ends in a line end has an empty last one.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line, by its number from 1, without its line end; empty for a line that does not exist.
    pub(super) fn range(&self, number: usize) -> Range<usize> {
        let Some(start) = number
            .checked_sub(1)
            .and_then(|index| self.starts.get(index).copied())
        else {
            return self.text.len()..self.text.len();
        };
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        start..start + self.text[start..end].trim_end_matches(['\r', '\n']).len()
    }

    /// The text of a line, by its number from 1, without its line end.
    pub(super) fn line(&self, number: usize) -> &'a str {
        &self.text[self.range(number)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_line_ends_of_yaml_count() {
        let lines = Lines::new("a\nb\r\nc\rd");
        let texts: Vec<&str> = (1..=lines.count())
            .map(|number| lines.line(number))
            .collect();
        assert_eq!(texts, ["a", "b", "c", "d"]);
        assert_eq!(
            [0, 1, 2, 4, 5, 7].map(|byte| lines.number(byte)),
            [1, 1, 2, 2, 3, 4]
        );
        assert_eq!((lines.line(0), lines.line(9)), ("", ""));
    }
}
