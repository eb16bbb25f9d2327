"""What to practise next, and why: the first matching rule decides."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from interviewer.policy.drill import DRILL_QUESTIONS

WEAK_BELOW = 0.6  # mean of the last scores; from there on an answer is good
TOPICS_NAMED = 3

CUE_CARD = "cue_card"
REVIEW = "review"
DRILL = "drill"
INTERVIEW = "interview"


@dataclasses.dataclass(frozen=True, slots=True)
class Practised:
    """A question that was answered: how well, and when it is due again."""

    topic: str
    competency: str
    score: float  # 0.0–1.0
    due_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How the answers to one competency went; percent of the last ones' mean."""

    competency: str
    percent: int
    answers: int

    @property
    def is_weak(self) -> bool:
        return self.percent < 100 * WEAK_BELOW


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do next, with its reason."""

    kind: str
    title: str
    reason: str
    competency: str = ""  # of a drill


def due(
    *, practised: Iterable[Practised], now: datetime.datetime
) -> tuple[Practised, ...]:
    """Return what is due, the longest overdue first."""
    waiting = [question for question in practised if question.due_at <= now]
    return tuple(sorted(waiting, key=lambda question: question.due_at))


def standings(*, practised: Iterable[Practised]) -> tuple[Standing, ...]:
    """Return the competencies that were practised, the weakest first."""
    scores: dict[str, list[float]] = defaultdict(list)
    for question in practised:
        if question.competency:
            scores[question.competency].append(question.score)
    found = [
        Standing(name, round(100 * math.fsum(values) / len(values)), len(values))
        for name, values in scores.items()
    ]
    return tuple(sorted(found, key=lambda s: (s.percent, -s.answers, s.competency)))


def days_left(*, interview_on: datetime.date, today: datetime.date) -> str:
    """Return how far away the interview is, in words."""
    days = (interview_on - today).days
    if days <= 1:
        return "tomorrow" if days == 1 else "today"
    return f"in {days} days"


def suggest(
    *,
    practised: Sequence[Practised],
    interview_on: datetime.date | None,
    now: datetime.datetime,
) -> Suggestion:
    """Return what serves this person best now.

    interview_on: the day of the real interview, today or later; None without one
    """
    waiting = due(practised=practised, now=now)
    weakest = next((s for s in standings(practised=practised) if s.is_weak), None)
    when = ""
    if interview_on is not None:
        words = days_left(interview_on=interview_on, today=now.date())
        when = f" Your interview is {words}."
        if words in ("today", "tomorrow"):
            return Suggestion(
                CUE_CARD,
                "Read your cue card",
                f"Your interview is {words}. What you know now is enough: one page, "
                "then rest.",
            )
    if waiting:
        return Suggestion(
            REVIEW, _review_title(waiting), _review_reason(waiting) + when
        )
    if weakest is not None:
        return Suggestion(
            DRILL,
            f"Drill {weakest.competency}",
            f"It is your weakest subject so far: {weakest.percent} of 100 over "
            f"{_count(weakest.answers, 'answer')}.{when}",
            competency=weakest.competency,
        )
    reason = "Nothing is due and no subject stands out as weak."
    if not practised:
        reason = "After a finished interview, weak answers come back here in time."
    return Suggestion(INTERVIEW, "Take another interview", reason + when)


def _review_title(waiting: Sequence[Practised]) -> str:
    return f"Review {_count(len(waiting), 'answer')}"


def _review_reason(waiting: Sequence[Practised]) -> str:
    topics = list(dict.fromkeys(question.topic for question in waiting))
    named = ", ".join(topics[:TOPICS_NAMED])
    more = " and more" if len(topics) > TOPICS_NAMED else ""
    lowest = min(question.score for question in waiting)
    if len(waiting) == 1:
        return f"{named} is due again: you had {round(100 * lowest)} of 100 last time."
    few = ""
    if len(waiting) > DRILL_QUESTIONS:
        few = f" A review takes {DRILL_QUESTIONS} of them."
    return f"{named}{more} are due again: what is not practiced fades.{few}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
