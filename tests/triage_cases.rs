//! Which case a mail belongs to and what happens next.

use jiff::{SignedDuration, Timestamp};
use precedent::case::{CaseNumber, CaseState, CaseStatus, Facts};
use precedent::extract::Extraction;
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use precedent::triage::{
    Action, Assessment, Assessor, Assignment, CandidateCase, Decision, Effect, Mode, OutgoingKind,
    Policy, ThreadMarks, assign, decide, settle, thread_keys,
};

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn mail(from: &str, headers: &str, subject: &str, text: &str) -> Message {
    let raw = format!(
        "From: {from}\r\nTo: support@desk.example\r\nSubject: {subject}\r\n{headers}MIME-Version: 1.0\r\n\
         Date: Tue, 10 Mar 2026 09:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    precedent::mail::parse(raw.as_bytes(), &ParseOptions::default()).unwrap()
}

fn case(number: &str, submitter: &str, status: CaseStatus) -> CaseState {
    CaseState {
        number: CaseNumber(number.to_owned()),
        desk: "sp".to_owned(),
        status,
        subject: "getOrders 403".to_owned(),
        submitter: submitter.to_owned(),
        participants: vec![submitter.to_owned()],
        language: "en".to_owned(),
        issue_type: Some("api_error".to_owned()),
        facts: Facts::default(),
        missing: vec!["request_id".to_owned()],
        flags: Vec::new(),
        asked: vec!["request_id".to_owned()],
        requests: 1,
        opened_at: now(),
        updated_at: now(),
        resolution: None,
    }
}

fn candidate(case: CaseState, by: &str) -> CandidateCase {
    CandidateCase {
        case,
        by_message_id: by == "message_id",
        by_token: by == "token",
        by_number: by == "number",
        by_text: by == "text",
    }
}

fn assigned(from: &str, by: &str) -> Assignment {
    let message = mail(from, "", "Re: [SP-1042] getOrders 403", "Here it is.");
    let case = case("SP-1042", "dev@shop.example", CaseStatus::Waiting);
    assign(
        &message,
        &[candidate(case, by)],
        &["freemail.example".to_owned()],
    )
}

fn follows(assignment: &Assignment) -> bool {
    matches!(assignment, Assignment::FollowUp { .. })
}

#[test]
fn participants_and_colleagues_continue_a_case() {
    assert!(follows(&assigned("dev@shop.example", "message_id")));
    assert!(follows(&assigned("dev@shop.example", "token")));
    assert!(follows(&assigned("dev@shop.example", "number")));
    assert!(follows(&assigned("boss@shop.example", "message_id")));
    assert!(follows(&assigned("boss@mail.shop.example", "token")));
}

#[test]
fn strangers_get_a_case_of_their_own() {
    for by in ["message_id", "token", "number"] {
        let Assignment::Open { related } = assigned("stranger@other.example", by) else {
            panic!("a stranger got in by {by}");
        };
        assert_eq!(related, Some(CaseNumber("SP-1042".to_owned())));
    }
    // A colleague who merely knows the number is not enough.
    assert!(!follows(&assigned("boss@shop.example", "number")));
}

#[test]
fn the_same_letter_sent_again_is_no_case_of_its_own() {
    assert!(follows(&assigned("dev@shop.example", "text")));
    assert!(!follows(&assigned("boss@shop.example", "text")));
    let message = mail("dev@shop.example", "", "getOrders 403", "It fails.");
    let follows_case = |status, days: i64| {
        let mut case = case("SP-1042", "dev@shop.example", status);
        case.opened_at = message.date.unwrap() - SignedDuration::from_hours(24 * days);
        follows(&assign(&message, &[candidate(case, "text")], &[]))
    };
    assert!(follows_case(CaseStatus::Waiting, 3));
    assert!(!follows_case(CaseStatus::Waiting, 40), "it happened anew");
    assert!(!follows_case(CaseStatus::Resolved, 3), "it happened anew");
}

#[test]
fn mail_services_are_no_organisation() {
    for (submitter, author) in [
        ("a@gmail.com", "b@gmail.com"),
        ("a@yahoo.fr", "b@yahoo.fr"),
        ("a@freemail.example", "b@freemail.example"),
    ] {
        let message = mail(author, "", "Re: x", "Hello");
        let case = case("SP-1", submitter, CaseStatus::Waiting);
        let assignment = assign(
            &message,
            &[candidate(case, "message_id")],
            &["freemail.example".to_owned()],
        );
        assert!(
            !follows(&assignment),
            "{author} got into the case of {submitter}"
        );
    }
}

#[test]
fn automatic_mail_is_noted_and_changes_nothing() {
    let message = mail(
        "dev@shop.example",
        "Auto-Submitted: auto-replied\r\n",
        "Out of office",
        "I am away until Monday.",
    );
    let prior = case("SP-7", "dev@shop.example", CaseStatus::Resolved);
    let candidates = [candidate(prior.clone(), "message_id")];
    let assignment = assign(&message, &candidates, &[]);
    assert!(matches!(assignment, Assignment::Note { .. }));
    let assessment = assessor().assess(&message, &Extraction::default(), Some(&prior));
    assert_eq!(assessment.action, Action::None);
    let decision = decided(&message, &assignment, &assessment, Some(&prior));
    assert!(
        decision
            .effects
            .iter()
            .all(|effect| matches!(effect, Effect::Journal { .. }))
    );
    assert_eq!(assign(&message, &[], &[]), Assignment::NoCase);
}

#[test]
fn keys_come_from_tokens_references_and_subject() {
    let message = mail(
        "dev@shop.example",
        "In-Reply-To: <precedent.abcdefgh23456789.1@desk.example>\r\n\
         References: <first@shop.example> <precedent.abcdefgh23456789.1@desk.example>\r\n\
         Cc: support+abcdefgh23456789@desk.example\r\n",
        "Re: [SP-1042] XX-9 getOrders",
        "Hello",
    );
    let marks = ThreadMarks {
        addresses: vec!["support@desk.example".to_owned()],
        message_id_domains: vec!["desk.example".to_owned()],
        case_prefixes: vec!["SP".to_owned()],
    };
    let keys = thread_keys(&message, &marks);
    assert_eq!(keys.numbers, [CaseNumber("SP-1042".to_owned())]);
    assert_eq!(
        keys.message_ids[0],
        "precedent.abcdefgh23456789.1@desk.example"
    );
    assert_eq!(keys.message_ids[1], "first@shop.example");
    assert!(keys.tokens.iter().any(|token| token == "abcdefgh23456789"));
}

fn assessor() -> Assessor {
    Assessor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap()
}

fn decided(
    message: &Message,
    assignment: &Assignment,
    assessment: &Assessment,
    prior: Option<&CaseState>,
) -> Decision {
    let policy = Policy {
        mode: Mode::Send,
        requests_max: 2,
        acknowledge: false,
    };
    let number = CaseNumber("SP-9".to_owned());
    decide(
        message,
        assignment,
        assessment,
        prior,
        &policy,
        "sp",
        &number,
        now(),
    )
}

fn asked(decision: &Decision) -> Option<Vec<String>> {
    decision.effects.iter().find_map(|effect| match effect {
        Effect::Reply {
            kind: OutgoingKind::RequestForInformation,
            ask,
            ..
        } => Some(ask.clone()),
        _ => None,
    })
}

fn state(decision: &Decision) -> &CaseState {
    decision
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::SetCase(case) => Some(case.as_ref()),
            _ => None,
        })
        .unwrap()
}

