"""What a process and its descendants use, read from /proc."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """One process: memory with shared pages divided among their users, and CPU time."""

    pid: int
    command: str
    memory_bytes: int
    cpu_seconds: float


def usage_of_tree(*, root: int) -> list[Usage]:
    """Return the usage of the process and its descendants; empty without /proc."""
    usages = []
    for pid in sorted(_descendants(root)):
        # A process may end while it is being read.
        with contextlib.suppress(OSError):
            usages.append(_usage(pid))
    return usages


def _descendants(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(entry.name)] = int(_stat(int(entry.name))[1])
    found = {root} & parents.keys()
    while more := {pid for pid, up in parents.items() if up in found} - found:
        found |= more
    return found


def _stat(pid: int) -> list[str]:
    # The program's name stands in parentheses and may contain anything.
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return text.rpartition(")")[2].split()


def _usage(pid: int) -> Usage:
    fields = _stat(pid)
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    return Usage(
        pid=pid,
        command=command.decode(errors="replace").strip(),
        memory_bytes=_proportional_bytes(pid),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND,
    )


def _proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
