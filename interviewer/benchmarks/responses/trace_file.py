"""Replaying a trace from a file: which of its second requests got the first's reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from interviewer.benchmarks.responses.replay import replay
from interviewer.benchmarks.responses.trace import read_pairs
from interviewer.benchmarks.suite import UnableToRun


def replay_file(*, path: Path, hold_identity: bool) -> dict[str, Any]:
    """Return the outcome of each pair, JSON-ready; raises UnableToRun."""
    try:
        with path.open(encoding="utf-8") as lines:
            pairs = read_pairs(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise UnableToRun(f"{path}: {error}") from None
    replayed = replay(pairs=pairs, hold_identity=hold_identity)
    return {
        "pairs": [
            {"id": each.pair.id, "served_from_a": each.served_from_a}
            for each in replayed
        ]
    }
