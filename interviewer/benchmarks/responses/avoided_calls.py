"""How many calls of a model an interview day saves, by class, and beside LangChain.

The same scripted turns go to the product (interview_day.py) and to a plain program with
LangChain's Redis cache (plain_program.py). The product folds long histories, which a
plain program does not; the calls that takes at most are counted against it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from interviewer.benchmarks.responses.interview_day import (
    MODEL_MS,
    OUTCOME,
    WITH_JUDGEMENT,
    Tally,
    hold_day,
)
from interviewer.benchmarks.responses.plain_program import (
    calls_behind_langchain,
    calls_without_cache,
)
from interviewer.benchmarks.responses.workload import (
    SESSIONS,
    ScriptedSession,
    make_workload,
    mix_of,
)
from interviewer.benchmarks.suite import Arm, SuiteResult

PLAIN_SESSIONS = 100  # of those without repeats: their share is read, not checked
LEAST_SHARE = 0.30
LEAST_RATIO = 2.0
TURNS_PER_FOLD = 10  # at least, as the suite `history` checks
MADE = (OUTCOME.CALL, "judgement")
NOTES = (
    f"The interview day is held in the product: {SESSIONS} interviews, a model over "
    f"HTTP that takes {MODEL_MS} ms, the database and the cache; no pages, no streams, "
    "no workers. Answers are judged by their words, without the sentence encoder. "
    f"Without repeats it is held for the first {PLAIN_SESSIONS} of them.",
    "Each judgement counts as one call of a model, although several are asked for in "
    "one, and each history counts as folded as often as it may be.",
    "The plain program asks for wording, judgement and facts of each answer in one "
    "call each: what is saved by asking for the facts with the judgement is a class of "
    "its own.",
)


def measure(*, sessions: int = SESSIONS) -> SuiteResult:
    """Hold the day, and the same day without its repeats."""
    day = make_workload(sessions=sessions)
    plain_day = make_workload(sessions=sessions, has_repeats=False)[:PLAIN_SESSIONS]
    behind_langchain = {
        name: calls_behind_langchain(day, is_best=is_best)
        for name, is_best in (("as used", False), ("at best", True))
    }
    return judged(
        day=day,
        plain_day=plain_day,
        ours=hold_day(day),
        without=hold_day(plain_day),
        behind_langchain=behind_langchain,
    )


def judged(
    *,
    day: Sequence[ScriptedSession],
    plain_day: Sequence[ScriptedSession],
    ours: Tally,
    without: Tally,
    behind_langchain: dict[str, int],
) -> SuiteResult:
    """Return the shares of calls avoided, and whether they suffice."""
    plain = calls_without_cache(day)
    share = _share_with_folds(ours, day)
    rival = 1 - min(behind_langchain.values()) / plain
    return SuiteResult(
        suite="responses",
        arms=[
            _arm("interview day", ours, day),
            _arm("interview day without repeats", without, plain_day),
            *(
                Arm(f"LangChain Redis {name}", plain, 0, 0, 0, {"call": calls})
                for name, calls in behind_langchain.items()
            ),
        ],
        ratios={
            "calls avoided": share,
            "calls avoided, without repeats": _share_with_folds(without, plain_day),
            "calls avoided, not counting folds": ours.share_avoided,
            "calls avoided, not counting facts with judgement": _share_unmerged(ours),
            "calls avoided by LangChain Redis": rival,
        },
        checks={
            f"at least {LEAST_SHARE:.0%} of a day's calls avoided": (
                share >= LEAST_SHARE
            ),
            f"at least {LEAST_RATIO:g}x LangChain Redis": share >= LEAST_RATIO * rival,
            "the day is whole: every call of a plain program is accounted for": (
                _is_whole(ours, day) and _is_whole(without, plain_day)
            ),
        },
        notes=NOTES,
    )


def _share_with_folds(tally: Tally, day: Sequence[ScriptedSession]) -> float:
    folds = sum(math.ceil(len(session.steps) / TURNS_PER_FOLD) for session in day)
    return (tally.avoided.total() - folds) / calls_without_cache(day)


def _share_unmerged(tally: Tally) -> float:
    merged = tally.avoided[WITH_JUDGEMENT]
    return (tally.avoided.total() - merged) / tally.total


def _is_whole(tally: Tally, day: Sequence[ScriptedSession]) -> bool:
    has_failed = bool(set(tally.made) - set(MADE))
    return not has_failed and tally.total == calls_without_cache(day)


def _arm(name: str, tally: Tally, day: Sequence[ScriptedSession]) -> Arm:
    counts = {f"made: {what}": n for what, n in sorted(tally.made.items())}
    counts |= {f"avoided: {what}": n for what, n in sorted(tally.avoided.items())}
    return Arm(name, tally.total, 0, 0, 0, {**counts, **mix_of(day)})
