import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.agents import coach
from interviewer.scoring import result
from tests.factories import (
    make_assessment,
    make_evidence,
    make_gated,
    make_question,
)

TECHNICAL = make_question()
BEHAVIOURAL = make_question(id="behav.disagree", type="behavioural")
ANSWER = "Writes maintain the index. It takes space. I would ask around."


def feedback(question=TECHNICAL, *, answer=ANSWER, **verdict):
    return coach.feedback(
        question=question,
        assessment=make_assessment(question, **verdict),
        answer=answer,
    )


def outline(question=TECHNICAL, *, answer=ANSWER, **verdict):
    return coach.outline(
        question=question,
        assessment=make_assessment(question, **verdict),
        answer=answer,
    )


def evidence(point_id, quote):
    return {point_id: make_evidence(ANSWER, quote, target=point_id)}


# Feedback


def test_keeps_the_sentence_that_earned_the_most():
    spans = evidence("maintain", "Writes maintain the index.") | evidence(
        "space", "It takes space."
    )

    item = feedback(missing=("measure",), evidence=spans).items[0]

    assert (item.kind, item.source) == ("keep", "maintain")
    assert item.quote == "Writes maintain the index."
    assert item.criterion == "knowledge"


def test_names_what_is_missing_and_the_question_that_leads_there():
    item = feedback(missing=("measure",)).items[-1]

    assert (item.kind, item.quote, item.criterion) == ("change", "", "judgement")
    assert item.gap == (
        "Nothing on this point: decide from query plans and usage statistics."
    )
    assert item.advice == (
        "Next time answer this without being asked:"
        " “How would you find out whether it earns its keep?”"
    )


def test_quotes_what_was_only_touched_on():
    spans = evidence("measure", "I would ask around.")

    item = feedback(partial=("measure",), evidence=spans).items[-1]

    assert item.quote == "I would ask around."
    assert item.gap.startswith("Only touched on so far:")


def test_a_wrong_statement_comes_before_what_is_missing():
    spans = evidence("space", "It takes space.")

    items = feedback(
        contradicted=("space",), missing=("measure", "maintain"), evidence=spans
    ).items

    assert [item.source for item in items] == ["space", "measure"] or [
        item.source for item in items
    ] == ["space", "maintain"]
    assert items[0].gap.startswith("This speaks against a point")


def test_must_haves_come_before_details():
    items = feedback(missing=("space", "measure", "maintain")).items

    assert [item.source for item in items] == ["maintain", "measure"]


def test_a_story_without_an_end_hears_about_it_once():
    items = feedback(BEHAVIOURAL, missing_parts=("result",), missing=("result",)).items

    assert [item.source for item in items] == ["result"]
    assert items[0].criterion == "structure"
    assert items[0].advice == "End with what changed, with a number if you have one."


def test_points_to_the_next_band():
    assert (
        feedback(missing=("measure",), score=0.5).next_anchor == "Behavior of band 4."
    )


@pytest.mark.parametrize(
    ("verdict", "posture"),
    [
        ({"missing": ("measure",), "score": 0.7}, "fix"),  # an essential point
        ({"contradicted": ("space",), "score": 0.9}, "fix"),
        ({"missing": ("space",), "score": 0.7}, "polish"),
        ({"partial": ("measure",), "score": 0.7}, "polish"),
    ],
)
def test_says_whether_an_answer_needs_fixing_or_polishing(verdict, posture):
    said = feedback(**verdict)

    assert said.posture == posture
    assert said.anchor == "Behavior of band 4." or posture == "fix"
    assert said.step.point_id in (*verdict.get("missing", ()), "space", "measure")


def test_a_story_without_its_end_needs_fixing():
    assert feedback(BEHAVIOURAL, missing_parts=("result",)).posture == "fix"


def test_a_strong_answer_hears_no_criticism():
    said = feedback(missing=("space",), score=0.9)

    assert [item.kind for item in said.items] == ["move_on"]
    assert (said.posture, said.next_anchor, said.step) == ("move_on", "", None)


def test_a_strong_answer_with_a_wrong_statement_hears_about_it():
    items = feedback(contradicted=("space",), score=0.9).items

    assert [(item.kind, item.source) for item in items] == [("change", "space")]


@pytest.mark.parametrize(
    "outcome", [result.EMPTY, result.REFUSAL, result.DONT_KNOW, result.ECHO]
)
def test_an_unscored_answer_hears_the_reason(outcome):
    said = coach.feedback(
        question=TECHNICAL,
        assessment=make_gated(outcome, reason="That repeats the question."),
        answer="Hm.",
    )

    (item,) = said.items
    assert (item.kind, item.quote) == ("change", "")
    assert item.gap == "That repeats the question."
    assert item.advice


def test_an_answer_with_too_little_in_it_hears_so():
    assessment = dataclasses.replace(
        make_assessment(TECHNICAL), state=result.INSUFFICIENT, score=None
    )

    said = coach.feedback(question=TECHNICAL, assessment=assessment, answer="Caches.")

    assert said.items[0].gap == "There was too little on the question to judge."


def test_drops_a_quote_that_the_answer_does_not_hold():
    spans = evidence("maintain", "Writes maintain the index.")

    items = feedback(
        answer="Something else.", missing=("measure",), evidence=spans
    ).items

    assert {item.quote for item in items} == {""}
    assert "keep" not in {item.kind for item in items}


STATUSES = st.lists(
    st.sampled_from(["missing", "partial", "contradicted", "hit"]),
    min_size=3,
    max_size=3,
)


