"""Replaying a trace from a file: which of its second requests got the first's reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from interviewer.benchmarks.responses.replay import replay
from interviewer.benchmarks.responses.trace import read_pairs
from interviewer.benchmarks.suite import UnableToRun


def replay_file(*, path: Path, hold_identity: bool) -> dict[str, Any]:
    """Return the outcome of each pair, JSON-ready; raises UnableToRun.

    Pairs that could not be played stand apart, under "failed", if there are any.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            pairs = read_pairs(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise UnableToRun(f"{path}: {error}") from None
    replayed = replay(pairs=pairs, hold_identity=hold_identity)
    failed = [each.pair.id for each in replayed if each.played is None]
    return {
        "pairs": [
            {"id": each.pair.id, "served_from_a": each.played.served_from_a}
            for each in replayed
            if each.played is not None
        ],
        **({"failed": failed} if failed else {}),
    }
