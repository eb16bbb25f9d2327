import dataclasses
import re

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from interviewer.agents.model_tasks import Digested, ModelTask
from interviewer.agents.model_types import Prompt
from interviewer.agents.response_key import (
    CallContext,
    normalize_message,
    response_digest,
)


class Reads(msgspec.Struct, frozen=True):
    message: object
    topic: object
    conversation: Digested
    attempt: int = 1
    options: dict = {}


TASK = ModelTask(
    name="reply.coach",
    prompt="coach",
    reads=Reads,
    render=lambda reads: Prompt([], 10),
    scope="session",
    ttl_seconds=120,
)
READS = Reads("why?", "caching", Digested(digest="d1", value="long"))
CONTEXT = CallContext(
    engine="model",
    model="openai:m-1",
    parameters={"temperature": 0, "top_p": 1},
    language="en",
    mode="practice",
    prompt_version="3",
)


def digest(*, task=TASK, reads=READS, context=CONTEXT, secret=b"secret"):
    return response_digest(task=task, reads=reads, context=context, secret=secret)


def test_is_the_same_for_equal_requests():
    again = Reads("why?", "caching", Digested(digest="d1", value="long"))

    assert digest(reads=again) == digest()
    assert re.fullmatch("[0-9a-f]{32}", digest())


@pytest.mark.parametrize(
    "changes",
    [
        {"reads": msgspec.structs.replace(READS, message="why")},
        {"reads": msgspec.structs.replace(READS, topic="Caching")},
        {
            "reads": msgspec.structs.replace(
                READS, conversation=Digested(digest="d2", value="long")
            )
        },
        {"reads": msgspec.structs.replace(READS, attempt=2)},
        {"reads": msgspec.structs.replace(READS, options={"a": 1})},
        {"context": dataclasses.replace(CONTEXT, engine="other")},
        {"context": dataclasses.replace(CONTEXT, model="openai:m-2")},
        {"context": dataclasses.replace(CONTEXT, parameters={"temperature": 0})},
        {"context": dataclasses.replace(CONTEXT, language="de")},
        {"context": dataclasses.replace(CONTEXT, mode="interview")},
        {"context": dataclasses.replace(CONTEXT, prompt_version="4")},
        {"task": dataclasses.replace(TASK, name="reply.interviewer")},
        {"task": dataclasses.replace(TASK, schema_version=2)},
        {"secret": b"other"},
    ],
)
def test_changes_with_every_input(changes):
    assert digest(**changes) != digest()


def test_does_not_depend_on_the_order_in_which_a_map_was_built():
    turned = dict(reversed(CONTEXT.parameters.items()))

    assert digest(context=dataclasses.replace(CONTEXT, parameters=turned)) == digest()


def test_does_not_read_what_stands_behind_a_digest():
    reads = msgspec.structs.replace(
        READS, conversation=Digested(digest="d1", value=object())
    )

    assert digest(reads=reads) == digest()


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=False, min_value=-5, max_value=5),
    st.text(max_size=4),
    st.binary(max_size=4),
    st.text(max_size=4).map(lambda text: Digested(digest=text, value=None)),
)


def typed(value):
    return type(value).__name__, repr(value)


@given(values, values, values, values)
def test_no_two_different_read_sets_share_a_key(a, b, c, d):
    one = msgspec.structs.replace(READS, message=a, topic=b)
    other = msgspec.structs.replace(READS, message=c, topic=d)

    is_same = (typed(a), typed(b)) == (typed(c), typed(d))
    assert (digest(reads=one) == digest(reads=other)) == is_same


@given(st.text(min_size=1, max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_text_that_moves_to_the_next_field_gives_another_key(text, first, second):
    first, second = min(first, len(text)), min(second, len(text))
    assume(first != second)

    def split(at):
        return msgspec.structs.replace(READS, message=text[:at], topic=text[at:])

    assert digest(reads=split(first)) != digest(reads=split(second))


def test_refuses_what_has_no_canonical_form():
    with pytest.raises(TypeError, match="object cannot be part of a key"):
        digest(reads=msgspec.structs.replace(READS, message=object()))


@pytest.mark.parametrize(
    ("typed", "normalized"),
    [
        ("  why  is\r\nthat? ", "why is\nthat?"),
        ("Zoe\u0308", "Zoë"),
        ("use\n```\na  =  1\n```\nand  then", "use\n```\na  =  1\n```\nand then"),
        ("```\nopen  end", "```\nopen  end"),
        ("Go is O(n) !", "Go is O(n) !"),
    ],
)
def test_normalizes_what_does_not_change_the_meaning(typed, normalized):
    assert normalize_message(typed) == normalized


@given(st.text(alphabet="aB \t\r\n`~!ë\u0308", max_size=40))
def test_normalizing_twice_is_normalizing_once(text):
    once = normalize_message(text)

    assert normalize_message(once) == once


@given(st.text(alphabet="aB !?(", max_size=20))
def test_normalizing_keeps_case_and_punctuation(text):
    kept = normalize_message(text)

    assert kept.replace(" ", "") == text.replace(" ", "")
