//! The query text cut into tokens. Never fails: what is no operator is text.

/// One token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// First character, counted from 1.
    pub(crate) column: usize,
    /// Length in characters.
    pub(crate) length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A run without spaces.
    Word(String),
    /// A run that ended in `*`.
    Prefix(String),
    /// What stood between quotation marks.
    Phrase(String),
    /// `key:value`; key in lower case, the values of a list apart, without their quotation marks.
    Pair {
        key: String,
        values: Vec<String>,
    },
    /// `-` before something.
    Minus,
    /// `OR`.
    Or,
    Open,
    Close,
}

/// Whether the text was copied from a log or a program rather than typed. Then nothing in it is an operator.
pub(crate) fn is_pasted(text: &str) -> bool {
    text.chars().nth(200).is_some()
        || text.contains(['{', '}', '[', ']', '<', '>', ';', '\n', '\t'])
        || text.matches('=').count() >= 3
        || text.trim_start().starts_with("curl ") && (text.contains(" -") || text.contains("://"))
        || text.split_whitespace().any(is_address_with_parameters)
}

fn is_address_with_parameters(word: &str) -> bool {
    word.split_once("://")
        .and_then(|(_, rest)| rest.split_once(['?', '&']))
        .is_some_and(|(_, parameters)| parameters.contains('='))
}

/// Tokens of a typed query.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut place = 0;
    while place < characters.len() {
        let character = characters[place];
        let start = place;
        let single = |kind| Token {
            kind,
            column: start + 1,
            length: 1,
        };
        match character {
            _ if character.is_whitespace() => place += 1,
            '(' => {
                tokens.push(single(TokenKind::Open));
                place += 1;
            }
            ')' => {
                tokens.push(single(TokenKind::Close));
                place += 1;
            }
            _ if is_quote(character) => {
                place += 1;
                // Without its partner a quotation mark is an inch sign or an accident.
                if let Some((phrase, end)) = quoted(&characters, place) {
                    place = end;
                    let kind = TokenKind::Phrase(phrase);
                    tokens.push(Token {
                        kind,
                        column: start + 1,
                        length: end - start,
                    });
                }
            }
            '-' | '−'
                if begins_token(&characters, place)
                    && characters.get(place + 1).is_some_and(|&next| {
                        next.is_alphanumeric() || next == '(' || next == '@' || is_quote(next)
                    }) =>
            {
                tokens.push(single(TokenKind::Minus));
                place += 1;
            }
            _ => {
                while place < characters.len() && !ends_word(characters[place]) {
                    place += 1;
                }
                let word: String = characters[start..place].iter().collect();
                if let Some(token) = word_token(word, &characters, start, &mut place) {
                    tokens.push(token);
                }
            }
        }
    }
    tokens
}

/// Tokens of a pasted text: words only.
pub(crate) fn pasted_tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut start = 0;
    for (index, character) in text.chars().chain([' ']).enumerate() {
        let separates = character.is_whitespace()
            || is_quote(character)
            || "(){}[]<>,;=|\\!?&'`".contains(character);
        if !separates {
            if word.is_empty() {
                start = index;
            }
            word.push(character);
        } else if !word.is_empty() {
            let kind = TokenKind::Word(std::mem::take(&mut word));
            tokens.push(Token {
                kind,
                column: start + 1,
                length: index - start,
            });
        }
    }
    tokens
}

