//! A file's tokens and the paths among them; they see into macros, where a syntax tree does not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One token; a delimiter is the character itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written; a path separator is one token.
    pub text: String,
    /// Its line, from one.
    pub line: usize,
}

/// A path that code names, such as `crate::plan::Board` or `kube::Client`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its parts.
    pub segments: Vec<String>,
    /// Its line, from one.
    pub line: usize,
}

/// Every token of a text, groups opened.
pub fn read(text: &str) -> Vec<Token> {
    let stream: TokenStream = text.parse().expect("what syn parses has tokens");
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut stream = stream.into_iter().peekable();
    while let Some(tree) = stream.next() {
        let line = tree.span().start().line;
        let mut push = |text: &str, line| {
            let text = text.to_owned();
            tokens.push(Token { text, line });
        };
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                let end = group.span_close().end().line;
                push(open, line);
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: end,
                });
            }
            TokenTree::Punct(punct) => {
                let next = stream.peek().map(ToString::to_string);
                if punct.as_char() == ':' && next.as_deref() == Some(":") {
                    stream.next();
                    push("::", line);
                } else {
                    push(&punct.to_string(), line);
                }
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => push(&tree.to_string(), line),
        }
    }
}

/// Every path of two parts or more, with its line.
pub fn paths(tokens: &[Token]) -> Vec<Name> {
    let is_word = |token: &Token| {
        let first = token.text.chars().next();
        first.is_some_and(|first| first.is_alphabetic() || first == '_')
    };
    let is_separator = |token: Option<&Token>| token.is_some_and(|token| token.text == "::");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let continues = at > 1 && is_separator(tokens.get(at - 1)) && is_word(&tokens[at - 2]);
        let mut path = vec![token.text.clone()];
        let mut end = at;
        while is_separator(tokens.get(end + 1)) && tokens.get(end + 2).is_some_and(is_word) {
            end += 2;
            path.push(tokens[end].text.clone());
        }
        if is_word(token) && !continues && path.len() > 1 {
            let line = token.line;
            found.push(Name {
                segments: path,
                line,
            });
        }
        at = end + 1;
    }
    found
}
