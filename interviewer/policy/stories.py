"""Which story fits which question, which is told too often, which is missing."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.policy import labels
from interviewer.policy.selection import BEHAVIOURAL
from interviewer.scoring.words import content_words

# Share of a story's own content words in an answer from which the answer tells it:
# between retellings and answers on other cases (tests/policy/test_stories.py).
TOLD_FROM = 0.6
LEAST_WORDS = 8  # with fewer of its own, nothing is recognized
TOO_OFTEN = 3  # interviews within the time looked at
ALONE_FOR = 3  # competencies that only one story serves


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A behavioural answer that was given."""

    interview: str
    text: str
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """How often a story was told in interviews, and when last."""

    interviews: int
    last_at: datetime.datetime | None

    @property
    def is_overused(self) -> bool:
        return self.interviews >= TOO_OFTEN


@dataclasses.dataclass(frozen=True, slots=True)
class Need:
    """A competency that behavioural questions ask for, and the stories that show it."""

    competency: str
    question: str
    titles: tuple[str, ...]


def needs(
    *, questions: Iterable[BankQuestion], stories: Mapping[str, Iterable[str]]
) -> tuple[Need, ...]:
    """Return every competency with one of its questions, those without a story first.

    stories: title → the competencies that it shows
    """
    asked: dict[str, str] = {}
    for question in sorted(questions, key=lambda question: question.id):
        if question.type == BEHAVIOURAL:
            asked.setdefault(labels.competency(question.skills), question.question)
    shown = {
        title: {name.casefold() for name in names} for title, names in stories.items()
    }
    found = [
        Need(
            competency=name,
            question=text,
            titles=tuple(t for t, names in shown.items() if name.casefold() in names),
        )
        for name, text in asked.items()
    ]
    return tuple(sorted(found, key=lambda need: (bool(need.titles), need.competency)))


def use_of(*, text: str, told: Iterable[Told]) -> Use:
    """Return in how many interviews this story was told."""
    words = _stems(text)
    times = {
        answer.interview: answer.at
        for answer in sorted(told, key=lambda answer: answer.at)
        if _tells(words, _stems(answer.text))
    }
    return Use(interviews=len(times), last_at=max(times.values(), default=None))


def carries_alone(*, title: str, needs: Sequence[Need]) -> tuple[str, ...]:
    """Return the competencies that only this story shows, if they are too many."""
    alone = tuple(need.competency for need in needs if need.titles == (title,))
    return alone if len(alone) >= ALONE_FOR else ()


def _tells(story: frozenset[str], answer: frozenset[str]) -> bool:
    return len(story) >= LEAST_WORDS and len(story & answer) / len(story) >= TOLD_FROM


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        word.stem for word in content_words(text=text) if word.weight == 1.0
    )
