//! The stages between archive and commit are plain functions: no clock, file, network, thread or
//! database. This test reads their sources and fails on any path that leads to one.

use std::path::{Path, PathBuf};

/// Modules that must stay pure.
const PURE: [&str; 7] = [
    "case", "mail", "profile", "extract", "triage", "reply", "history",
];

/// Paths that pure code must not name, with the reason.
const BANNED: [(&str, &str); 21] = [
    ("std::fs", "files are read by intake and store"),
    ("std::net", "only deliver and intake talk to the network"),
    ("std::env", "settings come as arguments"),
    ("std::process", "nothing is started by a stage"),
    ("std::thread", "the engine decides what runs where"),
    ("std::time::SystemTime", "the time comes as an argument"),
    ("std::time::Instant", "the time comes as an argument"),
    ("std::io::stdin", "input comes as an argument"),
    ("std::io::stdout", "output is a return value"),
    ("std::io::stderr", "output is a return value"),
    ("Timestamp::now", "the time comes as an argument"),
    ("Zoned::now", "the time comes as an argument"),
    ("tokio", "stages do not wait"),
    ("sqlx", "state is read and written by the store"),
    ("rayon", "the engine decides what runs where"),
    ("crate::store", "a stage knows no store"),
    ("crate::engine", "a stage does not know who calls it"),
    ("crate::intake", "a stage gets bytes"),
    ("crate::deliver", "a stage returns what should be sent"),
    ("crate::commands", "a stage does not know the command line"),
    ("precedent_index", "a stage does not search"),
];

/// Blanks out comments, strings and everything from `#[cfg(test)]` on.
fn code_only(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut code = String::with_capacity(source.len());
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'/') => {
                for skipped in characters.by_ref() {
                    if skipped == '\n' {
                        break;
                    }
                }
                code.push('\n');
            }
            '"' => {
                while let Some(skipped) = characters.next() {
                    match skipped {
                        '\\' => {
                            characters.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
                code.push_str("\"\"");
            }
            other => code.push(other),
        }
    }
    code
}

/// Every path a `use` names, with its braces expanded: `std::{fs, io::Read}` gives two.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let close = tree.rfind('}').unwrap_or(tree.len());
        let prefix = format!("{prefix}{}", tree[..open].trim());
        let mut depth = 0;
        let mut start = open + 1;
        for (at, character) in tree[open + 1..close].char_indices() {
            let at = at + open + 1;
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(&prefix, &tree[start..at], paths);
                    start = at + 1;
                }
                _ => {}
            }
        }
        expand(&prefix, &tree[start..close], paths);
    } else if !tree.is_empty() {
        paths.push(format!(
            "{prefix}{}",
            tree.split_whitespace().next().unwrap_or_default()
        ));
    }
}

/// Paths in the code that are banned.
fn violations(source: &str) -> Vec<String> {
    let code = code_only(source);
    let mut paths = Vec::new();
    for statement in code.split(';') {
        if let Some(at) = statement.rfind("use ") {
            let before = statement[..at].trim_end();
            if before.is_empty()
                || before.ends_with(['\n', '}', ')', ']'])
                || before.ends_with("pub")
            {
                expand("", &statement[at + 4..], &mut paths);
            }
        }
    }
    let names = |path: &str, banned: &str| {
        path.match_indices(banned).any(|(at, _)| {
            let identifier = |character: char| character.is_alphanumeric() || character == '_';
            !path[..at].ends_with(identifier) && !path[at + banned.len()..].starts_with(identifier)
        })
    };
    let inline: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    BANNED
        .iter()
        .filter(|(banned, _)| {
            paths.iter().any(|path| names(path, banned))
                || (banned.contains("::") && names(&inline, banned))
                || names(&inline, &format!("{banned}::"))
        })
        .map(|(banned, reason)| format!("{banned}: {reason}"))
        .collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            files.push(path);
        }
    }
}

#[test]
fn pure_modules_name_no_input_or_output() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut count = 0;
    for module in PURE {
        let mut files = Vec::new();
        rust_files(&source.join(module), &mut files);
        for file in files {
            count += 1;
            let text = std::fs::read_to_string(&file).unwrap();
            for violation in violations(&text) {
                found.push(format!("{}: {violation}", file.display()));
            }
        }
    }
    assert!(count > 10, "the pure modules were not found");
    assert!(
        found.is_empty(),
        "pure code reaches outside:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_check_itself_finds_what_it_should() {
    for bad in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "use std::{fmt, io::{self, stdin}};",
        "fn f() { std::fs::read(\"x\"); }",
        "fn f() -> jiff::Timestamp { jiff::Timestamp::now() }",
        "pub use tokio::sync::Mutex;",
        "use crate::store::Store;",
        "#[derive(Debug)]\nstruct A;\nuse std::thread;",
    ] {
        assert!(!violations(bad).is_empty(), "not found in: {bad}");
    }
    for good in [
        "use std::fmt; // not std::fs",
        "/// tokio::spawn is for the engine\nuse std::io::Read;",
        "const TEXT: &str = \"std::fs\";",
        "use crate::case::Facts;\n#[cfg(test)]\nmod tests { use std::fs; }",
    ] {
        assert!(violations(good).is_empty(), "wrongly found in: {good}");
    }
}
