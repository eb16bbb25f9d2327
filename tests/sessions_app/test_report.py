import dataclasses
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from sessions_app.models import Evaluation, Message, Turn
from sessions_app.services.archive import drain
from sessions_app.services.reports import build_report
from tests.people import (
    START,
    answer,
    ask,
    finish,
    judge,
    make_answered_session,
    make_session,
    probe,
    reask,
    skip,
)


def report_on(session):
    return build_report(session=session, practice_url="/practice/")


def only_question(session):
    finish(session)
    (question,) = report_on(session).questions
    return question


def marked(answer_view):
    """Return (marked words, numbers of their evidence)."""
    return [
        (segment.text, [mark.n for mark in segment.marks])
        for segment in answer_view.segments
        if segment.marks
    ]


# The answer and its evidence


def test_the_words_that_prove_a_point_are_marked(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, "I measured it. Then it got faster.")
    judge(said, quotes={"method": "I measured it", "result": "got faster"})

    question = only_question(session)

    (shown,) = question.answers
    assert marked(shown) == [("I measured it", [1]), ("got faster", [2])]
    assert "".join(segment.text for segment in shown.segments) == said.content
    assert [(p.id, p.evidence_n, p.status_word) for p in question.points] == [
        ("method", 1, "Covered"),
        ("result", 2, "Covered"),
    ]


def test_each_mark_leads_to_its_point_and_back(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session, "I measured it."), quotes={"method": "I measured it"})

    question = only_question(session)

    mark = question.answers[0].segments[0].marks[0]
    assert mark.target_id == question.points[0].anchor == "question-1-point-method"
    assert question.feedback[0].anchor == "question-1-evidence-1"


def test_overlapping_evidence_is_cut_into_segments(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session, "one two three"), quotes={"a": "one two", "b": "two three"})

    (shown,) = only_question(session).answers

    assert marked(shown) == [("one ", [1]), ("two", [1, 2]), (" three", [2])]


def test_a_claim_whose_quote_is_not_in_the_answer_is_dropped(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, "I measured it.")
    judge(said, quotes={"real": "I measured it", "invented": "I invented it"})

    question = only_question(session)

    assert [point.id for point in question.points] == ["real"]
    assert marked(question.answers[0]) == [("I measured it", [1])]
    assert "I invented it" not in [item.quote for item in question.feedback]


def test_evidence_is_compared_with_the_journal_not_with_its_copy(alice):
    session = make_session(user=alice)
    ask(session)
    evaluation = judge(answer(session, "I measured it."), quotes={"a": "measured"})
    Message.objects.filter(pk=evaluation.message_id).update(content="I did nothing.")

    question = only_question(session)

    assert question.points == ()
    assert marked(question.answers[0]) == []


def test_evidence_falls_into_the_answer_it_was_said_in(alice):
    session = make_session(user=alice)
    ask(session)
    first = answer(session, "I measured it.")
    judge(first, score=0.4)
    probe(session, text="And then?")
    second = answer(session, "It got faster.")
    judge(second, score=0.8, with_answers=(first,), quotes={"result": "got faster"})

    question = only_question(session)

    assert [view.label for view in question.answers] == [
        "Answer",
        "After the follow-up: And then?",
    ]
    assert [marked(view) for view in question.answers] == [[], [("got faster", [1])]]
    assert question.probes == ("And then?",)


def test_the_score_before_the_follow_ups_stands_beside_the_one_after(alice):
    session = make_session(user=alice)
    ask(session)
    first = answer(session, "I measured it.")
    judge(first, score=0.4)
    probe(session)
    judge(answer(session, "Twice."), score=0.8, with_answers=(first,))

    question = only_question(session)

    assert (question.unaided_percent, question.percent) == (40, 80)


def test_a_follow_up_that_could_not_be_judged_takes_nothing_away(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session, "I measured it."), score=0.6, quotes={"a": "measured"})
    probe(session)
    judge(answer(session, "asdf asdf"), score=None, state="unscoreable", reason="No.")

    question = only_question(session)

    assert (question.percent, question.reason) == (60, "")
    assert marked(question.answers[0]) == [("measured", [1])]


def test_a_second_attempt_is_labelled_as_one(alice):
    session = make_session(user=alice)
    ask(session)
    answer(session, "asdf", gate="gibberish")
    reask(session)
    answer(session)

    question = only_question(session)

    assert [a.label for a in question.answers] == ["Answer", "Answer (attempt 2)"]


