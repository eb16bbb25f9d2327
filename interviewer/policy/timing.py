"""Time as the policy sees it: seconds in, claims out; nobody here reads a clock."""

from __future__ import annotations

import math

GRACE_SECONDS = 15  # a late answer still counts when sent within this
CLOSING_LINE_SECONDS = 60  # with less than this, no new question is opened
MUST_SLOT_SECONDS = 90  # what an unasked must-slot needs at the least
CLOSING_RESERVE_SECONDS = 30
INVITE_SECONDS = 20  # with less than this, the candidate is not asked for questions

MINUTES_PER_QUESTION = 3
QUESTIONS_WITHOUT_LIMIT = 8
WARM_UP_FROM_MINUTES = 15

# Shares of the whole time; the closing takes the rest.
PHASE_SHARES = {"warm_up": 0.10, "exploration": 0.55, "deep_dive": 0.25}


def question_count(minutes: int | None) -> int:
    """Return how many topic slots fit; probes do not count towards it."""
    if minutes is None:
        return QUESTIONS_WITHOUT_LIMIT
    return max(1, math.ceil(minutes / MINUTES_PER_QUESTION))


def has_warm_up(minutes: int | None) -> bool:
    """Return whether the interview is long enough to begin with an easy question."""
    return minutes is None or minutes >= WARM_UP_FROM_MINUTES


def phase_sizes(*, slots: int, warm_up: bool) -> dict[str, int]:
    """Return the number of slots per phase; they add up to `slots`."""
    easy = 1 if warm_up else 0
    deep = round((slots - easy) * 0.3)
    return {"warm_up": easy, "exploration": slots - easy - deep, "deep_dive": deep}


def phase_seconds(*, minutes: int, sizes: dict[str, int]) -> dict[str, int]:
    """Return the seconds that one slot of each phase may take, follow-ups included.

    The share of a phase without slots goes to the exploration.
    """
    shares = dict(PHASE_SHARES)
    for phase in ("warm_up", "deep_dive"):
        if not sizes[phase]:
            shares["exploration"] += shares.pop(phase)
    return {
        phase: int(minutes * 60 * share / sizes[phase])
        for phase, share in shares.items()
        if sizes[phase]
    }


def is_over(remaining_seconds: float | None) -> bool:
    """Return whether even the grace period has passed."""
    return remaining_seconds is not None and remaining_seconds < -GRACE_SECONDS


def allows_invitation(remaining_seconds: float | None) -> bool:
    """Return whether the candidate has time for a question of their own."""
    return remaining_seconds is None or remaining_seconds >= INVITE_SECONDS


def is_closing_time(remaining_seconds: float | None) -> bool:
    """Return whether too little is left to open another question."""
    return remaining_seconds is not None and remaining_seconds < CLOSING_LINE_SECONDS


def is_pressed(remaining_seconds: float | None, *, must_slots: int) -> bool:
    """Return whether the unasked must-slots need all the time that is left."""
    if remaining_seconds is None:
        return False
    return must_slots * MUST_SLOT_SECONDS + CLOSING_RESERVE_SECONDS > remaining_seconds


def allows_depth(remaining_seconds: float | None, *, must_slots: int) -> bool:
    """Return whether one more follow-up fits besides the unasked must-slots."""
    return not is_pressed(remaining_seconds, must_slots=must_slots + 1)
