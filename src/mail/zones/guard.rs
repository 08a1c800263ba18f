//! Lines that look like quotes and are content: `curl -v` dumps, shell and interpreter prompts, diffs, fenced code.

use super::attribution;
use super::code;
use super::line::{Line, previous_filled};
use super::narrated;

/// For each line, whether it is content whatever it begins with.
pub(super) fn content_lines(lines: &[Line<'_>]) -> Vec<bool> {
    let mut content = vec![false; lines.len()];
    fences(lines, &mut content);
    if lines.iter().any(|line| line.depth > 0) {
        dumps(lines, &mut content);
        narrations(lines, &mut content);
        sessions(lines, &mut content);
        code::continuations(lines, &mut content);
        exchanges(lines, &mut content);
        prompts(lines, &mut content);
        comparisons(lines, &mut content);
        code::mark(lines, &mut content);
    }
    content
}

/// Markdown fences, closed ones only.
fn fences(lines: &[Line<'_>], content: &mut [bool]) {
    let mut open: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if !line.text.starts_with("```") && !line.text.starts_with("~~~") {
            continue;
        }
        match open.take() {
            Some(start) => content[start..=index].fill(true),
            None => open = Some(index),
        }
    }
}

fn is_request_line(text: &str) -> bool {
    #[rustfmt::skip]
    const METHODS: &[&str] = &[
        "GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ", "OPTIONS ", "CONNECT ", "TRACE ",
    ];
    METHODS.iter().any(|method| text.starts_with(method))
        && (text.contains(" HTTP/") || text.ends_with("HTTP"))
}

fn is_status_line(text: &str) -> bool {
    text.strip_prefix("HTTP/")
        .is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
}

/// `Name: value` with a name of header characters.
fn is_header_line(text: &str) -> bool {
    text.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.len() < 60
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    })
}

/// Dumps of HTTP traffic: `>` sent, `<` received, `*` remarks. A request or status line at one mark's
/// depth makes the run around it a dump, as long as every `>` line in it is shaped like one.
fn dumps(lines: &[Line<'_>], content: &mut [bool]) {
    let marked = |line: &Line<'_>| {
        line.text.starts_with('>')
            || line.text.starts_with("< ")
            || line.text == "<"
            || line.text.starts_with("* ")
    };
    let mut index = 0;
    while index < lines.len() {
        if !marked(&lines[index]) {
            index += 1;
            continue;
        }
        let start = index;
        while index < lines.len()
            && (marked(&lines[index])
                || lines[index].text.starts_with(['{', '}']) && lines[index].depth == 0)
        {
            index += 1;
        }
        let run = &lines[start..index];
        let after_mark = |line: &Line<'_>| line.text.get(1..).unwrap_or_default().trim().to_owned();
        let sent: Vec<_> = run.iter().filter(|line| line.depth > 0).collect();
        let shaped = |line: &&&Line<'_>| {
            let inner = after_mark(line);
            line.depth == 1
                && (inner.is_empty()
                    || is_request_line(&inner)
                    || is_header_line(&inner)
                    || inner.starts_with(['{', '[', '"', '<', '}', ']']))
        };
        let is_dump = run.iter().any(|line| {
            let inner = after_mark(line);
            line.depth <= 1
                && (is_request_line(&inner) || line.text.starts_with('<') && is_status_line(&inner))
        });
        let good = sent.iter().filter(shaped).count();
        if is_dump && good == sent.len() {
            content[start..index].fill(true);
        }
    }
}