fn word_token(word: String, characters: &[char], start: usize, place: &mut usize) -> Option<Token> {
    let token = |kind, length| {
        Some(Token {
            kind,
            column: start + 1,
            length,
        })
    };
    let length = *place - start;
    if word == "OR" {
        return token(TokenKind::Or, length);
    }
    if let Some((key, value)) = word.split_once(':')
        && !key.is_empty()
        && key
            .chars()
            .all(|character| character.is_ascii_alphabetic() || character == '_')
        // `ERROR:root:getOrders failed`, as Python logs it.
        && !(value.contains(':') && key.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        // The key is ASCII: as many characters as bytes.
        let first = start + key.len() + 1;
        if !value.starts_with(['/', ':', '\\'])
            && let Some((values, end)) = value_list(characters, first)
        {
            *place = end;
            let key = key.to_ascii_lowercase();
            return token(TokenKind::Pair { key, values }, end - start);
        }
    }
    if let Some(stem) = word.strip_suffix('*')
        && stem
            .chars()
            .filter(|character| character.is_alphanumeric())
            .count()
            >= 2
    {
        return token(TokenKind::Prefix(stem.to_owned()), length);
    }
    if word.chars().any(char::is_alphanumeric) {
        return token(TokenKind::Word(word), length);
    }
    None
}

/// Values with commas between them, each with quotation marks around it or without, and the place behind them. None where there
/// is none.
fn value_list(characters: &[char], from: usize) -> Option<(Vec<String>, usize)> {
    let mut values = Vec::new();
    let mut place = from;
    loop {
        match characters.get(place) {
            Some(&next) if is_quote(next) => {
                // Without its partner it begins no value.
                let Some((value, end)) = quoted(characters, place + 1) else {
                    break;
                };
                values.push(value);
                place = end;
            }
            Some(&next) if !ends_word(next) => {
                let length = characters[place..]
                    .iter()
                    .position(|&character| character == ',' || ends_word(character))
                    .unwrap_or(characters.len() - place);
                values.push(characters[place..place + length].iter().collect());
                place += length;
            }
            _ => break,
        }
        if characters.get(place) != Some(&',') {
            break;
        }
        place += 1;
    }
    (!values.is_empty()).then_some((values, place))
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '«' | '»')
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || is_quote(character) || matches!(character, '(' | ')')
}

fn begins_token(characters: &[char], place: usize) -> bool {
    place == 0 || characters[place - 1].is_whitespace() || characters[place - 1] == '('
}

/// The text up to the next quotation mark, and the place behind it.
fn quoted(characters: &[char], from: usize) -> Option<(String, usize)> {
    let length = characters[from..]
        .iter()
        .position(|&character| is_quote(character))?;
    Some((
        characters[from..from + length].iter().collect(),
        from + length + 1,
    ))
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, is_pasted, tokens};

    #[test]
    fn a_list_of_quoted_values_ended_behind_the_first() {
        for (text, values, more) in [
            (r#"code:"a b","c d""#, vec!["a b", "c d"], 0),
            (r#"code:a,"c d",e word"#, vec!["a", "c d", "e"], 1),
            (r#"(code:"a,b")"#, vec!["a,b"], 2),
            ("code:a,b", vec!["a", "b"], 0),
            ("code:a, b", vec!["a"], 1),
            (r#"code:a"b c""#, vec!["a"], 1),
            (r#"code:"a b","c"#, vec!["a b"], 1),
            (r#"code:“a b”,„c d“"#, vec!["a b", "c d"], 0),
        ] {
            let tokens = tokens(text);
            assert_eq!(tokens.len(), 1 + more, "{text}: {tokens:?}");
            let found = tokens.iter().find_map(|token| match &token.kind {
                TokenKind::Pair { key, values } if key == "code" => Some(values),
                _ => None,
            });
            assert_eq!(
                found,
                Some(&values.iter().map(|&v| v.to_owned()).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_question_about_an_address_or_a_tool_was_taken_for_pasted() {
        for (text, pasted) in [
            ("why does https://host.example/orders fail?", false),
            ("https://host.example/orders & tokens status:open", false),
            ("curl fails with 403", false),
            ("https://host.example/orders?MarketplaceIds=A1", true),
            ("GET https://host.example/orders?a=1&b=2 fails", true),
            ("curl -i host.example/orders", true),
            ("curl https://host.example/orders", true),
        ] {
            assert_eq!(is_pasted(text), pasted, "{text}");
        }
    }
}
