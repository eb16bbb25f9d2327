"""Interviews as files for staff: JSON with everything, CSV with a row per question.

A file is made whole, because the server sends nothing in pieces through Django; so its
size is bounded. What it is made from is read chunk by chunk.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sessions_app.models import (
    Dispute,
    Evaluation,
    InterviewSession,
    Message,
    ReviewNote,
    ScoreOverride,
)
from sessions_app.services.report_questions import question_cards
from sessions_app.services.report_types import QuestionCard

CHUNK = 25  # interviews in memory at a time
MAX_SESSIONS = 500
MAX_CHARACTERS = 30_000_000
SEPARATOR = ",\n"
# A spreadsheet takes what begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "interview",
    "person",
    "role",
    "level",
    "mode",
    "style",
    "state",
    "started_at",
    "interview_score",
    "interview_score_original",
    "question_no",
    "topic",
    "question",
    "answer",
    "result",
    "score",
    "score_original",
    "changed_by_reviewer",
    "judged_by",
)


class TooMuch(Exception):
    """The selection is too large for one file; the text is for the reviewer."""


def as_json(*, session_ids: Sequence[uuid.UUID]) -> str:
    """Return a JSON array of interviews; six queries for each chunk.

    Raises TooMuch.
    """
    documents = (
        json.dumps(_document(session, rows), ensure_ascii=False)
        for session, rows in _interviews(session_ids)
    )
    return f"[\n{_joined(documents, separator=SEPARATOR)}\n]\n"


def as_csv(*, session_ids: Sequence[uuid.UUID]) -> str:
    """Return CSV with a header; cells are never formulas. Raises TooMuch."""
    lines = (
        _line([_cell(value) for value in _csv_row(session, card)])
        for session, rows in _interviews(session_ids)
        for card in rows.cards(session)
    )
    return _line(COLUMNS) + _joined(lines, separator="")


def _joined(pieces: Iterable[str], *, separator: str) -> str:
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > MAX_CHARACTERS:
            raise TooMuch("These interviews are too long for one file: select fewer.")
    return separator.join(kept)


class _Rows:
    """What belongs to one interview of a chunk."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.evaluations: list[Evaluation] = []
        self.notes: list[ReviewNote] = []
        self.overrides: list[ScoreOverride] = []
        self.disputes: list[Dispute] = []

    def cards(self, session: InterviewSession) -> tuple[QuestionCard, ...]:
        by_id = {message.pk: message for message in self.messages}
        for row in self.evaluations:
            row.message = by_id[row.message_id]
        ordered = sorted(self.evaluations, key=lambda row: (row.message.seq, row.pk))
        return question_cards(
            messages=self.messages, evaluations=ordered, turns=(), plan=session.plan
        )


def _interviews(
    session_ids: Sequence[uuid.UUID],
) -> Iterator[tuple[InterviewSession, _Rows]]:
    if len(session_ids) > MAX_SESSIONS:
        raise TooMuch(f"Select at most {MAX_SESSIONS} interviews for one file.")
    for start in range(0, len(session_ids), CHUNK):
        ids = session_ids[start : start + CHUNK]
        sessions = InterviewSession.objects.select_related("user").in_bulk(ids)
        groups: defaultdict[uuid.UUID, _Rows] = defaultdict(_Rows)
        _load(groups, ids)
        for pk in ids:
            if pk in sessions:  # or deleted meanwhile
                yield sessions[pk], groups[pk]


def _load(groups: defaultdict[uuid.UUID, _Rows], ids: Sequence[uuid.UUID]) -> None:
    for message in Message.objects.filter(session__in=ids).order_by("seq"):
        groups[message.session_id].messages.append(message)
    judged = Evaluation.objects.filter(session__in=ids, is_counted=True)
    for evaluation in judged.order_by("pk"):
        groups[evaluation.session_id].evaluations.append(evaluation)
    for note in ReviewNote.objects.filter(session__in=ids):
        groups[note.session_id].notes.append(note)
    for override in ScoreOverride.objects.filter(session__in=ids):
        groups[override.session_id].overrides.append(override)
    for dispute in Dispute.objects.filter(session__in=ids):
        groups[dispute.session_id].disputes.append(dispute)


def _document(session: InterviewSession, rows: _Rows) -> dict[str, Any]:
    return {
        **_heading(session),
        "company": session.company,
        "job_description": session.job_description,
        "resume": session.resume,
        "versions": session.versions,
        "cost_micros": session.cost_micros,
        "messages": [_message(message) for message in rows.messages],
        "questions": [_question(card) for card in rows.cards(session)],
        "notes": [
            {
                "message": str(n.message_id),
                "text": n.text,
                "at": n.created_at.isoformat(),
            }
            for n in rows.notes
        ],
        "overrides": [_override(override) for override in rows.overrides],
        "disputes": [_dispute(dispute) for dispute in rows.disputes],
    }


def _heading(session: InterviewSession) -> dict[str, Any]:
    return {
        "interview": str(session.pk),
        "person": str(session.user),
        "role": session.role_title,
        "level": session.level,
        "mode": session.mode,
        "style": session.style,
        "state": session.state,
        "started_at": session.started_at.isoformat() if session.started_at else None,
        "interview_score": session.score,
        "interview_score_original": session.original_score,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.pk),
        "seq": message.seq,
        "role": message.role,
        "kind": message.kind,
        "origin": message.origin,
        "question_no": message.question_no,
        "content": message.content,
        "at": message.created_at.isoformat(),
    }


def _question(card: QuestionCard) -> dict[str, Any]:
    return {
        "question_no": card.no,
        "topic": card.topic,
        "question": card.text,
        "answer": _answers(card),
        "result": card.state_word,
        "score": card.percent,
        "score_original": card.original_percent,
        "changed_by_reviewer": card.is_changed,
        "judged_by": card.provenance,
    }


def _override(override: ScoreOverride) -> dict[str, Any]:
    return {
        "evaluation": str(override.evaluation_id) if override.evaluation_id else None,
        "value": override.value,
        "value_before": override.value_before,
        "reason": override.reason,
        "at": override.created_at.isoformat(),
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "topic": dispute.topic,
        "reason": dispute.reason,
        "state": dispute.state,
        "answer": dispute.answer,
        "opened_at": dispute.opened_at.isoformat(),
        "closed_at": dispute.closed_at.isoformat() if dispute.closed_at else None,
    }


def _csv_row(session: InterviewSession, card: QuestionCard) -> Iterable[Any]:
    return [*_heading(session).values(), *_question(card).values()]


def _answers(card: QuestionCard) -> str:
    return "\n\n".join(
        "".join(segment.text for segment in answer.segments) for answer in card.answers
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
