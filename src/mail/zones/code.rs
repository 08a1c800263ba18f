//! Code, prompts and differences between files whose lines begin with `>` and that nobody quotes.

use std::cell::LazyCell;
use std::ops::Range;

use super::attribution;
use super::header_block;
use super::line::Line;
use super::marker;
use crate::limits;

/// Marks conflicts of a merge, differences between files, the line a test failed at, what a shell waits for, and code.
pub(super) fn mark(lines: &[Line<'_>], content: &mut [bool]) {
    conflicts(lines, content);
    differences(lines, content);
    failures(lines, content);
    let found = runs(lines, content);
    let candidates = sessions(lines, content)
        .into_iter()
        .chain(code_runs(lines, &found))
        .chain(markdown(lines, &found))
        .collect::<Vec<_>>();
    let introduced = LazyCell::new(|| introduction(lines));
    for range in candidates {
        if introduced.is_none_or(|introduced| range.end <= introduced) {
            content[range].fill(true);
        }
    }
    for range in signs_alone(lines, content) {
        if introduced.is_none_or(|introduced| range.end <= introduced) {
            content[range].fill(true);
        }
    }
}

/// The first line that introduces an earlier mail: below it `>` lines are that mail's lines, code or not.
fn introduction(lines: &[Line<'_>]) -> Option<usize> {
    (0..lines.len().min(limits::ATTRIBUTION_LINES_MAX)).find(|index| {
        let index = *index;
        !lines[index].is_blank()
            && lines[index].depth == 0
            && (attribution::at(lines, index).is_some()
                || marker::at(lines, index).is_some()
                || header_block::at(lines, index).is_some())
    })
}

/// Most lines between the marks of a conflict.
const CONFLICT_LINES: usize = 400;

/// `<<<<<<< ours`, `=======`, `>>>>>>> theirs`, as version control writes them into a file.
fn conflicts(lines: &[Line<'_>], content: &mut [bool]) {
    let mut open: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if line.text.starts_with("<<<<<<<") {
            open = Some(index);
        } else if line.text.starts_with(">>>>>>>")
            && !line.text.starts_with(">>>>>>>>")
            && let Some(start) = open.take()
            && index - start <= CONFLICT_LINES
        {
            content[start..=index].fill(true);
        }
    }
}

/// `5c5`, `8a9,10`, `12,14d11`: where a difference stands, as `diff` writes it.
fn is_change(text: &str) -> bool {
    let Some(at) = text.find(['a', 'c', 'd']) else {
        return false;
    };
    let numbers = |text: &str| {
        !text.is_empty()
            && text.split(',').all(|number| {
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            })
            && text.split(',').count() <= 2
    };
    text.len() <= 24 && numbers(&text[..at]) && numbers(&text[at + 1..])
}

fn differences(lines: &[Line<'_>], content: &mut [bool]) {
    let mut index = 0;
    while index < lines.len() {
        let removed = lines[index].text.starts_with("< ");
        if !is_change(lines[index].text) && !removed {
            index += 1;
            continue;
        }
        let mut end = index + usize::from(!removed);
        let mut sides = [false; 2];
        while end < lines.len() {
            let text = lines[end].text;
            sides[0] |= text.starts_with('<');
            sides[1] |= text.starts_with('>');
            if !(text.starts_with(['<', '>'])
                || text == "---"
                || is_change(text)
                || text.starts_with("\\ No newline"))
            {
                break;
            }
            end += 1;
        }
        let divided = lines[index..end].iter().any(|line| line.text == "---");
        if sides[1] && (!removed || sides[0] && divided) {
            content[index..end].fill(true);
        }
        index = end.max(index + 1);
    }
}

/// Most lines between the line a test failed at and what was wrong with it.
const FAILURE_LINES: usize = 16;

/// `>       raise ValueError(x)`, below it `E       ValueError: x`: a failed test as test runners print it.
fn failures(lines: &[Line<'_>], content: &mut [bool]) {
    for index in 0..lines.len() {
        let line = &lines[index];
        if line.depth != 1 || !line.text.starts_with("> ") {
            continue;
        }
        let below = &lines[index + 1..lines.len().min(index + FAILURE_LINES)];
        let wrong = below
            .iter()
            .take_while(|below| below.depth == 0)
            .any(|below| below.text.starts_with("E  "));
        if wrong {
            content[index] = true;
        }
    }
}

/// Whether a shell or a database waits behind this line's prompt for the rest of a command.
fn is_prompt(text: &str) -> bool {
    let begins = [
        "$ ", "% ", "mysql> ", "sqlite> ", "SQL> ", "irb", "PS ", "PS>",
    ]
    .iter()
    .any(|prompt| text.starts_with(prompt));
    if begins {
        return true;
    }
    // `jane@host:~/work$ `, `C:\work> `, `MariaDB [shop]> `
    let host = text.split_once("$ ").is_some_and(|(before, _)| {
        before.contains('@') && before.contains(':') && before.len() <= 60
    });
    let drive = text.len() > 3
        && text.as_bytes()[0].is_ascii_uppercase()
        && &text.as_bytes()[1..3] == b":\\"
        && text.contains("> ");
    host || drive || text.starts_with("MariaDB [")
}

/// Lines in which a shell or a database asks for the rest of a command: `> line two` right below `$ cat <<EOF`.
pub(super) fn continuations(lines: &[Line<'_>], content: &mut [bool]) {
    for index in 1..lines.len() {
        let goes_on = content[index - 1] && lines[index - 1].depth == lines[index].depth;
        if (1..=2).contains(&lines[index].depth)
            && !content[index]
            && (is_prompt(lines[index - 1].text) || is_unfinished(&lines[index - 1]) || goes_on)
        {
            content[index] = true;
        }
    }
}

/// Whether a shell waits for the rest of this: `for i in 1 2; do`, `cat <<EOF`, a backslash at the end.
fn is_unfinished(line: &Line<'_>) -> bool {
    let text = line.text;
    let document = text.rsplit_once("<<").is_some_and(|(_, word)| {
        let word = word.trim_matches(['-', '\'', '"', '~']);
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    });
    line.depth == 0 && (text.ends_with("; do") || text.ends_with("; then") || document)
}

/// First words of commands, and of statements.
#[rustfmt::skip]
pub(super) const COMMANDS: &[&str] = &[
    "npm", "npx", "yarn", "node", "curl", "wget", "python", "python3", "pip", "git", "docker", "kubectl", "dotnet", "mvn",
    "gradle", "php", "composer", "cargo", "aws", "ssh", "nslookup", "telnet", "openssl", "tracert", "sudo",
];
#[rustfmt::skip]
const STATEMENTS: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "SHOW", "CREATE", "ALTER", "DROP", "EXPLAIN", "DESCRIBE",
];

/// Whether a line is written in signs as programs are.
pub(super) fn is_code(inner: &str) -> bool {
    let first = inner.split_whitespace().next().unwrap_or_default();
    // `requests.get("x")`, but not `order(s)`.
    let call = first.find('(').is_some_and(|at| {
        at > 0
            && first.as_bytes()[at - 1].is_ascii_alphanumeric()
            && !first[at..].starts_with("(s)")
            && !first[at..].starts_with("(e)")
    });
    call || (COMMANDS.contains(&first) || STATEMENTS.contains(&first))
        && inner.split_whitespace().count() > 1
        || inner.ends_with([';', '{', '}'])
        || [" = ", " == ", " => ", " := ", " += ", "()", "::", "</"]
            .iter()
            .any(|sign| inner.contains(sign))
        || inner.len() <= 16
            && [" + ", " - ", " * ", " / "]
                .iter()
                .any(|sign| inner.contains(sign))
}

/// Blocks without a blank line that begin with code behind a `>` and hold what it printed: a session of an interpreter.
fn sessions(lines: &[Line<'_>], content: &[bool]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let start = index;
        while index < lines.len() && !lines[index].is_blank() {
            index += 1;
        }
        let block = &lines[start..index];
        let first = block.iter().position(|line| line.depth > 0);
        if let Some(first) = first
            && !content[start + first]
            && block
                .iter()
                .all(|line| line.depth <= 1 && line.text.len() < 120)
            && is_code(block[first].inner())
            && block[first..].iter().any(|line| line.depth == 0)
        {
            found.push(start + first..index);
        }
        index += 1;
    }
    found
}

/// Runs of lines with one mark that are all code.
fn code_runs(lines: &[Line<'_>], runs: &[Range<usize>]) -> Vec<Range<usize>> {
    runs.iter()
        .filter(|run| {
            let mut filled = lines[(*run).clone()]
                .iter()
                .map(Line::inner)
                .filter(|inner| !inner.is_empty())
                .peekable();
            filled.peek().is_some() && filled.all(is_code)
        })
        .cloned()
        .collect()
}

/// `>` lines that stand alone between lines of one paragraph, and no others in the text: the end of a template, a
/// comparison that was wrapped.
fn signs_alone(lines: &[Line<'_>], content: &[bool]) -> Vec<Range<usize>> {
    let found = runs(lines, content);
    let inside = |run: &Range<usize>| {
        let inner = lines[run.start].inner();
        let ends = run.end >= lines.len() || lines[run.end].is_blank();
        run.len() == 1
            && run.start > 0
            && !lines[run.start - 1].is_blank()
            && !lines[run.start - 1].text.ends_with([':', '.', '!', '?'])
            && (!ends
                || inner.is_empty()
                || inner.starts_with(|first: char| first.is_ascii_digit()))
    };
    if found.iter().all(inside) {
        found
    } else {
        Vec::new()
    }
}

/// The one cited block of a text that is written in Markdown: headings or a table stand in it.
fn markdown(lines: &[Line<'_>], runs: &[Range<usize>]) -> Vec<Range<usize>> {
    let marks = lines.iter().any(|line| {
        ["# ", "## ", "### ", "|--", "| --", "|:-"]
            .iter()
            .any(|mark| line.text.starts_with(mark))
    });
    if !marks {
        return Vec::new();
    }
    let within = |run: &Range<usize>| {
        lines[..run.start].iter().any(|line| !line.is_blank())
            && lines[run.end..].iter().any(|line| !line.is_blank())
    };
    match runs {
        [run] if within(run) => vec![run.clone()],
        _ => Vec::new(),
    }
}

/// Runs of lines with one mark that are not yet content.
fn runs(lines: &[Line<'_>], content: &[bool]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let start = index;
        while index < lines.len() && lines[index].depth > 0 && !content[index] {
            index += 1;
        }
        if index > start && lines[start..index].iter().all(|line| line.depth == 1) {
            found.push(start..index);
        }
        index = index.max(start + 1);
    }
    found
}
