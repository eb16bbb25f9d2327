import asyncio

import msgspec
import pytest

from interviewer.agents.chat_model import Deadlines
from interviewer.agents.judgement import Item, judgement_prompt, verify
from interviewer.agents.judgement_schema import BatchResult
from interviewer.agents.model_types import ModelFailure
from interviewer.benchmarks.fake_provider import Fault
from interviewer.benchmarks.fake_provider import faults as kinds
from tests.agents.models import PROMPT, make_model

ITEM = Item(
    "a1",
    "Why is the sky blue?",
    (("knowledge", "physics"), ("clarity", "plain words")),
    "Short waves scatter more. I measured 3 spectra for it.",
)


class Verdict(msgspec.Struct, forbid_unknown_fields=True):
    score: int


def ask(model, schema=Verdict, prompt=PROMPT):
    return asyncio.run(model.structured(prompt=prompt, schema=schema))


def test_returns_the_value_with_what_it_cost(provider):
    provider.say('{"score": 3}')

    got = ask(make_model(provider))

    assert got.value == Verdict(3)
    assert got.record.usage.tokens_in > 0
    assert not got.record.usage.is_estimated


def test_sends_the_schema_with_the_struct_at_its_root(provider):
    provider.persona = "normal"

    ask(make_model(provider), schema=BatchResult)

    schema = provider.requests[0].schema
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "AnswerResult" in schema["$defs"]


@pytest.mark.parametrize(
    "said",
    [
        '{"score": NaN}',
        '{"score": true}',
        '{"score": null}',
        '{"score": "seven"}',
        '{"score": 1.5}',
        '{"score": 1, "note": ""}',
        "{}",
        "[]",
        '{"score": ',
        "Here you are: 3",
        "[" * 1500,
    ],
)
def test_any_other_shape_is_a_failure(provider, said):
    provider.say(said)

    with pytest.raises(ModelFailure) as failed:
        ask(make_model(provider))

    assert failed.value.failure == "wrong_shape"
    assert failed.value.record.failure == "wrong_shape"
    assert failed.value.record.usage.tokens_in > 0
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (kinds.INVALID_JSON, "wrong_shape"),
        (kinds.WRONG_SHAPE, "wrong_shape"),
        (kinds.ECHO, "wrong_shape"),
        (kinds.LENGTH, "truncated"),
        (kinds.CONTENT_FILTER, "refused"),
        (kinds.ENDLESS, "too_long"),
        (kinds.TOOL_CALL, "empty"),
    ],
)
def test_faults_keep_their_names(provider, kind, failure):
    provider.fail(Fault(kind))

    with pytest.raises(ModelFailure) as failed:
        ask(make_model(provider), BatchResult, judgement_prompt(items=[ITEM]))

    assert failed.value.failure == failure


def test_has_a_deadline_of_its_own(provider):
    provider.fail(Fault(kinds.HANG))
    model = make_model(provider, deadlines=Deadlines(judgement=0.05))

    with pytest.raises(ModelFailure) as failed:
        ask(model)

    assert failed.value.failure == "first_token_late"


def test_a_judgment_of_the_normal_persona_survives_verification(provider):
    got = ask(make_model(provider), BatchResult, judgement_prompt(items=[ITEM]))

    (judged,) = verify(result=got.value, items=[ITEM])

    assert (judged.rejected, judged.dropped) == ("", 0)
    assert {criterion.score for criterion in judged.criteria} == {2}
    assert [fact.value for fact in judged.facts] == ["3"]


def test_quotes_that_are_not_in_the_answer_are_worth_nothing(provider):
    provider.fail(Fault(kinds.FALSE_QUOTES))
    got = ask(make_model(provider), BatchResult, judgement_prompt(items=[ITEM]))

    (judged,) = verify(result=got.value, items=[ITEM])

    assert {criterion.score for criterion in judged.criteria} == {None}
    assert (judged.facts, judged.dropped) == ((), 3)