def test_markup_in_an_answer_stays_text(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, "<script>alert(1)</script> & more")
    judge(said, quotes={"a": "<script>"})

    (shown,) = only_question(session).answers

    # Plain strings, not marked safe: the template escapes them.
    assert [type(segment.text) for segment in shown.segments] == [str] * 2
    assert marked(shown) == [("<script>", [1])]


# How a question stands


@pytest.mark.parametrize(
    ("act", "state_word", "reason"),
    [
        (lambda s: judge(answer(s)), "Answered", ""),
        (skip, "Skipped", "You skipped this question."),
        (lambda s: None, "Not answered", "The interview ended before you answered."),
        (
            lambda s: judge(
                answer(s, "no idea", gate="dont_know"), score=None, state="not_known"
            ),
            "Answered, not scored",
            "You said that you do not know this yet.",
        ),
        (
            lambda s: judge(answer(s, "Hm."), score=None),
            "Answered",
            "There was too little in the answer to judge it.",
        ),
        (
            lambda s: judge(answer(s, "x", gate="echo"), score=None, reason="An echo."),
            "Answered, not scored",
            "An echo.",
        ),
    ],
)
def test_says_how_a_question_stands_and_why(alice, act, state_word, reason):
    session = make_session(user=alice)
    ask(session)
    act(session)

    question = only_question(session)

    assert (question.state_word, question.reason) == (state_word, reason)


def test_without_a_score_there_is_no_number(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session, "Hm."), score=None)

    question = only_question(session)

    assert question.percent is None
    assert question.error is None
    assert question.word == "Not enough evidence"


@pytest.mark.parametrize(
    ("state", "reason", "is_pending"),
    [
        (Turn.State.PENDING, "Not judged yet. Reload the page in a moment.", True),
        (Turn.State.FAILED, "Your answer is saved, but it has not been judged.", False),
    ],
)
def test_says_when_a_judgement_is_missing(alice, state, reason, is_pending):
    session = make_session(user=alice)
    ask(session)
    answer(session, turn=state)
    finish(session)

    report = report_on(session)

    assert report.questions[0].reason == reason
    assert report.is_complete is not is_pending
    assert ("not judged yet" in report.summary.sentence) is is_pending


def test_a_score_that_may_still_change_says_so(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session), score=0.6)
    probe(session)
    answer(session, turn=Turn.State.PENDING)

    question = only_question(session)

    assert question.percent == 60
    assert question.reason == "Not judged yet. Reload the page in a moment."


def test_an_unreadable_judgement_does_not_hide_the_others(alice):
    session = make_answered_session(user=alice)
    first = session.evaluations.first()
    Evaluation.objects.filter(pk=first.pk).update(result={"points": "?"})

    first, second, third = report_on(session).questions

    assert first.reason == "The stored judgement of this answer could not be read."
    assert second.points
    assert third.points


def test_a_question_keeps_its_explanation(alice):
    session = make_session(user=alice)
    ask(session, text="How do indexes work?")
    answer(session, "asdf", seconds=10.0, gate="gibberish")
    judge(answer(session, seconds=30.0), missing=("space",))

    question = only_question(session)

    assert question.text == "How do indexes work?"
    assert (question.kind_label, question.topic) == ("Technical", "Indexing")
    assert question.seconds == 40.0
    assert question.next_band == "Explains and measures."
    assert question.provenance == "Judged by rules 1"
    assert question.adjustments[0].points == -2.0
    assert [line.text for line in question.outline] == ["[your number]"]
    point = question.points[0]
    assert (point.status, point.coverage_percent, point.threshold_percent) == (
        "missing",
        10,
        60,
    )


# The whole interview


def test_the_summary_says_what_the_score_rests_on(alice):
    session = make_session(user=alice, slots=4)
    for score in (0.6, 0.8, None):
        ask(session)
        judge(answer(session), score=score)
    ask(session)
    skip(session)
    finish(session)

    summary = report_on(session).summary

    assert (summary.score, summary.error, summary.word) == (70, 7, "Solid")
    assert (summary.answers_scored, summary.answers_total) == (2, 3)
    assert summary.sentence == (
        "The score is the mean over 2 of 3 answered questions. "
        "The others have no score, which does not lower it."
    )


def test_one_scored_answer_gives_no_overall_number(alice):
    session = make_answered_session(user=alice, answers=1)

    summary = report_on(session).summary

    assert summary.score is None
    assert summary.word == "Not enough evidence"
    assert summary.sentence == (
        "An overall score needs 2 questions with enough evidence; "
        "1 of 1 answered had it."
    )