/// What a machine is said to have written.
fn narrations(lines: &[Line<'_>], content: &mut [bool]) {
    for index in 1..lines.len() {
        if lines[index].depth == 0 || content[index] {
            continue;
        }
        let Some(above) = previous_filled(lines, index).filter(|above| index - above <= 2) else {
            continue;
        };
        let told = lines[above].depth == 0
            && attribution::ends_with_verb(lines[above].text)
            && narrated::is_of_machine(lines[above].text);
        if told {
            let end = (index..lines.len())
                .find(|end| lines[*end].depth == 0)
                .unwrap_or(lines.len());
            content[index..end].fill(true);
        }
    }
}

/// Lines of `>5 retries` alone: no mail program leaves out the space and quotes nothing but numbers.
fn comparisons(lines: &[Line<'_>], content: &mut [bool]) {
    let compares = |line: &Line<'_>| {
        line.depth == 1 && line.text[1..].starts_with(|first: char| first.is_ascii_digit())
    };
    let mut index = 0;
    while index < lines.len() {
        let start = index;
        while index < lines.len() && lines[index].depth > 0 {
            index += 1;
        }
        if lines[start..index].iter().all(compares) {
            content[start..index].fill(true);
        }
        index = index.max(start + 1);
    }
}

/// A session of an interpreter whose start is shown: `$ node`, below it prompts and answers up to a blank line.
fn sessions(lines: &[Line<'_>], content: &mut [bool]) {
    #[rustfmt::skip]
    const INTERPRETERS: &[&str] = &["node", "python", "python3", "irb", "php -a", "mongo", "mongosh", "R", "ghci", "scala"];
    for index in 1..lines.len() {
        if lines[index].depth == 0 || content[index] {
            continue;
        }
        let above = lines[index - 1].text;
        let started = above
            .strip_prefix("$ ")
            .or_else(|| above.strip_prefix("% "))
            .is_some_and(|command| {
                INTERPRETERS
                    .iter()
                    .any(|name| command.split(" -").next() == Some(*name) || command == *name)
            });
        let goes_on = content[index - 1] && lines[index].text.trim_end_matches('>').is_empty();
        if !started && !goes_on {
            continue;
        }
        let end = (index..lines.len())
            .find(|line| lines[*line].is_blank())
            .unwrap_or(lines.len());
        content[index..end].fill(true);
    }
}

fn is_statement(inner: &str) -> bool {
    inner.starts_with("import ")
        || inner.starts_with("from ")
        || inner.starts_with("print")
        || inner.contains('(')
        || inner.contains(" = ")
}

/// Most lines of a session that are looked at above and below one.
const SESSION_LINES: usize = 40;

/// Whether the paragraph around line `index` is a session of an interpreter: all its marked lines are statements, and
/// answers stand below; or what a program sent and received, `>>>` and `<<<`.
fn is_session(lines: &[Line<'_>], index: usize) -> bool {
    let above = lines[index.saturating_sub(SESSION_LINES)..index]
        .iter()
        .rev();
    let start = index - above.take_while(|line| !line.is_blank()).count();
    let below = lines[index..].iter().take(SESSION_LINES);
    let end = index + below.take_while(|line| !line.is_blank()).count();
    let block = &lines[start..end];
    let answered = block.last().is_some_and(|last| last.depth == 0);
    answered
        && block.iter().all(|line| {
            line.depth == 0
                || line.depth == 3
                    && line.text.starts_with(">>>")
                    && (line.text == ">>>" || is_statement(line.inner()))
        })
}

/// What a program sent and received: `>>> TLS 1.2, ...`, right above or below `<<< TLS 1.2, ...`.
fn exchanges(lines: &[Line<'_>], content: &mut [bool]) {
    for index in 0..lines.len() {
        let received = |other: usize| {
            lines
                .get(other)
                .is_some_and(|line| line.text.starts_with("<<< "))
        };
        if lines[index].text.starts_with(">>> ")
            && (received(index + 1) || index > 0 && received(index - 1))
        {
            content[index] = true;
        }
    }
}

/// Prompts of shells and interpreters (`> npm run build`, `>>> import x`): their lines stand alone between output
/// or begin with a command.
fn prompts(lines: &[Line<'_>], content: &mut [bool]) {
    // These are words of a language as well; a line of them alone behind one mark is a command.
    const ALSO_WORDS: &[&str] = &["java", "ruby", "go", "ping"];
    let only_triple = lines
        .iter()
        .enumerate()
        .all(|(index, other)| other.depth == 0 || other.depth == 3 || content[index]);
    for index in 0..lines.len() {
        let line = &lines[index];
        if line.depth == 0 || content[index] {
            continue;
        }
        let neighbour_quoted = |other: usize| lines.get(other).is_some_and(|other| other.depth > 0);
        let alone = !neighbour_quoted(index + 1) && (index == 0 || !neighbour_quoted(index - 1));
        let inner = line.inner();
        let first = inner.split_whitespace().next().unwrap_or_default();
        let shell = line.depth == 1
            && alone
            && (code::COMMANDS.contains(&first) || ALSO_WORDS.contains(&first))
            && inner.split_whitespace().count() > 1;
        let interpreter = line.depth == 3
            && line.text.starts_with(">>> ")
            && is_statement(inner)
            && (only_triple || is_session(lines, index));
        if shell || interpreter {
            content[index] = true;
        }
    }
    if only_triple
        && lines
            .iter()
            .zip(&*content)
            .any(|(line, content)| *content && line.depth == 3)
    {
        for (line, content) in lines.iter().zip(content) {
            *content = *content || line.text == ">>>";
        }
    }
}
