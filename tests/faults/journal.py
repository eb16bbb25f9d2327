"""What the database of a product holds, read beside it, and compared with what people
were promised."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sessions_app.models import rolling_digest
from tests.faults.people import Sent

FIRST_DIGEST = ""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Counts over all answers; lost and doubled must be none."""

    sent: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int


class StoredJournal:
    """The rows of a data directory's SQLite file."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "db.sqlite3"

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._open(timeout=10) as connection:
            return connection.execute(query, values).fetchall()

    def count(self, query: str, *values: Any) -> int:
        return int(self.rows(f"SELECT count(*) AS n FROM {query}", *values)[0]["n"])

    def turn_of(self, sent: Sent) -> sqlite3.Row | None:
        found = self.rows(
            "SELECT turn.state, turn.fence FROM sessions_app_turn turn"
            " JOIN sessions_app_message message ON message.id = turn.message_id"
            " WHERE message.client_message_id = ?",
            sent.client_message_id.hex,
        )
        return found[0] if found else None

    def turns_owed(self) -> int:
        return self.count("sessions_app_turn WHERE state <> 'done'")

    def messages_to_archive(self) -> int:
        return self.count("sessions_app_message WHERE archived_at IS NULL")

    def is_held(self) -> bool:
        """Say whether some process is in the midst of writing."""
        with self._open(timeout=0) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            connection.execute("ROLLBACK")
            return False

    @contextlib.contextmanager
    def _open(self, *, timeout: float) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout, isolation_level=None)
        connection.row_factory = sqlite3.Row
        with contextlib.closing(connection):
            yield connection


def compare(journal: StoredJournal, log: Sequence[Sent]) -> Verdict:
    """Compare what was promised with what is stored."""
    stored: dict[str, list[str]] = {}
    for row in journal.rows(
        "SELECT client_message_id, content FROM sessions_app_message"
        " WHERE role = 'candidate'"
    ):
        stored.setdefault(row["client_message_id"], []).append(row["content"])
    promised = [sent for sent in log if sent.is_acknowledged]
    texts = [text for contents in stored.values() for text in contents]
    assert set(stored) <= {sent.client_message_id.hex for sent in log}
    return Verdict(
        sent=len(log),
        acknowledged=len(promised),
        stored=len(texts),
        lost=sum(
            sent.text not in stored.get(sent.client_message_id.hex, ())
            for sent in promised
        ),
        doubled=len(texts) - len(set(texts)),
    )


def assert_sound(journal: StoredJournal) -> None:
    """Every session: numbers without gaps, an unbroken digest, one reply per turn."""
    for session in journal.rows("SELECT * FROM sessions_app_interviewsession"):
        messages = journal.rows(
            "SELECT * FROM sessions_app_message WHERE session_id = ? ORDER BY seq",
            session["id"],
        )
        assert [row["seq"] for row in messages] == list(range(1, len(messages) + 1))
        assert session["message_count"] == len(messages)
        assert session["digest"] == digest_of(messages)
    turns = journal.rows("SELECT * FROM sessions_app_turn")
    assert {turn["state"] for turn in turns} <= {"done"}
    assert is_unique(turn["last_reply_id"] for turn in turns)
    judged = journal.rows("SELECT message_id FROM sessions_app_evaluation")
    assert is_unique(row["message_id"] for row in judged)
    assert len(judged) == len(turns)


def digest_of(messages: Iterable[sqlite3.Row]) -> str:
    digest = FIRST_DIGEST
    for row in messages:
        digest = rolling_digest(
            previous=digest,
            role=row["role"],
            agent=row["agent"],
            kind=row["kind"],
            content=row["content"],
        )
        assert row["digest"] == digest
    return digest


def is_unique(values: Iterable[Any]) -> bool:
    known = list(values)
    return len(known) == len(set(known))
