import dataclasses

import pytest

from interviewer.agents.judge_task import JUDGE, judge_reads, prompt_version
from interviewer.agents.judgement import judgement_prompt
from interviewer.agents.model_tasks import Digested, task
from interviewer.agents.response_key import CallContext, response_digest
from interviewer.bank.loader import load_bank

QUESTIONS = sorted(load_bank().questions, key=lambda question: question.id)
READS = judge_reads(
    question=QUESTIONS[0], level="mid", language="en", answer="We measured  it.\r\n"
)


def key(reads):
    context = CallContext(
        engine="chat",
        model="openai:m",
        parameters={},
        language="en",
        mode="",
        prompt_version=prompt_version(),
    )
    return response_digest(task=JUDGE, reads=reads, context=context, secret=b"s")


def test_is_registered_for_one_person_and_an_hour():
    assert task("answer.judge") is JUDGE
    assert (JUDGE.scope, JUDGE.ttl_seconds) == ("user", 3_600)


def test_the_same_words_have_the_same_key():
    assert READS.answer == "We measured it."
    again = judge_reads(
        question=QUESTIONS[0], level="mid", language="en", answer="We measured it."
    )

    assert key(again) == key(READS)


@pytest.mark.parametrize(
    "change",
    [
        {"question": Digested(digest="other", value="Other?")},
        {"question_id": "other"},
        {"rubric_version": 99},
        {"level": "senior"},
        {"language": "de"},
        {"criteria": (("knowledge", "something else"),)},
        {"answer": "We measured it twice."},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_input_makes_another_key(change):
    assert key(dataclasses.replace(READS, **change)) != key(READS)


def test_renders_one_answer_as_a_request_would():
    prompt = JUDGE.render(READS)

    assert prompt.max_tokens == judgement_prompt(items=[]).max_tokens + 900
    assert READS.question.value in prompt.messages[-1].content


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_criterion_says_what_it_asks_for(question):
    reads = judge_reads(question=question, level="mid", language="en", answer="Yes.")

    assert [name for name, _ in reads.criteria] == list(question.criteria)
    assert all(len(wants) > len("tells ") for _, wants in reads.criteria)
