"""Whether anybody is ever served a reply to another request: our traps, replayed.

A trap counts when it was played to its end: A's model said A's words, and B was served
them or asked its own model. The pairs that are the same request stand beside them: a
cache that serves nothing passes every trap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.benchmarks.responses.replay import Replayed, replay
from interviewer.benchmarks.responses.trace import pair_of
from interviewer.benchmarks.responses.traps import KINDS_ACROSS, Trap, make_traps
from interviewer.benchmarks.suite import Arm, SuiteResult

LEAST_TRAPS = 3_000


def measure() -> SuiteResult:
    """Replay all traps over one cache; none may serve, and every resend must."""
    traps = make_traps()
    replayed = replay(pairs=[pair_of(trap.pair) for trap in traps])
    return judged(traps=traps, replayed=replayed)


def judged(*, traps: Sequence[Trap], replayed: Sequence[Replayed]) -> SuiteResult:
    """Return what became of the traps and of the requests that are the same."""
    pairs = list(zip(traps, replayed, strict=True))
    sprung = [each for trap, each in pairs if not trap.expected]
    resent = [each for trap, each in pairs if trap.expected]
    across = [each for trap, each in pairs if trap.kind in KINDS_ACROSS]
    finished = [each for each in sprung if _is_finished(each)]
    wrong = _served(sprung)
    return SuiteResult(
        suite="responses",
        arms=[
            # Nothing is timed here.
            Arm("traps", len(sprung), 0, 0, 0,
                {"finished": len(finished), "wrong": wrong}),
            Arm("traps across people and sessions", len(across), 0, 0, 0,
                {"wrong": _served(across)}),
            Arm("resends that must be served", len(resent), 0, 0, 0,
                {"served": _served(resent)}),
        ],
        # 0 of n bounds the rate, with 95 % confidence.
        ratios={"wrong serves, at most": (3 + wrong) / max(1, len(finished))},
        checks={
            f"traps: at least {LEAST_TRAPS}, and each is finished": (
                LEAST_TRAPS <= len(sprung) == len(finished)
            ),
            "traps: 0 served": wrong == 0,
            "traps: 0 served across people and sessions": _served(across) == 0,
            "every resend is served": _served(resent) == len(resent) > 0,
        },
    )  # fmt: skip


def _served(replayed: Iterable[Replayed]) -> int:
    return sum(bool(each.played and each.played.served_from_a) for each in replayed)


def _is_finished(replayed: Replayed) -> bool:
    played = replayed.played
    if played is None:
        return False
    is_answered = played.a.was_asked and played.a.words == replayed.pair.reply
    return is_answered and (played.served_from_a or played.b.was_asked)
