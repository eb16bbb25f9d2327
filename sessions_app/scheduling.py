"""When an answer should be practised again: FSRS over the scores of unaided answers.

Plain arithmetic: no Django and no clock. The unit is a question of the bank, however it
is worded. Default parameters, whole days from the first answer on, no chance.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Iterable

from fsrs import Card, Rating, Scheduler, State

DESIRED_RETENTION = 0.9
# Unaided scores, 0.0–1.0, below which an answer counts as forgotten, hard or good.
AGAIN_BELOW = 0.4
HARD_BELOW = 0.6
GOOD_BELOW = 0.85
SHORTEST_CAP = datetime.timedelta(hours=12)  # not due again in the same sitting
SCHEDULED_WITH = "FSRS-6, default parameters"


@dataclasses.dataclass(frozen=True, slots=True)
class Memory:
    """What is known of how well somebody knows an answer."""

    stability: float  # days until recall falls to 0.9
    difficulty: float  # 1–10
    reviewed_at: datetime.datetime
    due_at: datetime.datetime


def rate(*, score: float, is_helped: bool) -> int:
    """Return how the answer counts: 1 again, 2 hard, 3 good, 4 easy.

    With help it was at best hard: help is not there in a real interview.
    """
    if score < AGAIN_BELOW:
        return int(Rating.Again)
    if is_helped or score < HARD_BELOW:
        return int(Rating.Hard)
    return int(Rating.Good if score < GOOD_BELOW else Rating.Easy)


def replay(reviews: Iterable[tuple[datetime.datetime, int]]) -> Memory | None:
    """Return what these reviews, the oldest first, leave behind; None without any.

    reviews: when, and how it was rated
    """
    # Id and date of our own: the library would wait a millisecond for the one and read
    # a clock for the other. Neither has a part in what is computed.
    card = Card(card_id=0, due=datetime.datetime.min.replace(tzinfo=datetime.UTC))
    for reviewed_at, rating in reviews:
        at = reviewed_at.astimezone(datetime.UTC)
        card, _ = _scheduler().review_card(card, Rating(rating), review_datetime=at)
    if card.last_review is None or card.stability is None or card.difficulty is None:
        return None
    assert card.state == State.Review  # without learning steps there is no other
    return Memory(card.stability, card.difficulty, card.last_review, card.due)


def due_before(
    *,
    due_at: datetime.datetime,
    reviewed_at: datetime.datetime,
    interview_on: datetime.date | None,
) -> datetime.datetime:
    """Return when it is due with an interview on that day: half-way at the latest."""
    if interview_on is None:
        return due_at
    days = (interview_on - reviewed_at.date()).days
    if days < 0:
        return due_at
    cap = max(datetime.timedelta(days=days / 2), SHORTEST_CAP)
    return min(due_at, reviewed_at + cap)


@functools.cache
def _scheduler() -> Scheduler:
    # Learning steps of minutes are made for flash cards, not for interviews.
    return Scheduler(
        desired_retention=DESIRED_RETENTION,
        learning_steps=(),
        relearning_steps=(),
        enable_fuzzing=False,
    )
