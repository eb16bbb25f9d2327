"""How well people judge themselves: their own marks against the scores."""

from __future__ import annotations

import dataclasses
import datetime
import math
import uuid
from collections.abc import Iterable, Sequence
from typing import Final

from sessions_app.models import Evaluation, SelfRating, User
from sessions_app.models.self_rating import HIGHEST
from sessions_app.services.labels import band_of, band_word

MIN_RATINGS: Final = 5  # fewer say nothing about a person
MAX_RATINGS: Final = 50  # the latest
# Half width of the 80 % band around a mean, in its standard errors.
BAND_80: Final = 1.28
CLOSE: Final = 10  # points; a smaller mean difference is called close


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RatedAnswer:
    """An answer with its own mark and its score, both from 0 to 100."""

    session_id: uuid.UUID
    slot: int
    topic: str
    answered_at: datetime.datetime
    rating: int  # 1 to 5
    percent: int
    error: int | None
    word: str  # of the score's band

    @property
    def rating_percent(self) -> int:
        """Return the middle of the band that the mark names."""
        return round(100 * (self.rating - 0.5) / HIGHEST)

    @property
    def difference(self) -> int:
        """Return own mark less score, in points of 100."""
        return self.rating_percent - self.percent

    @property
    def bands_apart(self) -> int:
        return self.rating - band_of(score=self.percent / 100)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A person's rated answers, the oldest first, and what they show."""

    answers: tuple[RatedAnswer, ...]
    sentence: str
    missing: int  # ratings until something can be said


def self_calibration(*, user: User) -> Calibration:
    """Return the person's calibration over the latest ratings; two queries.

    Ratings of answers whose scores may not be seen yet are left out.
    """
    answers = tuple(reversed(list(_rated_answers(user))))
    return Calibration(
        answers=answers,
        sentence=describe(differences=[answer.difference for answer in answers]),
        missing=max(0, MIN_RATINGS - len(answers)),
    )


def describe(*, differences: Sequence[int]) -> str:
    """Say what own marks less scores show; empty below MIN_RATINGS."""
    count = len(differences)
    if count < MIN_RATINGS:
        return ""
    mean = math.fsum(differences) / count
    spread = math.fsum((d - mean) ** 2 for d in differences) / (count - 1)
    band = BAND_80 * math.sqrt(spread / count)
    over = f"Over {count} answers"
    if abs(mean) <= band:
        return (
            f"{over} your own marks show no clear lean: {mean:+.0f} ± {band:.0f} points"
            " against the scores."
        ).replace("-", "−")
    lean = "above" if mean > 0 else "below"
    size = "a little " if abs(mean) < CLOSE else ""
    return (
        f"{over} you rated yourself {size}{lean} the scores, by {abs(mean):.0f} ±"
        f" {band:.0f} points on average."
    )


def _rated_answers(user: User) -> Iterable[RatedAnswer]:
    ratings = list(
        SelfRating.objects.visible_to(user)
        .select_related("session")
        .defer("session__resume", "session__job_description")
        .order_by("-rated_at", "-pk")[:MAX_RATINGS]
    )
    judged = {
        row.message_id: row
        for row in Evaluation.objects.visible_to(user)
        .filter(message__in=[rating.message_id for rating in ratings], is_counted=True)
        .defer("result", "feedback", "outline", "text")
    }
    seen = set()
    for rating in ratings:
        row = judged.get(rating.message_id)
        if row is None or not row.is_scored or not rating.session.shows_feedback:
            continue
        # Later answers to a question are judged with those before: one case, not two.
        if (row.session_id, row.slot) not in seen:
            seen.add((row.session_id, row.slot))
            yield _rated(rating, row)


def _rated(rating: SelfRating, row: Evaluation) -> RatedAnswer:
    score, error = row.score_in_force or 0.0, row.error_in_force
    slots = rating.session.plan.get("slots", ())
    return RatedAnswer(
        session_id=rating.session_id,
        slot=row.slot,
        topic=next((s["label"] for s in slots if s["index"] == row.slot), ""),
        answered_at=rating.rated_at,
        rating=rating.value,
        percent=round(100 * score),
        error=None if error is None else round(100 * error),
        word=band_word(score=score),
    )
