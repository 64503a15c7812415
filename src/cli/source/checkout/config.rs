//! What a repository's `config` file says of its remotes. Pure: text in, an address out.
//!
//! Reads what `git clone` and `git remote` write: sections, quotes, escapes and comments. Files that are included, and addresses
//! that are rewritten (`url.*.insteadOf`), are not followed.

/// The address that is fetched from as `remote`.
pub(super) fn address(config: &str, remote: &str) -> Option<String> {
    let mut inside = false;
    for line in config.lines().map(str::trim) {
        let rest = match line.strip_prefix('[') {
            Some(header) => {
                let (section, rest) = section(header)?;
                inside = section == format!("remote.{remote}");
                rest
            }
            None => line,
        };
        let Some((key, value)) = rest.split_once('=').filter(|_| inside) else {
            continue;
        };
        if key.trim().eq_ignore_ascii_case("url") {
            return Some(unquoted(value.trim())).filter(|address| !address.is_empty());
        }
    }
    None
}

/// The section that a header opens, with a dot between its two names, and what stands behind it.
fn section(header: &str) -> Option<(String, &str)> {
    let Some((name, quoted)) = header.split_once('"') else {
        let (name, rest) = header.split_once(']')?;
        return Some((name.trim().to_ascii_lowercase(), rest));
    };
    let mut end = None;
    let (mut below, mut escaped) = (String::new(), false);
    for (at, letter) in quoted.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {
                end = Some(at);
                break;
            }
            _ => {
                escaped = false;
                below.push(letter);
            }
        }
    }
    let rest = quoted[end? + 1..].trim_start().strip_prefix(']')?;
    Some((
        format!("{}.{below}", name.trim().to_ascii_lowercase()),
        rest,
    ))
}

/// A value without its quotes and the comment behind it.
fn unquoted(value: &str) -> String {
    let (mut text, mut quoted, mut escaped) = (String::new(), false, false);
    for letter in value.chars() {
        match letter {
            _ if escaped => {
                escaped = false;
                text.push(letter);
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => break,
            _ => text.push(letter),
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "[core]\n\trepositoryformatversion = 0\n[remote \"upstream\"]\n\turl = https://github.com/other/app\n\
                           [remote \"origin\"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\tpushurl = git@github.com:me/fork.git\n\
                           \tURL = https://github.com/acme/app.git # ours\n\turl = https://github.com/acme/second\n[branch \"main\"]\n\tremote = origin\n";

    #[test]
    fn the_address_of_a_remote_is_the_first_that_is_fetched_from() {
        let read = |remote| address(WRITTEN, remote);
        assert_eq!(
            read("origin").as_deref(),
            Some("https://github.com/acme/app.git")
        );
        assert_eq!(
            read("upstream").as_deref(),
            Some("https://github.com/other/app")
        );
        assert_eq!(read("Origin"), None, "names of remotes have a case");
        assert_eq!(address("[core]\nurl = x\n", "origin"), None);
    }

    #[test]
    fn sections_and_values_are_read_as_git_reads_them() {
        for config in [
            "[remote \"origin\"] url = git@github.com:acme/app",
            "[REMOTE \"origin\"]\nurl=\"git@github.com:acme/app\" ; quoted",
            "[remote.origin]\n url = git@github.com:acme/app\n",
            "[remote \"or\\igin\"]\r\n  url = git@github.com:acme/app\r\n",
        ] {
            let read = address(config, "origin");
            assert_eq!(
                read.as_deref(),
                Some("git@github.com:acme/app"),
                "{config:?}"
            );
        }
        for broken in [
            "[remote \"origin",
            "[remote \"origin\"",
            "[remote",
            "[remote \"origin\"]\nurl =\n",
        ] {
            assert_eq!(address(broken, "origin"), None, "{broken:?}");
        }
    }
}