#[test]
fn a_first_mail_opens_a_case_and_asks_for_what_an_engineer_needs_first() {
    let message = mail(
        "dev@shop.example",
        "",
        "orders",
        "The call fails with an error.",
    );
    let assessment = assessor().assess(&message, &Extraction::default(), None);
    let decision = decided(
        &message,
        &Assignment::Open { related: None },
        &assessment,
        None,
    );
    let ask = asked(&decision).unwrap();
    let case = state(&decision);
    assert_eq!(case.status, CaseStatus::Waiting);
    assert_eq!(case.requests, 1);
    assert_eq!(case.asked, ask);
    // Few questions, the essential ones; the section follows from the operation. Nothing is lost.
    assert_eq!(
        ask,
        [
            "api_type",
            "issue_type",
            "operation",
            "request_id",
            "timestamp",
            "error_detail"
        ]
        .map(str::to_owned)
    );
    assert_eq!(case.missing, assessment.missing);
    assert!(case.missing.contains(&"api_section".to_owned()));
}

#[test]
fn thanks_in_an_asked_case_ask_for_nothing() {
    let mut prior = case("SP-9", "dev@shop.example", CaseStatus::Waiting);
    let follow_up = Assignment::FollowUp {
        number: prior.number.clone(),
        reason: "message_id",
    };
    let thanks = mail("dev@shop.example", "", "Re: orders", "Thank you!");
    prior.missing = assessor()
        .assess(&thanks, &Extraction::default(), Some(&prior))
        .missing;
    let assessment = assessor().assess(&thanks, &Extraction::default(), Some(&prior));
    let decision = decided(&thanks, &follow_up, &assessment, Some(&prior));
    assert_eq!(asked(&decision), None);
    assert_eq!(state(&decision).status, CaseStatus::Waiting);
}

