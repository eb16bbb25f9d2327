"""An interview day: what candidates send in scripted sessions, with its repeats.

Savings follow the mix, so it is published with each result, and the same day without
any repeat is measured beside it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Literal

from interviewer.benchmarks.responses.trap_texts import answer

SESSIONS = 500
TURNS = (15, 60)
SEED = 10
ZIPF = 1.0  # how much the first role and level are ahead of the others

# Shares of turns.
RESENDS = 0.05  # the same message again within two minutes
DOUBLE_CLICKS = 0.03  # twice at once
RECONNECTS = 0.02  # the reader of the reply goes and comes back
CLOSED_INTENTS = 0.08  # requests that need no understanding

ROLES = ("backend", "data", "frontend", "product")
LEVELS = ("junior", "mid", "senior", "staff")
INTENTS = ("repeat", "clarify", "skip", "hint")

Again = Literal["", "resend", "double_click", "reconnect"]


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """What a candidate sends once, and how it comes again."""

    intent: str  # answer, or one of INTENTS
    text: str
    again: Again


@dataclasses.dataclass(frozen=True, slots=True)
class ScriptedSession:
    """One candidate's interview."""

    role: str
    level: str
    title: str  # of the role; equal titles start alike
    seed: int  # of the plan, which nobody shares
    steps: Sequence[Step]


def make_workload(
    *, sessions: int = SESSIONS, seed: int = SEED, has_repeats: bool = True
) -> list[ScriptedSession]:
    """Return the day; without repeats nobody sends or starts anything like another."""
    random = Random(seed)
    starts = _starts(random, sessions)
    return [
        ScriptedSession(
            role=role,
            level=level,
            title=f"{role} engineer" if has_repeats else f"{role} engineer {number}",
            seed=number,
            steps=_steps(random, has_repeats),
        )
        for number, (role, level) in enumerate(starts)
    ]


def mix_of(sessions: Sequence[ScriptedSession]) -> dict[str, float]:
    """Return the shares of what is in the day."""
    steps = [step for session in sessions for step in session.steps]
    counts = Counter(step.again or "once" for step in steps)
    closed = sum(step.intent != "answer" for step in steps)
    starts = Counter((session.title, session.level) for session in sessions)
    return {
        "sessions": len(sessions),
        "turns": len(steps),
        "resends": counts["resend"] / len(steps),
        "double clicks": counts["double_click"] / len(steps),
        "reconnects": counts["reconnect"] / len(steps),
        "closed intents": closed / len(steps),
        "starts like an earlier one": 1 - len(starts) / len(sessions),
    }


def _starts(random: Random, sessions: int) -> list[tuple[str, str]]:
    pairs = [(role, level) for role in ROLES for level in LEVELS]
    random.shuffle(pairs)
    weights = [1 / rank**ZIPF for rank in range(1, len(pairs) + 1)]
    return random.choices(pairs, weights, k=sessions)


def _steps(random: Random, has_repeats: bool) -> list[Step]:
    # Drawn also when it is not used: both days have the same answers.
    return [
        _step(random.random(), random.random(), random, has_repeats)
        for _ in range(random.randint(*TURNS))
    ]


def _step(closed: float, again: float, random: Random, has_repeats: bool) -> Step:
    text = answer(random, sentences=random.randint(1, 4))
    intent = random.choice(INTENTS)
    if not has_repeats:
        return Step("answer", text, "")
    if closed < CLOSED_INTENTS:
        return Step(intent, "", _again(again))
    return Step("answer", text, _again(again))


def _again(drawn: float) -> Again:
    shares: list[tuple[Again, float]] = [
        ("resend", RESENDS),
        ("double_click", DOUBLE_CLICKS),
        ("reconnect", RECONNECTS),
    ]
    for again, share in shares:
        if drawn < share:
            return again
        drawn -= share
    return ""
