import pytest

from interviewer.policy.inquiries import NOT_KNOWN, Rating, declines, rate, reply
from interviewer.web.samples import SAMPLE_SETUP

JOB = SAMPLE_SETUP["job_description"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "No",
        "no, thank you.",
        "Nope, that's all!",
        "I have no questions",
        "Nothing else",
        "I’m good, thanks",
        "Not at the moment",
    ],
)
def test_knows_when_there_is_nothing_to_ask(text):
    assert declines(text)


@pytest.mark.parametrize("text", ["No deadline at all?", "Why?", "Nothing works here?"])
def test_a_question_is_no_refusal(text):
    assert not declines(text)


def test_replies_with_the_line_that_answers():
    said = reply(question="How does the on-call rota work?", job_description=JOB)

    assert said == (
        "The job description says: “share the on-call rota and write up incidents”."
    )


@pytest.mark.parametrize(
    "question",
    ["How many vacation days are there?", "Why?", "What is the team like to work in?"],
)
def test_makes_nothing_up(question):
    assert reply(question=question, job_description=JOB) == NOT_KNOWN
    assert reply(question=question, job_description="") == NOT_KNOWN


@pytest.mark.parametrize(
    ("question", "rating"),
    [
        (
            "Which idempotency decision turned out to be the hardest to change?",
            Rating(True, True, True, True),
        ),
        ("How many vacation days are there?", Rating(False, True, False, False)),
        ("Is there an on-call rota?", Rating(True, False, False, True)),
        ("What is the salary for payments?", Rating(True, True, False, False)),
        (
            "You spoke of sharded ledgers: why were they split?",
            Rating(True, True, True, True),
        ),
    ],
)
def test_rates_a_question_by_rule(question, rating):
    said = ["We sharded the ledgers by customer."]

    assert (
        rate(question=question, job_description=JOB, company="Linden Pay", said=said)
        == rating
    )