#[test]
fn what_cannot_be_given_is_not_asked_in_this_mail_or_a_later_one() {
    let first = mail(
        "dev@shop.example",
        "",
        "orders",
        "getOrders fails with an error. We do not have the request id.",
    );
    let assessment = assessor().assess(&first, &Extraction::default(), None);
    assert_eq!(assessment.declined, ["request_id"]);
    assert!(!assessment.missing.contains(&"request_id".to_owned()));
    let opened = decided(
        &first,
        &Assignment::Open { related: None },
        &assessment,
        None,
    );
    assert!(opened.effects.iter().any(|effect| matches!(
        effect,
        Effect::Journal {
            event: "declined",
            ..
        }
    )));
    let next = mail(
        "dev@shop.example",
        "",
        "Re: orders",
        "It fails every time with an error.",
    );
    let later = assessor().assess(&next, &Extraction::default(), Some(state(&opened)));
    // The facts keep it, and nothing else does: flags are judged anew when a case is processed again.
    assert!(later.facts.answered.contains("request_id"));
    assert!(
        state(&opened)
            .flags
            .iter()
            .all(|flag| !flag.contains("request_id"))
    );
    assert!(!later.missing.contains(&"request_id".to_owned()));
}

#[test]
fn a_case_that_is_over_misses_nothing() {
    let prior = case("SP-9", "dev@shop.example", CaseStatus::Waiting);
    let follow_up = Assignment::FollowUp {
        number: prior.number.clone(),
        reason: "message_id",
    };
    let solved = mail(
        "dev@shop.example",
        "",
        "Re: orders",
        "We solved it ourselves, please close the case.",
    );
    let assessment = assessor().assess(&solved, &Extraction::default(), Some(&prior));
    let decision = decided(&solved, &follow_up, &assessment, Some(&prior));
    assert_eq!(state(&decision).status, CaseStatus::Resolved);
    assert!(state(&decision).missing.is_empty());
    assert!(decision.effects.iter().any(|effect| matches!(
        effect,
        Effect::Reply {
            kind: OutgoingKind::CloseNotice,
            ..
        }
    )));
}

#[test]
fn a_first_mail_that_says_solved_gets_no_notice() {
    let message = mail(
        "dev@shop.example",
        "",
        "Hello [SP-1001]",
        "We solved it ourselves, please close the case.",
    );
    let assessment = assessor().assess(&message, &Extraction::default(), None);
    let decision = decided(
        &message,
        &Assignment::Open { related: None },
        &assessment,
        None,
    );
    assert_eq!(state(&decision).status, CaseStatus::Closed);
    assert_eq!(state(&decision).subject, "Hello");
    assert!(
        !decision
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Reply { .. }))
    );
}

#[test]
fn nothing_is_asked_twice_and_not_more_often_than_the_desk_allows() {
    let message = mail(
        "dev@shop.example",
        "",
        "Re: orders",
        "It fails every time with an error.",
    );
    let mut prior = case("SP-9", "dev@shop.example", CaseStatus::Waiting);
    let follow_up = Assignment::FollowUp {
        number: prior.number.clone(),
        reason: "message_id",
    };
    let assessment = assessor().assess(&message, &Extraction::default(), Some(&prior));
    let ask = asked(&decided(&message, &follow_up, &assessment, Some(&prior))).unwrap();
    assert!(!ask.contains(&"request_id".to_owned()));
    assert!(!ask.is_empty());
    prior.requests = 2;
    let decision = decided(&message, &follow_up, &assessment, Some(&prior));
    assert_eq!(asked(&decision), None);
    assert_eq!(state(&decision).status, CaseStatus::Waiting);
    prior.requests = 1;
    prior.asked = assessment.missing.clone();
    assert_eq!(
        asked(&decided(&message, &follow_up, &assessment, Some(&prior))),
        None
    );
}

#[test]
fn a_closed_case_is_opened_again_by_news_and_not_by_thanks() {
    let prior = case("SP-9", "dev@shop.example", CaseStatus::Resolved);
    let follow_up = Assignment::FollowUp {
        number: prior.number.clone(),
        reason: "message_id",
    };
    let news = mail(
        "dev@shop.example",
        "",
        "Re: orders",
        "It is back, the same error again today.",
    );
    let assessment = assessor().assess(&news, &Extraction::default(), Some(&prior));
    let decision = decided(&news, &follow_up, &assessment, Some(&prior));
    assert!(decision.effects.iter().any(|effect| matches!(
        effect,
        Effect::Journal {
            event: "reopened",
            ..
        }
    )));
    let thanks = mail(
        "dev@shop.example",
        "",
        "Re: orders",
        "It works again, thank you!",
    );
    let assessment = assessor().assess(&thanks, &Extraction::default(), Some(&prior));
    let decision = decided(&thanks, &follow_up, &assessment, Some(&prior));
    assert_eq!(state(&decision).status, CaseStatus::Resolved);
    assert!(!decision.effects.iter().any(|effect| matches!(
        effect,
        Effect::Journal {
            event: "reopened",
            ..
        }
    )));
}

