import pytest

from interviewer.agents import assessor
from interviewer.scoring import result
from tests.factories import make_question

QUESTION = make_question()
MAIN = (
    "On every write the database must also update the index, which costs time."
    " I would decide from query plans and usage statistics whether to keep it."
)


def check(reply, *, earlier=()):
    return assessor.check_reply(
        question=QUESTION, earlier=earlier, reply=reply, encoder=None
    ).outcome


def test_judges_all_answers_as_one_text():
    main, reply = "Every write must update the index.", "I look at query plans, too."

    verdict = assessor.judge(question=QUESTION, answers=[main, reply], encoder=None)

    text = assessor.join_answers([main, reply])
    spans = [point.evidence for point in verdict.points if point.evidence]
    assert spans
    assert all(text[span.start : span.end] == span.quote for span in spans)


def test_a_main_answer_must_say_something():
    assert check("Fine.") == result.EMPTY


def test_a_follow_up_may_be_answered_in_two_words():
    assert check("Latency halved.", earlier=[MAIN]) == result.PASSED


@pytest.mark.parametrize("reply", ["", "   "])
def test_nothing_is_never_a_reply(reply):
    assert check(reply, earlier=[MAIN]) == result.EMPTY


def test_not_knowing_stays_not_knowing_in_a_follow_up():
    assert check("I don't know.", earlier=[MAIN]) == result.DONT_KNOW
