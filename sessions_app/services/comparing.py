"""What is stored of a session, compared with what its journal stands for.

Each comparison yields what is not as it should be, in words that name places and
kinds and never say what a person said.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sessions_app.models import (
    Answer,
    InterviewSession,
    Message,
    ModelCall,
    Question,
    SessionMetrics,
    Turn,
    rolling_digest,
)
from sessions_app.services.archive_pairs import (
    Journal,
    answer_row,
    known_rubrics,
    question_row,
)
from sessions_app.services.extraction import MalformedJournal, extract_pairs
from sessions_app.services.figures import SessionFacts
from sessions_app.services.metrics import fingerprint, load_facts
from sessions_app.services.model_calls import count_calls
from sessions_app.services.running import compute_metrics, running_figures

BROKEN = "broken: "  # the journal itself does not say what should be there
# Different in each copy of a row, or compared by what they point at.
_OWN = {"id", "parent_id", "question_id"}

Part = Literal["journal", "pairs", "counters", "figures"]


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of one session."""

    session: InterviewSession
    facts: SessionFacts
    messages: Sequence[Message]
    questions: Sequence[Question]
    answers: Sequence[Answer]
    calls: Sequence[ModelCall]
    metrics: SessionMetrics | None
    owes_reply: bool

    @property
    def waiting(self) -> int:
        return sum(1 for message in self.messages if message.archived_at is None)


def load_stored(*, sessions: Sequence[InterviewSession]) -> Iterator[Stored]:
    """Yield what is stored of these sessions: nine queries for any number."""
    facts = load_facts(sessions=sessions)
    by_session = {
        model: _grouped(model, sessions)
        for model in (Message, Question, Answer, ModelCall)
    }
    metrics = SessionMetrics.objects.filter(session__in=sessions)
    metrics_of = {row.session_id: row for row in metrics}
    owing = set(
        Turn.objects.filter(session__in=sessions)
        .exclude(state=Turn.State.DONE)
        .values_list("session_id", flat=True)
    )
    for session in sessions:
        yield Stored(
            session=session,
            facts=facts[session.pk],
            messages=by_session[Message].get(session.pk, []),
            questions=by_session[Question].get(session.pk, []),
            answers=by_session[Answer].get(session.pk, []),
            calls=by_session[ModelCall].get(session.pk, []),
            metrics=metrics_of.get(session.pk),
            owes_reply=session.pk in owing,
        )


def _grouped(
    model: type[Message | Question | Answer | ModelCall],
    sessions: Sequence[InterviewSession],
) -> Mapping[uuid.UUID, list[Any]]:
    rows: dict[uuid.UUID, list[Any]] = {}
    order = "seq" if model is Message else "pk"
    for row in model.objects.filter(session__in=sessions).order_by(order):
        rows.setdefault(row.session_id, []).append(row)
    return rows


def _journal(stored: Stored) -> Iterator[str]:
    digest = ""
    for number, row in enumerate(stored.messages, start=1):
        if row.seq != number:
            yield f"{BROKEN}message {number} is missing"
            return
        digest = rolling_digest(
            previous=digest,
            role=row.role,
            agent=row.agent,
            kind=row.kind,
            content=row.content,
        )
        if row.digest != digest:
            yield f"the digest of message {number} is not that of its words"
            return
    if stored.session.digest != digest:
        yield "the session's digest is not that of its last message"


def _pairs(stored: Stored) -> Iterator[str]:
    try:
        expected = _expected_rows(stored)
    except MalformedJournal as error:
        yield f"{BROKEN}{error}"
        return
    archived = {row.pk for row in stored.messages if row.archived_at is not None}
    questions, answers = expected
    places = {row.pk: row.position for row in stored.questions}
    yield from _compared(
        "question",
        {row.position: _values(row, places) for row in questions},
        {row.position: _values(row, places) for row in stored.questions},
        due={row.position for row in questions if row.message_id in archived},
        ignored=set() if not stored.waiting else {"status"},
    )
    yield from _compared(
        "the answer in message",
        {row.message.seq: _values(row, places) for row in answers},
        _by_seq(stored.answers, stored.messages, places),
        due={row.message.seq for row in answers if row.message_id in archived},
        ignored=set(),
    )