@given(
    statuses=STATUSES,
    parts=st.sets(st.sampled_from(["situation", "action", "result"])),
    is_story=st.booleans(),
    score=st.floats(0, 1),
)
@settings(deadline=None)
def test_feedback_is_one_to_three_items_with_true_quotes(
    statuses, parts, is_story, score
):
    question = BEHAVIOURAL if is_story else TECHNICAL
    ids = [point.id for point in question.points]
    named = {
        status: tuple(id for id, s in zip(ids, statuses, strict=True) if s == status)
        for status in ("missing", "partial", "contradicted")
    }
    verdict = {
        **named,
        "missing_parts": tuple(parts),
        "score": score,
        "evidence": {id: make_evidence(ANSWER, "It takes space.") for id in ids},
    }

    said = feedback(question, **verdict)

    assert 1 <= len(said.items) <= 3
    assert all(item.quote in ANSWER for item in said.items)
    assert all(item.advice for item in said.items)
    assert json.loads(json.dumps(said.to_dict()))["items"]
    assert [json.dumps(line.to_dict()) for line in outline(question, **verdict)]


# Outline


def test_an_outline_joins_own_words_and_gaps_in_the_rubrics_order():
    spans = evidence("maintain", "Writes maintain the index.")

    lines = outline(missing=("space", "measure"), evidence=spans)

    assert [(line.mark, line.text) for line in lines] == [
        ("said", "Writes maintain the index."),
        ("add", "the index takes disk and cache space or adds locking"),
        ("add", "decide from query plans and usage statistics"),
    ]


def test_an_outline_replaces_what_was_wrong():
    spans = evidence("space", "It takes space.")

    lines = outline(contradicted=("space",), evidence=spans)

    assert [(line.text, line.replaces) for line in lines] == [
        ("the index takes disk and cache space or adds locking", "It takes space.")
    ]


def test_an_outline_never_keeps_what_was_wrong():
    spans = evidence("space", "It takes space.") | evidence(
        "maintain", "It takes space."
    )

    lines = outline(contradicted=("space",), evidence=spans)

    assert [line.mark for line in lines] == ["add"]


def test_a_sentence_that_stands_in_a_longer_one_is_not_said_twice():
    spans = evidence("maintain", "It takes space.") | {
        "space": make_evidence(
            ANSWER, "Writes maintain the index. It takes space.", target="space"
        )
    }

    lines = outline(missing=("measure",), evidence=spans)

    assert [line.text for line in lines if line.mark == "said"] == [
        "Writes maintain the index. It takes space."
    ]


def test_an_outline_says_a_sentence_once():
    spans = evidence("maintain", "Writes maintain the index.") | evidence(
        "space", "Writes maintain the index."
    )

    assert len(outline(evidence=spans)) == 1


def test_an_outline_of_a_story_leaves_its_facts_open():
    lines = outline(
        BEHAVIOURAL, missing_parts=("situation", "result"), missing=("result",)
    )

    assert [line.text for line in lines] == [
        "[where and when it was, and what was at stake]",
        "[what changed in the end, with your number]",
    ]


def test_an_unscored_answer_gets_the_whole_outline():
    lines = coach.outline(
        question=BEHAVIOURAL, assessment=make_gated(result.EMPTY), answer=""
    )

    assert {line.mark for line in lines} == {"add"}
    assert [line.source for line in lines] == [
        "situation",
        "action",
        "result",
        "listened",
    ]


# Next step


def test_practices_the_part_that_is_missing_most_often():
    assessments = [
        make_assessment(BEHAVIOURAL, missing_parts=("result",)),
        make_assessment(BEHAVIOURAL, missing_parts=("result", "situation")),
        make_assessment(BEHAVIOURAL),
    ]

    assert coach.next_step(assessments=assessments) == (
        "Practice ending each story with its result:"
        " the result was missing in 2 of 3 answers."
    )


def test_practices_the_weakest_criterion():
    question = make_question(points=TECHNICAL.points[:1])
    assessments = [make_assessment(question, score=0.3)]

    assert coach.next_step(assessments=assessments) == (
        "Practice the knowledge part of your answers: it fell short in 1 of 1 answer."
    )


def test_practices_checking_what_is_stated_wrongly():
    assessments = [
        make_assessment(TECHNICAL, contradicted=("space",)),
        make_assessment(TECHNICAL),
    ]

    assert coach.next_step(assessments=assessments) == (
        "Practice checking statements before making them:"
        " something was stated wrongly in 1 of 2 answers."
    )


def test_asks_for_something_to_judge():
    step = coach.next_step(assessments=[make_gated(result.EMPTY)])

    assert step.startswith("Answer one question in four or more full sentences")


def test_suggests_harder_questions_when_no_gap_is_left():
    step = coach.next_step(assessments=[make_assessment(TECHNICAL, score=0.9)])

    assert step.startswith("No gap stands out")


@given(st.permutations(range(4)))
@settings(deadline=None)
def test_the_order_of_answers_does_not_matter(order):
    assessments = [
        make_assessment(BEHAVIOURAL, missing_parts=("result",)),
        make_assessment(TECHNICAL, score=0.3),
        make_assessment(BEHAVIOURAL, missing_parts=("action",)),
        make_gated(result.EMPTY),
    ]

    shuffled = [assessments[n] for n in order]

    assert coach.next_step(assessments=shuffled) == coach.next_step(
        assessments=assessments
    )