def test_an_interview_without_answers_is_reported_honestly(alice):
    session = make_session(user=alice)
    ask(session)
    finish(session)

    report = report_on(session)

    assert report.summary.score is None
    assert report.summary.sentence == (
        "No question was answered, so there is nothing to score."
    )
    assert report.criteria == report.keep == report.change == ()
    assert report.next_step.text == (
        "Take a short interview and answer at least two questions."
    )


def test_an_interview_ended_before_its_first_question_has_a_report(alice):
    session = make_session(user=alice)
    finish(session)

    assert report_on(session).questions == ()


def test_keeps_three_things_one_question_after_the_other(alice):
    session = make_session(user=alice, slots=4)
    for number, score in enumerate((0.5, 0.9, 0.7, 0.8)):
        ask(session)
        said = answer(session, f"First {number}. Second {number}.")
        judge(
            said, score=score, quotes={"a": f"First {number}", "b": f"Second {number}"}
        )
    finish(session)

    keep = report_on(session).keep

    assert [item.quote for item in keep] == ["First 1", "First 3", "First 2"]
    assert keep[0].anchor == "question-2-evidence-1"


def test_changes_start_with_the_weakest_answer(alice):
    session = make_session(user=alice)
    for score in (0.8, 0.3):
        ask(session)
        judge(answer(session), score=score, missing=("space", "result"))
    finish(session)

    report = report_on(session)

    assert [item.anchor for item in report.change] == [
        "question-2",
        "question-1",
        "question-2",
    ]
    assert report.next_step.text == (
        "Practice one more answer about Disagreement. Say one sentence on space."
    )
    assert report.next_step.url == "/practice/"


def test_criteria_are_means_over_the_questions_with_their_evidence(alice):
    session = make_session(user=alice)
    for score in (0.4, 0.6):
        ask(session)
        judge(answer(session), score=score, quotes={"a": "measured", "b": "index"})
    finish(session)

    criteria = {c.name: c for c in report_on(session).criteria}

    assert criteria["Knowledge"].percent == 50
    assert criteria["Knowledge"].evidence_count == 4
    assert criteria["Knowledge"].word == "Developing"


def test_a_criterion_without_a_quote_has_no_number(alice):
    session = make_answered_session(user=alice)

    criteria = {c.name: c for c in report_on(session).criteria}

    assert criteria["Judgement"].percent is None
    assert criteria["Judgement"].word == "Not enough evidence"


def test_a_criterion_is_less_certain_than_the_answer(alice):
    session = make_session(user=alice)
    ask(session)
    judge(answer(session), quotes={"a": "measured"})
    finish(session)

    criteria = {c.name: c for c in report_on(session).criteria}

    # Weights 3 and 1: 10 x 4 / sqrt(10), so that the weighted mean is again 10.
    assert criteria["Knowledge"].error == 13


def test_the_set_up_and_a_disclaimer_are_part_of_it(alice):
    session = make_session(
        user=alice, company="Initech", minutes=30, job_description="Three words here"
    )
    finish(session)

    report = report_on(session)

    setup = dict(report.setup)
    assert setup["Company"] == "Initech"
    assert setup["Length"] == "30 minutes"
    assert setup["Job description"] == "3 words"
    assert setup["Résumé"] == "Not given"
    assert setup["Planned topics"] == "Indexing · Disagreement · Deployment"
    assert setup["Versions"] == "engine embedded 1"
    assert "not a hiring decision" in report.disclaimer
    assert "An AI takes part" in report.disclaimer


def test_times_of_person_and_system_stand_apart(alice):
    session = make_answered_session(user=alice)

    metrics = dict(report_on(session).metrics)

    assert metrics["Thinking time, mean"] == "20 s"
    assert metrics["System time to first words, mean"] == "0.10 s"
    assert metrics["System time to the whole reply, mean"] == "0.40 s"


def test_it_says_whether_the_worker_has_caught_up_and_is_the_same_otherwise(alice):
    session = make_answered_session(user=alice)
    before = report_on(session)

    drain(now=START)
    after = report_on(session)

    assert before.is_on_demand
    assert not after.is_on_demand
    assert dataclasses.replace(before, is_on_demand=False) == after


def test_everything_in_it_can_be_written_as_json(alice):
    report = report_on(make_answered_session(user=alice))

    assert json.dumps(dataclasses.asdict(report), cls=DjangoJSONEncoder)


@pytest.mark.parametrize("answers", [1, 25])
def test_queries_do_not_grow_with_the_length(alice, answers, django_assert_num_queries):
    session = make_answered_session(user=alice, answers=answers)

    with django_assert_num_queries(6):
        report_on(session)
