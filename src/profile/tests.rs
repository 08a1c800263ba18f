//! Wrong profiles and what is said about them.

use super::*;

const HEAD: &str = "format = 1\nname = \"x\"\ntitle = { en = \"X\" }\ncase_prefix = \"X\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n";

fn problems(rest: &str) -> Vec<String> {
    let toml = format!("{HEAD}{rest}");
    match Profile::parse(&toml) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_mistake_is_named_with_its_place() {
    for (rest, expected) in [
        (
            "[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = 'x'\nlables = { en = [\"a\"] }\n",
            &["line 11, column 1: unknown field `lables` (hint: did you mean `labels`?)"][..],
        ),
        (
            "[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = '('\n",
            &["line 10, column 9: the pattern does not compile: unclosed group"],
        ),
        (
            "[lists.colours]\nvalues = [\"red\"]\n[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = 'x'\nnot_in = [\"colors\"]\n",
            &["line 13, column 11: there is no list `colors` (hint: did you mean `colours`?)"],
        ),
        (
            "[[field]]\nname = \"a\"\nvalue = 'x'\n",
            &["line 8, column 8: the title of `a` has no text in `en`"],
        ),
        (
            "[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = 'x'\n[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = 'x'\n",
            &["line 12, column 8: the field `a` is defined twice"],
        ),
        (
            "[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nvalue = 'x'\nlabels = { en = [\" \"], de = [\"b\"] }\n",
            &[
                "line 8, column 8: labels of `a`: `de` is not one of the profile's languages",
                "line 8, column 8: a label of `a` is empty",
            ],
        ),
        (
            "[lists.l]\ncolumns = [\"a\", \"b\"]\nrows = [[\"1\"]]\n",
            &["line 9, column 9: this row of `l` has 1 cells, the list has 2 columns"],
        ),
        (
            "[[field]]\nname = \"a\"\ntitle = { en = \"A\" }\nread = \"plce\"\n",
            &["line 10, column 8: unknown variant `plce` (hint: did you mean `place`?)"],
        ),
    ] {
        assert_eq!(problems(rest), expected, "{rest}");
    }
}

#[test]
fn unknown_keys_are_all_collected() {
    let found = problems(
        "[[field]]\nname = \"a\"\ntitel = { en = \"A\" }\nvalu = 'x'\nheadres = [\"x\"]\n",
    );
    assert_eq!(found.len(), 5, "{found:#?}");
    for wrong in ["titel", "valu", "headres"] {
        assert!(
            found.iter().any(|problem| problem.contains(wrong)),
            "{found:#?}"
        );
    }
}

#[test]
fn a_misspelt_choice_became_an_issue_type() {
    let source = Profile::builtin_source("amazon-sp-api").unwrap();
    assert!(
        Profile::parse(source)
            .unwrap()
            .wording_problems(source)
            .is_empty()
    );
    let wrong = source.replacen(
        "api_error = \"api error|error\"",
        "api_eror = \"api error||error\"",
        1,
    );
    let problems = Profile::parse(&wrong).unwrap().wording_problems(&wrong);
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("nothing reads `api_eror`; did you mean `api_error`?"),
        "{found:#?}"
    );
    assert!(
        found[1].contains("a word of `api_eror` is empty"),
        "{found:#?}"
    );
}

#[test]
fn a_place_can_be_shown() {
    let error = Profile::parse("format = 1\nnam = \"x\"\n").unwrap_err();
    let shown = format!("{:?}", miette::Report::new(error));
    assert!(shown.contains("nam"), "{shown}");
}
