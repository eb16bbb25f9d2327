"""Session metrics: precomputed by the worker, on demand where it has not been.

Stored figures carry the fingerprint of what they were computed from, so they
are used exactly as long as they are true. There is nothing to invalidate. On demand
they come from the running figures (`counting.py`), or from the whole journal where
those are not of it.
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
    SessionFrame,
    SessionMetricsView,
    TurnRow,
    Usage,
    overall,
    scored_slots,
)
from sessions_app.services.running import (
    RunningFigures,
    compute_metrics,
    evaluations_digest,
    running_figures,
)

_Row = TypeVar("_Row", Message, Turn, Evaluation)


def metrics_for(
    *, session: InterviewSession, facts: SessionFacts | None = None
) -> tuple[SessionMetricsView, bool]:
    """Return the session's metrics and whether they were computed on demand.

    Stored ones are used when they were computed from exactly this state of the
    session. Writes nothing: one query, and one more when the caller has no facts;
    three more when the running figures are not of this journal.
    """
    stored = SessionMetrics.objects.filter(session=session).first()
    if facts is None:
        evaluations = load_evaluations(sessions=[session])[session.pk]
    else:
        evaluations = facts.evaluations
    current = fingerprint(session=session, evaluations=evaluations)
    if stored is not None and stored.fingerprint == current:
        usage = usage_of(session=session)
        return SessionMetricsView.from_dict(stored.values, usage=usage), False
    running = current_figures(session=session, evaluations=evaluations)
    if running is not None:
        return running.view(frame=session_frame(session=session)), True
    if facts is None:
        facts = load_facts(sessions=[session])[session.pk]
    return compute_metrics(facts=facts), True


def refresh_metrics(
    *, sessions: Sequence[InterviewSession], now: datetime.datetime
) -> None:
    """Store the metrics of these locked sessions, and their score for the list.

    What is up to date already is left alone. Four queries for any number, and three
    more when running figures are missing, which are counted anew.
    """
    known = dict(
        SessionMetrics.objects.filter(session__in=sessions).values_list(
            "session_id", "fingerprint"
        )
    )
    evaluations = load_evaluations(sessions=sessions)
    prints = {
        session.pk: fingerprint(session=session, evaluations=evaluations[session.pk])
        for session in sessions
    }
    stale = [row for row in sessions if known.get(row.pk) != prints[row.pk]]
    _restore_running_figures(stale, evaluations)
    rows = []
    for session in stale:
        running = RunningFigures.from_dict(session.running_figures)
        view = running.view(frame=session_frame(session=session))
        session.score, session.score_error = view.score, view.error
        rows.append(
            SessionMetrics(
                user_id=session.user_id,
                session=session,
                fingerprint=prints[session.pk],
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
    InterviewSession.objects.bulk_update(stale, ["score", "score_error"])


def _restore_running_figures(
    sessions: Sequence[InterviewSession],
    evaluations: Mapping[uuid.UUID, Sequence[EvaluationRow]],
) -> None:
    lost = [
        row
        for row in sessions
        if current_figures(session=row, evaluations=evaluations[row.pk]) is None
    ]
    if not lost:
        return
    facts = load_facts(sessions=lost)
    for session in lost:
        figures = running_figures(facts=facts[session.pk], digest=session.digest)
        session.running_figures = figures.to_dict()
    InterviewSession.objects.bulk_update(lost, ["running_figures"])


def current_figures(
    *, session: InterviewSession, evaluations: Iterable[EvaluationRow]
) -> RunningFigures | None:
    """Return the running figures if they are of this journal and these judgements."""
    figures = RunningFigures.from_dict(session.running_figures)
    if figures.digest != session.digest:
        return None
    if figures.evaluations != evaluations_digest(evaluations=evaluations):
        return None
    return figures


def fingerprint(
    *, session: InterviewSession, evaluations: Iterable[EvaluationRow]
) -> str:
    """Return the digest of everything that the session's metrics depend on.

    The rolling digest stands for the words, `revision` for times and states.
    """
    read = [
        METRICS_VERSION,
        session.digest,
        session.message_count,
        session.revision,
        session.score_override,
        evaluations_digest(evaluations=evaluations),
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
    turns = _by_session(
        Turn.objects.filter(session__in=sessions).only(
            "session", "message", "first_words_ms", "completed_ms"
        )
    )
    evaluations = _counted_evaluations(sessions)
    return {
        session.pk: session_facts(
            session=session,
            messages=messages[session.pk],
            turns=turns[session.pk],
            evaluations=evaluations[session.pk],
        )
        for session in sessions
    }


def load_evaluations(
    *, sessions: Sequence[InterviewSession]
) -> Mapping[uuid.UUID, Sequence[EvaluationRow]]:
    """Return the judgements that count, in order: one query."""
    rows = _counted_evaluations(sessions)
    return {
        session.pk: [evaluation_row(evaluation=row) for row in rows[session.pk]]
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
    frame = session_frame(session=session)
    every_row = {message.pk: message_row(message=message) for message in messages}
    rows = {pk: row for pk, row in every_row.items() if not row.is_coaching}
    return SessionFacts(
        started_at=frame.started_at,
        ended_at=frame.ended_at,
        competency_of_slot=frame.competency_of_slot,
        usage=frame.usage,
        score_override=frame.score_override,
        messages=list(rows.values()),
        turns=[
            TurnRow(first_words_ms=turn.first_words_ms, completed_ms=turn.completed_ms)
            for turn in turns
            if turn.message_id in rows
        ],
        evaluations=[evaluation_row(evaluation=row) for row in evaluations],
    )


def session_frame(*, session: InterviewSession) -> SessionFrame:
    """Return what figures take from the session itself."""
    return SessionFrame(
        started_at=session.started_at,
        ended_at=session.finished_at or session.last_activity_at,
        competency_of_slot={
            slot["index"]: slot["competency"] for slot in session.plan.get("slots", ())
        },
        usage=usage_of(session=session),
        score_override=session.score_override,
    )


def usage_of(*, session: InterviewSession) -> Usage:
    """Return what the session's model tasks came to, by its counters."""
    return Usage(
        made=session.model_call_count,
        avoided=session.avoided_call_count,
        tokens_in=session.tokens_in,
        tokens_cached=session.tokens_cached,
        tokens_out=session.tokens_out,
        cost_micros=session.cost_micros,
        outcomes=session.calls_by_outcome,
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


def _counted_evaluations(
    sessions: Sequence[InterviewSession],
) -> Mapping[uuid.UUID, Sequence[Evaluation]]:
    return _by_session(
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


def _by_session(rows: Iterable[_Row]) -> Mapping[uuid.UUID, Sequence[_Row]]:
    groups: defaultdict[uuid.UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.session_id].append(row)
    return groups