def _expected_rows(stored: Stored) -> tuple[list[Question], list[Answer]]:
    """Return the rows that the whole journal stands for; unsaved."""
    journal = Journal(stored.session, extract_pairs(messages=stored.facts.messages))
    messages = {row.seq: row for row in stored.messages}
    asked = journal.pairs.questions
    rubrics = known_rubrics({question.rubric for question in asked} - {""})
    rows: dict[int, Question] = {}
    for question in asked:
        rows[question.position] = question_row(
            journal=journal,
            question=question,
            message=messages[question.seq],
            parent=rows.get(question.parent_position or 0),
            rubrics=rubrics,
        )
    answers = [
        answer_row(
            session=stored.session,
            answer=answer,
            message=messages[answer.seq],
            question=rows[answer.position],
        )
        for answer in journal.pairs.answers
    ]
    return list(rows.values()), answers


def _values(row: Question | Answer, places: Mapping[uuid.UUID, int]) -> dict[str, Any]:
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in _OWN
    }
    if isinstance(row, Answer):
        known = places.get(row.question_id)
        return {**values, "question": known or row.question.position}
    parent = places.get(row.parent_id) if row.parent_id else None
    return {**values, "parent": parent or (row.parent and row.parent.position)}


def _by_seq(
    answers: Iterable[Answer],
    messages: Iterable[Message],
    places: Mapping[uuid.UUID, int],
) -> Mapping[int, dict[str, Any]]:
    seqs = {message.pk: message.seq for message in messages}
    return {seqs.get(row.message_id, 0): _values(row, places) for row in answers}


def _compared(
    noun: str,
    expected: Mapping[int, Mapping[str, Any]],
    found: Mapping[int, Mapping[str, Any]],
    *,
    due: Iterable[int],
    ignored: Iterable[str],
) -> Iterator[str]:
    for number in sorted({*due} - found.keys()):
        yield f"{noun} {number} is missing"
    for number in sorted(found.keys() - expected.keys()):
        yield f"{noun} {number} is not in the journal"
    for number in sorted(found.keys() & expected.keys()):
        wanted = expected[number]
        wrong = {name for name in wanted if found[number][name] != wanted[name]}
        for name in sorted(wrong.difference(ignored)):
            yield f"{noun} {number} has another {name.removesuffix('_id')}"


def _counters(stored: Stored) -> Iterator[str]:
    session = stored.session
    counts = dataclasses.asdict(count_calls(calls=stored.calls))
    wanted = {"message_count": len(stored.messages), **counts}
    if not stored.owes_reply:
        view = compute_metrics(facts=stored.facts)
        wanted |= {"answered_count": view.answered, "skipped_count": view.skipped}
    for name, value in wanted.items():
        if getattr(session, name) != value:
            yield f"{name} is {getattr(session, name)}, not {value}"


def _figures(stored: Stored) -> Iterator[str]:
    session, facts = stored.session, stored.facts
    running = running_figures(facts=facts, digest=session.digest)
    if session.running_figures != running.to_dict():
        yield "the running figures are not those of the journal"
    if stored.waiting or not stored.messages:
        return
    view = running.view(frame=facts)
    current = fingerprint(session=session, evaluations=facts.evaluations)
    if stored.metrics is None or stored.metrics.fingerprint != current:
        yield "the stored metrics are of another state"
    elif stored.metrics.values != view.to_dict():
        yield "the stored metrics are not those of the journal"
    if (session.score, session.score_error) != (view.score, view.error):
        yield "the score in the list is not that of the metrics"


COMPARISONS: Mapping[Part, Callable[[Stored], Iterator[str]]] = {
    "journal": _journal,
    "pairs": _pairs,
    "counters": _counters,
    "figures": _figures,
}
