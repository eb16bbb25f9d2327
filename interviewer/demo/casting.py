"""Who interviews when, in what manner, and what they say: decided by a seed alone."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.benchmarks.answers import natural_answers
from sessions_app.models import InterviewSession
from sessions_app.services.labels import ROLE_LABELS
from sessions_app.services.sessions import Setup

TEXTS = Path(__file__).resolve().parent / "data" / "texts.yaml"
DOMAIN = "demo.example"  # reserved: no mail ever leaves for it

Ending = Literal["finished", "stopped", "paused", "in_progress"]


@functools.cache
def texts() -> Mapping[str, Any]:
    """Return what demo people say beside their answers."""
    loaded: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return loaded


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody who practices; `skill` is how good their answers are, 0.0–1.0."""

    name: str
    email: str
    skill: float
    role: str


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One interview to be held."""

    person: Person
    setup: Setup
    seed: int
    starts_at: datetime.datetime
    ending: Ending
    skill: float  # of the person by then: practice helps
    has_calls: bool  # made-up calls of a language model are added


def cast(
    *,
    people: int,
    sessions: int,
    days: int,
    seed: int,
    until: datetime.datetime,
) -> list[Part]:
    """Return the interviews in order of time; the same for the same arguments."""
    rng = random.Random(f"{people} {sessions} {days} {seed}")
    crowd = [_person(rng, number, seed) for number in range(people)]
    span = days * 24 * 60
    starts = sorted(
        until - datetime.timedelta(minutes=90 + rng.randrange(span))
        for _ in range(sessions)
    )
    open_ones = max(2, sessions // 12)  # the newest
    endings = [_ending(rng, sessions - n <= open_ones, n) for n in range(sessions)]
    return [
        _part(
            rng, number, rng.choice(crowd), start, ending, (until - start).days / days
        )
        for number, (start, ending) in enumerate(zip(starts, endings, strict=True))
    ]


def _person(rng: random.Random, number: int, seed: int) -> Person:
    names = texts()["people"]
    name, skill = names[number % len(names)]
    again = number // len(names)
    full = f"{name} {again + 1}" if again else name
    plain = unicodedata.normalize("NFKD", full.lower()).encode("ascii", "ignore")
    address = ".".join(re.findall(r"[a-z0-9]+", plain.decode()))
    return Person(
        name=full,
        email=f"{address}.{seed}@{DOMAIN}",
        skill=min(0.97, max(0.1, skill + rng.uniform(-0.05, 0.05))),
        role=rng.choice(list(ROLE_LABELS)),
    )


def _part(
    rng: random.Random,
    number: int,
    person: Person,
    start: datetime.datetime,
    ending: Ending,
    ago: float,
) -> Part:
    """Return an interview; `ago` is 1.0 for the earliest day and 0.0 for the last."""
    role = person.role if rng.random() < 0.8 else rng.choice(list(ROLE_LABELS))
    is_open = ending in ("paused", "in_progress")
    setup = Setup(
        role=role,
        role_title=ROLE_LABELS[role],
        level=rng.choice(InterviewSession.Level.values),
        kind=rng.choice(InterviewSession.Kind.values),
        style=rng.choice(InterviewSession.Style.values),
        mode=rng.choice(["practice", "practice", "interview", "skill_assessment"]),
        # An open one has no limit: the sweep would end it as overdue.
        minutes=None if is_open else rng.choice([15, 15, 30, None]),
        company=rng.choice(texts()["companies"]),
    )
    return Part(
        person=person,
        setup=setup,
        seed=rng.getrandbits(31),
        starts_at=start,
        ending=ending,
        skill=min(0.97, person.skill + 0.15 * (1 - ago)),
        has_calls=number % 3 == 0,
    )


def _ending(rng: random.Random, is_open: bool, number: int) -> Ending:
    if is_open:
        return "paused" if number % 2 else "in_progress"
    return "stopped" if rng.random() < 0.15 else "finished"


def answer_to(rng: random.Random, *, question: BankQuestion, skill: float) -> str:
    """Return an answer to this question about as good as the person is."""
    wanted = min(1.0, max(0.0, rng.gauss(skill, 0.18)))
    choices = _answers()[question.id]
    nearest = sorted(choices, key=lambda choice: abs(choice[0] - wanted))[:2]
    return str(rng.choice(texts()["openers"])) + rng.choice(nearest)[1]


def reply_to_probe(rng: random.Random, *, question: BankQuestion, skill: float) -> str:
    """Return a reply to a follow-up: what was left out, or that it is not known."""
    if rng.random() > skill:
        return str(rng.choice(texts()["unsure"]))
    point = rng.choice(question.points) if question.points else None
    said = [point.text, *point.aliases[:1]] if point else [question.reference]
    sentences = [f"{text[0].upper()}{text[1:].rstrip('.')}." for text in said if text]
    return f"Let me add to that. {' '.join(sentences)}"


@functools.cache
def _answers() -> Mapping[str, Sequence[tuple[float, str]]]:
    """Return question → (grade, text): answers by hand, and the bank's exemplars."""
    known: dict[str, list[tuple[float, str]]] = {
        question.id: [
            (example.score, example.text.strip()) for example in question.exemplars
        ]
        for question in load_bank().questions
    }
    for answer in natural_answers():
        known[answer.question.id].append((answer.grade, answer.text.strip()))
    return known