#[test]
fn a_new_problem_in_an_old_thread_is_a_new_case() {
    let prior = case("SP-9", "dev@shop.example", CaseStatus::Resolved);
    let message = mail(
        "dev@shop.example",
        "In-Reply-To: <a@desk.example>\r\n",
        "Re: [SP-9] orders",
        "This is a different problem: createFeed fails with an error.",
    );
    let assessment = assessor().assess(&message, &Extraction::default(), Some(&prior));
    let follow_up = Assignment::FollowUp {
        number: prior.number.clone(),
        reason: "message_id",
    };
    assert_eq!(
        settle(follow_up, &assessment),
        Assignment::Open {
            related: Some(prior.number.clone())
        }
    );
}

#[test]
fn thanks_under_the_subject_of_an_answer_go_on_with_it() {
    for (subject, text, follows) in [
        (
            "AW: getOrders 403",
            "Danke fuer die schnelle Antwort, es geht wieder.",
            true,
        ),
        (
            "Re: getOrders 403",
            "Thank you for your reply. Please close the case.",
            true,
        ),
        (
            "getOrders 403",
            "Thank you for your reply in advance. getOrders fails.",
            false,
        ),
        (
            "Re: getOrders 403",
            "getOrders fails with 403 since noon.",
            false,
        ),
    ] {
        let message = mail("dev@shop.example", "", subject, text);
        let assessment = assessor().assess(&message, &Extraction::default(), None);
        let flagged = assessment.flags.iter().any(|flag| flag == "follow_up");
        assert_eq!(flagged, follows, "{subject} / {text}");
    }
}

#[test]
fn a_few_questions_are_as_many_as_their_list_has() {
    let text = "We have a couple of questions that are unrelated:\r\n1. Who may add colleagues?\r\n\
                2. How often is the list renewed?\r\n3. Where are the invoices?";
    let message = mail("dev@shop.example", "", "Questions", text);
    let assessment = assessor().assess(&message, &Extraction::default(), None);
    assert_eq!(assessment.questions, 3);
}

#[test]
fn referrals_close() {
    for (text, kind, status) in [
        (
            "Our developer registration is still under review.",
            OutgoingKind::Referral,
            CaseStatus::Closed,
        ),
        (
            "It would be great if getOrders had a filter by SKU.",
            OutgoingKind::Referral,
            CaseStatus::Closed,
        ),
    ] {
        let message = mail("dev@shop.example", "", "Hello", text);
        let assessment = assessor().assess(&message, &Extraction::default(), None);
        let decision = decided(
            &message,
            &Assignment::Open { related: None },
            &assessment,
            None,
        );
        assert_eq!(state(&decision).status, status, "{text}");
        assert!(
            decision.effects.iter().any(
                |effect| matches!(effect, Effect::Reply { kind: found, .. } if *found == kind)
            ),
            "{text}"
        );
    }
}

#[test]
fn built_in_judgements_name_only_what_exists() {
    for name in Profile::builtin_names() {
        let profile = Profile::builtin(name).unwrap();
        let fields = profile
            .fields
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        assert_eq!(profile.judgements.problems(&fields), [], "{name}");
    }
}

#[test]
fn wrong_names_are_found_with_their_place() {
    let toml = r#"
        base = "common"
        [[requirement]]
        name = "order"
        any_of = ["ordr_id"]
        when = [{ issue_type = ["api_eror"] }]
        [[issue_type]]
        name = "api_error"
        [[issue_type.cue]]
        all = ["error_wrd"]
    "#;
    let judgements: precedent::profile::Judgements = toml::from_str(toml).unwrap();
    let problems = judgements.problems(&["order_id".to_owned()].into());
    let text: Vec<String> = problems
        .iter()
        .map(|(path, message)| format!("{path}: {message}"))
        .collect();
    assert_eq!(
        text,
        [
            "judgements.issue_type.api_error.cue: unknown class of words `error_wrd`; did you mean `error_word`?",
            "judgements.requirement.order.any_of: unknown field `ordr_id`; did you mean `order_id`?",
            "judgements.requirement.order.when: unknown issue type `api_eror`; did you mean `api_error`?",
        ]
    );
}

#[test]
fn a_wrong_name_is_shown_at_its_line() {
    let source = Profile::builtin_source("generic").unwrap();
    let wrong = source.replacen(
        "when = [{ issue_type = [\"problem\"] }]",
        "when = [{ issue_type = [\"problm\"] }]",
        1,
    );
    let line = wrong
        .lines()
        .position(|line| line.contains("problm"))
        .unwrap()
        + 1;
    let error = Profile::parse(&wrong).unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!(problem.line, line, "{problem}");
    assert_eq!(problem.hint.as_deref(), Some("did you mean `problem`?"));
}
