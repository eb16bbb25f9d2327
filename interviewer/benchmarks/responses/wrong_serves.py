"""Whether anybody is ever served a reply to another request: our traps, replayed."""

from __future__ import annotations

from collections.abc import Sequence

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
    served = {
        True: [each.served_from_a for trap, each in zip(traps, replayed, strict=True)
               if trap.expected],
        False: [each.served_from_a for trap, each in zip(traps, replayed, strict=True)
                if not trap.expected],
    }  # fmt: skip
    across = sum(
        each.served_from_a
        for trap, each in zip(traps, replayed, strict=True)
        if trap.kind in KINDS_ACROSS
    )
    return SuiteResult(
        suite="responses",
        arms=[
            _arm("traps", served[False], "wrong"),
            _arm("the same request again", served[True], "served"),
        ],
        # 0 of n bounds the rate, with 95 % confidence.
        ratios={"wrong serves, at most": 3 / len(served[False])},
        checks={
            f"traps: 0 served of at least {LEAST_TRAPS}": not any(served[False])
            and len(served[False]) >= LEAST_TRAPS,
            "traps: 0 served across people and sessions": across == 0,
            "every resend is served": all(served[True]),
        },
    )


def _arm(name: str, served: Sequence[bool], count: str) -> Arm:
    # Nothing is timed here.
    return Arm(name, len(served), 0.0, 0.0, 0.0, {count: sum(served)})
