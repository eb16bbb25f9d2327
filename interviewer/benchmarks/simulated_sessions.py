"""Simulated interviews with facts planted in them, as data and a seed decide.

What the candidate says stands in data/planted_facts. The rules that read facts were
tried on `texts` and `other_texts`; on `held_out` they never were.
"""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.tokens import estimate_tokens
from interviewer.bank.loader import load_bank

DIRECTORY = Path(__file__).resolve().parent / "data" / "planted_facts"
WORDINGS = ("texts", "other_texts", "held_out")
CORRECTIONS = 12
PLANTED_TURNS = 60  # one statement in each: 48 facts and 12 corrections
TALK_SENTENCES = 9
OPENING = "Welcome. We have an hour and shall talk about your work."


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """A fact as told last; `old` is the value that a correction replaced."""

    topic: str
    key: str
    value: str
    statement: str
    seq: int  # of the message that says it
    old: str = ""
    old_statement: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SimulatedSession:
    """A whole interview: opening, then question and answer in turn."""

    messages: tuple[HistoryMessage, ...]
    planted: tuple[Planted, ...]

    def turns(self) -> int:
        return len(self.messages) // 2


@functools.cache
def texts(wording: str = "texts") -> Mapping[str, Any]:
    """Return the texts that simulated candidates speak; talk is common to all."""
    path = DIRECTORY / f"{wording}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded if wording == "texts" else {**texts(), **loaded}


def simulate(*, turns: int, seed: int, wording: str = "texts") -> SimulatedSession:
    """Return an interview of this many turns; the same for the same seed."""
    rng = random.Random(f"{turns} {seed}")
    statements, planted = _plant(rng, min(turns, PLANTED_TURNS), texts(wording))
    questions = [question.question for question in load_bank().questions]
    rng.shuffle(questions)
    messages = [_message(1, "interviewer", "opening", OPENING, None)]
    for turn in range(1, turns + 1):
        asked = questions[turn % len(questions)]
        said = _answer(rng, statements.get(turn, ""))
        messages.append(_message(2 * turn, "interviewer", "question", asked, turn))
        messages.append(_message(2 * turn + 1, "candidate", "answer", said, turn))
    return SimulatedSession(tuple(messages), tuple(planted))


def _plant(
    rng: random.Random, turns: int, source: Mapping[str, Any]
) -> tuple[dict[int, str], list[Planted]]:
    corrections = CORRECTIONS * turns // PLANTED_TURNS
    topics = rng.sample(source["topics"], turns - corrections)
    corrected = set(rng.sample(topics[: len(topics) // 2], corrections))
    firsts = [_first(rng, topic, source) for topic in topics]
    order: list[Planted] = []
    waiting: list[Planted] = []
    for fact in firsts:
        order.append(fact)
        if fact.topic in corrected:
            waiting.append(fact)
        # Half of the corrections come soon, the others late.
        if len(waiting) > 2 and rng.random() < 0.4:
            order.append(_corrected(rng, waiting.pop(0), source))
    order += [_corrected(rng, fact, source) for fact in waiting]
    statements, last = {}, {}
    for turn, fact in enumerate(order, 1):
        statements[turn] = fact.statement
        last[fact.topic] = dataclasses.replace(fact, seq=2 * turn + 1)
    return statements, list(last.values())


def _first(rng: random.Random, topic: str, source: Mapping[str, Any]) -> Planted:
    kind = rng.choice(source["facts"])
    value = _number(rng, kind)
    text = rng.choice(kind["texts"]).format(topic=topic, n=_written(value))
    statement = text[0].upper() + text[1:]
    return Planted(topic, kind["key"], str(value), statement, 0)


def _corrected(rng: random.Random, fact: Planted, source: Mapping[str, Any]) -> Planted:
    kind = next(k for k in source["facts"] if k["key"] == fact.key)
    value = _number(rng, kind)
    while str(value) == fact.value:
        value = _number(rng, kind)
    statement = rng.choice(source["corrections"]).format(
        topic=fact.topic,
        key=fact.key,
        n=_written(value),
        o=_written(int(fact.value)),
    )
    return Planted(
        topic=fact.topic,
        key=fact.key,
        value=str(value),
        statement=statement,
        seq=0,
        old=fact.value,
        old_statement=fact.statement,
    )


def _number(rng: random.Random, kind: Mapping[str, Any]) -> int:
    value = rng.randint(kind["low"], kind["high"])
    return round(value, -3) if kind["high"] > 9_999 else value


def _written(value: int) -> str:
    return f"{value:,}"


def _answer(rng: random.Random, statement: str) -> str:
    sentences: list[str] = rng.sample(texts()["talk"], TALK_SENTENCES)
    if rng.random() < 0.3:
        sentences.append(rng.choice(texts()["bait"]))
    if statement:
        sentences.insert(rng.randrange(len(sentences)), statement)
    return " ".join(sentences)


def _message(
    seq: int, role: str, kind: str, content: str, question_no: int | None
) -> HistoryMessage:
    tokens = estimate_tokens(content)
    return HistoryMessage(seq, role, kind, content, question_no, tokens)


def plain_text(*, messages: Sequence[HistoryMessage]) -> str:
    """Return what was said, a line for each message."""
    return "\n".join(message.content for message in messages)
