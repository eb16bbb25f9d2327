"""Session metrics: precomputed by the worker, on demand where it has not been.

Stored figures carry the fingerprint of what they were computed from, so they
are used exactly as long as they are true. There is nothing to invalidate.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    SessionMetrics,
    Turn,
)
from sessions_app.services.figures import (
    METRICS_VERSION,
    OBSERVED,
    EvaluationRow,
    MessageRow,
    SessionFacts,
    SessionMetricsView,
    TurnRow,
    compute_metrics,
    overall,
    scored_slots,
)

_Row = TypeVar("_Row", Message, Turn, Evaluation)


def metrics_for(
    *, session: InterviewSession, facts: SessionFacts | None = None
) -> tuple[SessionMetricsView, bool]:
    """Return the session's metrics and whether they were computed on demand.

    Stored ones are used when they were computed from exactly these facts.
    Writes nothing: one query, and three more when the caller has no facts.
    """
    if facts is None:
        facts = load_facts(sessions=[session])[session.pk]
    stored = SessionMetrics.objects.filter(session=session).first()
    if stored is not None and stored.fingerprint == fingerprint(
        session=session, facts=facts
    ):
        return SessionMetricsView.from_dict(stored.values), False
    return compute_metrics(facts=facts), True


def refresh_metrics(
    *,
    sessions: Sequence[InterviewSession],
    facts: Mapping[uuid.UUID, SessionFacts],
    now: datetime.datetime,
) -> None:
    """Store the metrics of these locked sessions, and their score for the list.

    What is up to date already is left alone. Three queries for any number.
    """
    known = dict(
        SessionMetrics.objects.filter(session__in=sessions).values_list(
            "session_id", "fingerprint"
        )
    )
    rows = []
    for session in sessions:
        current = fingerprint(session=session, facts=facts[session.pk])
        if known.get(session.pk) == current:
            continue
        view = compute_metrics(facts=facts[session.pk])
        session.score, session.score_error = view.score, view.error
        rows.append(
            SessionMetrics(
                user_id=session.user_id,
                session=session,
                fingerprint=current,
                values=view.to_dict(),
                computed_at=now,
            )
        )
    SessionMetrics.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=["fingerprint", "values", "computed_at"],
    )
    InterviewSession.objects.bulk_update(
        [row.session for row in rows], ["score", "score_error"]
    )


def fingerprint(*, session: InterviewSession, facts: SessionFacts) -> str:
    """Return the digest of everything that the session's metrics depend on.

    The rolling digest stands for the words, `revision` for times and states.
    """
    evaluations = [
        [row.seq, row.slot, row.is_first, row.state, row.score, row.error]
        for row in facts.evaluations
    ]
    read = [
        METRICS_VERSION,
        session.digest,
        session.message_count,
        session.revision,
        facts.score_override,
        evaluations,
    ]
    return hashlib.sha256(json.dumps(read).encode("ascii")).hexdigest()


def load_facts(
    *, sessions: Sequence[InterviewSession]
) -> Mapping[uuid.UUID, SessionFacts]:
    """Return what the figures of these sessions are computed from: three queries."""
    messages = _by_session(
        Message.objects.filter(session__in=sessions)
        .only("session", "seq", "role", "kind", "content", "question_no", "details")
        .order_by("seq")
    )
    turns = _by_session(Turn.objects.filter(session__in=sessions))
    evaluations = _by_session(
        Evaluation.objects.filter(session__in=sessions, is_counted=True)
        .select_related("message")
        .only(
            "session",
            "slot",
            "is_first",
            "state",
            "score",
            "error",
            "override",
            "message__seq",
        )
        .order_by("message__seq", "id")
    )
    return {
        session.pk: session_facts(
            session=session,
            messages=messages[session.pk],
            turns=turns[session.pk],
            evaluations=evaluations[session.pk],
        )
        for session in sessions
    }


def session_facts(
    *,
    session: InterviewSession,
    messages: Iterable[Message],
    turns: Iterable[Turn],
    evaluations: Iterable[Evaluation],
) -> SessionFacts:
    """Return the facts in these rows, given in order; evaluations with `message`.

    The talk with the coach after the end is no part of the interview's figures.
    """
    every_row = {message.pk: message_row(message=message) for message in messages}
    rows = {pk: row for pk, row in every_row.items() if not row.is_coaching}
    return SessionFacts(
        started_at=session.started_at,
        ended_at=session.finished_at or session.last_activity_at,
        messages=list(rows.values()),
        turns=[
            TurnRow(first_words_ms=turn.first_words_ms, completed_ms=turn.completed_ms)
            for turn in turns
            if turn.message_id in rows
        ],
        evaluations=[evaluation_row(evaluation=row) for row in evaluations],
        competency_of_slot={
            slot["index"]: slot["competency"] for slot in session.plan.get("slots", ())
        },
        score_override=session.score_override,
    )


def evaluation_row(*, evaluation: Evaluation) -> EvaluationRow:
    """Return the judgement, loaded with its message, as it is in force.

    The one place at which reviewers' scores enter figures.
    """
    return EvaluationRow(
        seq=evaluation.message.seq,
        slot=evaluation.slot,
        is_first=evaluation.is_first,
        state=OBSERVED if evaluation.is_scored else evaluation.state,
        score=evaluation.score_in_force,
        error=evaluation.error_in_force,
    )


def original_score(*, evaluations: Iterable[Evaluation]) -> float | None:
    """Return the overall score, 0–100, as it would be without reviewers."""
    rows = [
        dataclasses.replace(
            evaluation_row(evaluation=row),
            state=row.state,
            score=row.score,
            error=row.error,
        )
        for row in evaluations
    ]
    return overall(scored=scored_slots(evaluations=rows))[0]


def message_row(*, message: Message) -> MessageRow:
    """Return the message as a plain row."""
    return MessageRow(
        seq=message.seq,
        role=message.role,
        kind=message.kind,
        content=message.content,
        question_no=message.question_no,
        details=message.details,
    )


def _by_session(rows: Iterable[_Row]) -> Mapping[uuid.UUID, Sequence[_Row]]:
    groups: defaultdict[uuid.UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.session_id].append(row)
    return groups
