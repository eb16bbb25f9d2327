"""The directory in which the processes of one machine keep their figures.

The prometheus client gives each process files of its own, named by its number; a
scrape adds them up. Counts of ended processes stay, states of theirs must go.
"""

from __future__ import annotations

import shutil
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def empty_directory(*, data_dir: Path) -> Path:
    """Return the directory without the figures of an earlier run."""
    directory = data_dir / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def forget_states(*, directory: Path, pid: int) -> None:
    """Drop what an ended process said of its state; what it counted stays."""
    for file in directory.glob(f"gauge_live*_{pid}.db"):
        file.unlink(missing_ok=True)
