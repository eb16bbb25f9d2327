"""What a model is sent in an interview: declared inputs, stable beginnings, fences."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from interviewer.agents import (
    fold_task,
    judge_task,
    reply_tasks,
    rewrite_task,
)
from interviewer.agents.history_views import HistoryEntry
from interviewer.agents.model_tasks import Digested, ModelTask, all_tasks
from interviewer.agents.model_types import Prompt
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.prompt_layout import prompt_bytes
from interviewer.agents.reply_tasks import (
    CoachingReads,
    Move,
    QuestionReads,
    ReplyReads,
    Talk,
)
from interviewer.agents.response_key import CallContext, response_digest
from interviewer.benchmarks.fake_provider import RunningProvider
from interviewer.benchmarks.fake_provider.requests import ChatRequest
from sessions_app.models import InterviewSession
from tests.interviews import send_and_complete
from tests.orchestrator.turns import clarify, finish

MARKER = "Heliotrope-4711"
CONTEXT = CallContext(
    engine="model",
    model="openai:fake",
    parameters={},
    language="en",
    mode="practice",
    prompt_version="1",
)


# What a task reads

SETUP = Digested(digest="setup", value={"role": "Backend engineer"})
HELLO = HistoryEntry("candidate", "Hello.")
TALK = Digested(digest="talk", value=Talk((HELLO,)))
MOVE = Move("question", "Why is it slow?", "Next.", "formal", False)
REPLY = ReplyReads(
    setup=SETUP,
    talk=TALK,
    message="I measured it.",
    message_kind="answer",
    move=MOVE,
    time="plenty",
)
COACHING = CoachingReads(
    setup=SETUP, talk=TALK, message="How?", move=MOVE, findings="Nothing on cost."
)
QUESTION = QuestionReads(question="Why is it slow?", style="formal", level="mid")
REWRITTEN = rewrite_task.RewriteReads(
    question=Digested(digest="question", value="Why is it slow?"),
    answer="I measured it.",
    gaps=("every write must update it",),
    resume=Digested(digest="resume", value="Linden Pay"),
    level="mid",
)
OTHERS: dict[type, Any] = {
    tuple: lambda value: (*value, "it takes space"),
    str: lambda value: f"{value} otherwise",
    bool: lambda value: not value,
}
OTHER_DIGESTED = {
    "question": "Why is it fast?",
    "resume": "Acme",
    "setup": {"role": "Data engineer"},
    "talk": Talk((HistoryEntry("system", "He measured.", True), HELLO)),
}


def varied(reads: Any) -> Iterator[tuple[str, Any]]:
    """Yield the reads with each field in turn holding something else."""
    for field in dataclasses.fields(reads):
        value = getattr(reads, field.name)
        if isinstance(value, Digested):
            other: Any = Digested(digest="other", value=OTHER_DIGESTED[field.name])
            yield field.name, dataclasses.replace(reads, **{field.name: other})
        elif dataclasses.is_dataclass(value):
            for name, inner in varied(value):
                changed = dataclasses.replace(reads, **{field.name: inner})
                yield f"{field.name}.{name}", changed
        else:
            other = OTHERS[type(value)](value)
            yield field.name, dataclasses.replace(reads, **{field.name: other})


WORDED: list[tuple[ModelTask[Any], Any]] = [
    (reply_tasks.REPLY, REPLY),
    (reply_tasks.COACHING, COACHING),
    (reply_tasks.QUESTION_WORDING, QUESTION),
    (reply_tasks.QUESTION_CLARIFY, QUESTION),
    (rewrite_task.REWRITE, REWRITTEN),
]
CASES = [(task, reads, *other) for task, reads in WORDED for other in varied(reads)]


def key(task: ModelTask[Any], reads: Any) -> str:
    return response_digest(task=task, reads=reads, context=CONTEXT, secret=b"secret")


@pytest.mark.parametrize(
    ("task", "reads", "name", "other"),
    CASES,
    ids=[f"{task.name}-{name}" for task, _, name, _ in CASES],
)
def test_each_declared_input_is_in_the_key_and_in_the_prompt(
    task: ModelTask[Any], reads: Any, name: str, other: Any
) -> None:
    assert key(task, other) != key(task, reads)
    assert told(task, other) != told(task, reads)


def told(task: ModelTask[Any], reads: Any) -> bytes:
    prompt: Prompt = task.render(reads)
    return prompt_bytes(prompt.messages)


def test_every_task_that_words_is_tried() -> None:
    background = {judge_task.JUDGE.name, fold_task.FOLD.name}

    assert {task.name for task, _ in WORDED} | background == {
        task.name for task in all_tasks()
    }


# What is sent in an interview


@pytest.fixture
def requests(
    session: InterviewSession, speaking_provider: RunningProvider
) -> list[ChatRequest]:
    """Everything that the provider was asked in an interview and after it."""
    for number in range(6):
        said = f"{MARKER}: I measured step {number} <b>first</b> and then fixed it."
        send_and_complete(session, said)
        if session.is_ended:
            break
        clarify(session)
    finish(session)
    send_and_complete(session, f"What about {MARKER}?", intent="ask")
    return list(speaking_provider.requests)


def test_no_word_of_a_person_stands_in_a_system_message(
    requests: list[ChatRequest],
) -> None:
    fixed = {
        load_prompt(name).text
        for name in ("interviewer", "coach", "question_wording", "question_clarify")
    }
    assert len(requests) > 6
    for request in requests:
        assert request.system in fixed
        assert [role for role, _ in request.messages].count("system") == 1


def test_words_of_the_candidate_are_always_fenced(
    requests: list[ChatRequest],
) -> None:
    spoken = [
        (role, text)
        for request in requests
        for role, text in request.messages
        if MARKER in text
    ]
    assert spoken
    for role, text in spoken:
        assert role == "user"
        assert text.startswith("<candidate>\n")
        assert "<b>" not in text


def test_a_prompt_begins_with_the_bytes_of_the_one_before_it(
    requests: list[ChatRequest],
) -> None:
    of_interviewer = [r for r in requests if r.system.startswith("# Interviewer")]
    assert len(of_interviewer) > 5
    for earlier, later in zip(of_interviewer, of_interviewer[1:], strict=False):
        stable = earlier.messages[:-1]
        assert later.messages[: len(stable)] == stable
