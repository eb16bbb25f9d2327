"""Interviews by the thousand: plain journals, inserted in bulk.

Not believable, but whole: numbers, digests, counters and running figures are those
that the services would have written, so the archive and its reconciler accept them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction

from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    Turn,
    User,
    rolling_digest,
)
from sessions_app.services.bulk_insert import insert_missing
from sessions_app.services.figures import EvaluationRow, TurnRow
from sessions_app.services.metrics import message_row
from sessions_app.services.running import RunningFigures

START = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)
TOPICS = 6
MESSAGES_PER_SESSION = 25  # an opening and twelve questions with their answers
SESSIONS_AT_ONCE = 200
COMPETENCIES = ("Databases", "Collaboration", "Delivery")
WORDS = [
    "I",
    "began",
    "with",
    "the",
    "numbers,",
    "found",
    "the",
    "slow",
    "query",
    "by",
    "its",
    "plan",
    "and",
    "added",
    "an",
    "index,",
    "so",
    "the",
    "page",
    "went",
    "from",
    "900",
    "to",
    "250",
    "milliseconds;",
    "then",
    "I",
    "wrote",
    "down",
    "what",
    "we",
    "learned",
]


def make_backlog(*, user: User, messages: int) -> int:
    """Store at least as many messages that are not archived; return how many."""
    made = 0
    while made < messages:
        wanted = -(-(messages - made) // MESSAGES_PER_SESSION)
        made += make_sessions(user=user, count=min(wanted, SESSIONS_AT_ONCE))
    return made


def make_sessions(
    *, user: User, count: int, messages: int = MESSAGES_PER_SESSION
) -> int:
    """Store finished interviews of so many messages each; return how many messages."""
    journals = [Journal(user, number, messages) for number in range(count)]
    with transaction.atomic():
        insert_missing(rows=[each.session for each in journals])
        insert_missing(rows=[row for each in journals for row in each.messages])
        insert_missing(rows=[row for each in journals for row in each.turns])
        insert_missing(rows=[row for each in journals for row in each.evaluations])
    return sum(len(each.messages) for each in journals)


class Journal:
    """One interview as rows that are not stored yet."""

    def __init__(self, user: User, number: int, messages: int) -> None:
        self.messages: list[Message] = []
        self.turns: list[Turn] = []
        self.evaluations: list[Evaluation] = []
        self._figures = RunningFigures()
        self.session = _session(user)
        self._questions = messages // 2
        for role, kind, content, question in _told(number, messages):
            self._say(role, kind, content, question)
        self._close()

    def _say(self, role: str, kind: str, content: str, question: int | None) -> None:
        session, seq = self.session, len(self.messages) + 1
        # One topic after the other, as interviews go.
        slot = ((question or 1) - 1) * TOPICS // max(self._questions, TOPICS)
        details = {"slot": slot} if role == "interviewer" else {"seconds": 20.5}
        row = Message(
            user_id=session.user_id,
            session=session,
            seq=seq,
            role=role,
            kind=kind,
            content=content,
            question_no=question,
            details=details if question else {},
            digest=rolling_digest(
                previous=self._figures.digest,
                role=role,
                agent="",
                kind=kind,
                content=content,
            ),
            origin="person" if role == "candidate" else "embedded",
            created_at=START + datetime.timedelta(seconds=30 * seq),
        )
        self.messages.append(row)
        self._figures.add_message(message_row(message=row))
        self._figures.digest = row.digest
        if role == "candidate":
            self._judge(row, slot)

    def _judge(self, row: Message, slot: int) -> None:
        turn = Turn(
            user_id=row.user_id,
            session=self.session,
            message=row,
            state=Turn.State.DONE,
            received_at=row.created_at,
            first_words_ms=100,
            completed_ms=400,
        )
        evaluation = Evaluation(
            user_id=row.user_id,
            session=self.session,
            message=row,
            engine="rules 1",
            slot=slot,
            is_first=True,
            message_seqs=[row.seq],
            text=row.content,
            state="observed",
            score=(row.seq % 10) / 10,
            error=0.1,
            confidence=0.8,
            result={},
            created_at=row.created_at,
        )
        self.turns.append(turn)
        self.evaluations.append(evaluation)
        self._figures.add_turn(TurnRow(first_words_ms=100, completed_ms=400))
        self._figures.add_evaluation(
            EvaluationRow(
                seq=row.seq,
                slot=slot,
                is_first=True,
                state=evaluation.state,
                score=evaluation.score,
                error=evaluation.error,
            )
        )

    def _close(self) -> None:
        last, session = self.messages[-1], self.session
        session.message_count = last.seq
        session.digest = last.digest
        session.revision = last.seq
        session.finished_at = session.last_activity_at = last.created_at
        session.answered_count = sum(
            1 for topic in self._figures.topics.values() if topic.answers
        )
        session.running_figures = self._figures.to_dict()


def _session(user: User) -> InterviewSession:
    return InterviewSession(
        user_id=user.pk,
        role="backend",
        role_title="Backend engineer",
        level="mid",
        kind="mixed",
        style="formal",
        mode="interview",
        plan={
            "slots": [
                {"index": slot, "competency": COMPETENCIES[slot % len(COMPETENCIES)]}
                for slot in range(TOPICS)
            ]
        },
        question_count=TOPICS,
        state=InterviewSession.State.FINISHED,
        created_at=START,
        started_at=START,
    )


def _told(number: int, messages: int) -> Iterator[tuple[str, str, str, int | None]]:
    """Yield role, kind, words and question number of each message."""
    yield "interviewer", "opening", "Welcome. Let us begin.", None
    for place in range(messages - 1):
        question = place // 2 + 1
        if place % 2:
            length = 20 + (number * 7 + place * 13) % 60
            words = (WORDS * 4)[:length]
            yield (
                "candidate",
                "answer",
                f"{number}-{place}: {' '.join(words)}",
                question,
            )
        else:
            text = f"What about case {number} of topic {question}?"
            yield "interviewer", "question", text, question
