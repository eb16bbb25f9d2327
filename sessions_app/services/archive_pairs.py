"""Storing the pairs of a batch of messages: questions first, then their answers.

What is stored already is left as it is, and its id is used.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from django.db.models import Q

from sessions_app.models import (
    Answer,
    InterviewSession,
    Message,
    Question,
    RubricVersion,
)
from sessions_app.services.bulk_insert import insert_missing
from sessions_app.services.extraction import (
    AskedQuestion,
    GivenAnswer,
    KnownPairs,
    Pairs,
    extract_pairs,
)
from sessions_app.services.metrics import message_row

_Key: TypeAlias = tuple[uuid.UUID, int]  # a session and a seq or position in it


@dataclasses.dataclass(frozen=True, slots=True)
class Journal:
    """A session and the pairs in those of its messages that are archived now."""

    session: InterviewSession
    pairs: Pairs


def store_pairs(
    *, sessions: Mapping[uuid.UUID, InterviewSession], batch: Sequence[Message]
) -> int:
    """Store what these messages ask and answer, and how each question stands.

    Return how many of the rows were stored already. Raises MalformedJournal. Three to
    nine queries, however many sessions and messages; no other message is read.
    """
    messages = {(row.session_id, row.seq): row for row in batch}
    rows: dict[uuid.UUID, list[Message]] = {}
    for message in batch:
        rows.setdefault(message.session_id, []).append(message)
    stored = _questions_concerned(rows)
    known = _known_pairs(stored, messages)
    journals = [
        Journal(
            sessions[pk],
            extract_pairs(
                messages=[message_row(message=message) for message in rows[pk]],
                known=known.get(pk),
            ),
        )
        for pk in rows
    ]
    suppressed = _store_questions(journals, messages, stored)
    suppressed += _store_answers(journals, messages, stored)
    _store_statuses(journals, stored)
    return suppressed


def question_row(
    *,
    journal: Journal,
    question: AskedQuestion,
    message: Message,
    parent: Question | None,
    rubrics: Collection[str],
) -> Question:
    """Return the row of a question that this message asks; unsaved."""
    return Question(
        user_id=journal.session.user_id,
        session=journal.session,
        position=question.position,
        slot=question.slot,
        parent=parent,
        message=message,
        rubric_id=question.rubric if question.rubric in rubrics else None,
        bank_id=question.bank_id,
        kind=question.kind,
        competency=question.competency,
        difficulty=question.difficulty,
        text=question.text,
        status=journal.pairs.status_of(question.position),
        asked_at=message.created_at,
    )


def answer_row(
    *,
    session: InterviewSession,
    answer: GivenAnswer,
    message: Message,
    question: Question,
) -> Answer:
    """Return the row of an answer that this message gives; unsaved."""
    return Answer(
        user_id=session.user_id,
        session=session,
        question=question,
        attempt=answer.attempt,
        message=message,
        text=answer.text,
        seconds=answer.seconds,
        cut_by_timer=answer.cut_by_timer,
        answered_at=message.created_at,
    )


def known_rubrics(digests: Collection[str]) -> Collection[str]:
    """Return those of the digests whose rubric is stored; one query, or none."""
    # A rubric that got lost must not cost the answers to its question.
    known = RubricVersion.objects.filter(digest__in=digests)
    return set(known.values_list("digest", flat=True)) if digests else set()


def _questions_concerned(
    rows: Mapping[uuid.UUID, Sequence[Message]],
) -> dict[_Key, Question]:
    """Return the stored questions that these messages may refer to, by position."""
    messages = [message for group in rows.values() for message in group]
    numbers = {row.question_no for row in messages if row.question_no is not None}
    slots = {
        row.details.get("slot") for row in messages if row.kind == Message.Kind.PROBE
    }
    is_meant = Q(position__in=numbers) | Q(
        slot__in=[slot for slot in slots if isinstance(slot, int)], parent=None
    )
    stored = Question.objects.filter(is_meant, session_id__in=rows).only(
        "session", "position", "slot", "parent", "status"
    )
    return {(row.session_id, row.position): row for row in stored.order_by("position")}


def _known_pairs(
    stored: Mapping[_Key, Question], messages: Collection[_Key]
) -> Mapping[uuid.UUID, KnownPairs]:
    """Return what is stored of the journals beyond these messages."""
    if not stored:
        return {}
    answers: dict[uuid.UUID, dict[int, list[int]]] = {}
    given = (
        Answer.objects.filter(question__in=stored.values())
        .order_by("message__seq")
        .values_list("session_id", "question__position", "message__seq")
    )
    for pk, position, seq in given:
        if (pk, seq) not in messages:
            answers.setdefault(pk, {}).setdefault(position, []).append(seq)
    questions: dict[uuid.UUID, list[Question]] = {}
    for (pk, _), question in stored.items():
        questions.setdefault(pk, []).append(question)
    return {
        pk: KnownPairs(
            positions=[row.position for row in rows],
            position_of_slot={
                row.slot: row.position for row in rows if row.parent_id is None
            },
            answers=answers.get(pk, {}),
        )
        for pk, rows in questions.items()
    }


def _store_questions(
    journals: Sequence[Journal],
    messages: Mapping[_Key, Message],
    stored: dict[_Key, Question],
) -> int:
    """Store the questions, then the probes into them, and add all to `stored`."""
    asked = [
        (journal, question)
        for journal in journals
        for question in journal.pairs.questions
    ]
    rubrics = known_rubrics({question.rubric for _, question in asked} - {""})
    suppressed = 0
    for are_probes in (False, True):
        rows = [
            question_row(
                journal=journal,
                question=question,
                message=messages[journal.session.pk, question.seq],
                parent=stored.get((journal.session.pk, question.parent_position or 0)),
                rubrics=rubrics,
            )
            for journal, question in asked
            if (question.parent_position is not None) == are_probes
        ]
        missing = len(rows) - insert_missing(rows=rows)
        suppressed += missing
        new = {(row.session_id, row.position): row for row in rows}
        # Read back: an ignored row keeps the id that it was stored under.
        stored |= _stored_questions(new) if missing else new
    return suppressed


def _store_answers(
    journals: Sequence[Journal],
    messages: Mapping[_Key, Message],
    questions: Mapping[_Key, Question],
) -> int:
    rows = [
        answer_row(
            session=journal.session,
            answer=answer,
            message=messages[journal.session.pk, answer.seq],
            question=questions[journal.session.pk, answer.position],
        )
        for journal in journals
        for answer in journal.pairs.answers
    ]
    return len(rows) - insert_missing(rows=rows)


def _stored_questions(keys: Collection[_Key]) -> Mapping[_Key, Question]:
    rows = Question.objects.filter(
        session_id__in={session_id for session_id, _ in keys},
        position__in={position for _, position in keys},
    ).only("session", "position", "slot", "parent", "status")
    found = {(row.session_id, row.position): row for row in rows}
    return {key: found[key] for key in keys}


def _store_statuses(
    journals: Iterable[Journal], questions: Mapping[_Key, Question]
) -> None:
    changed: dict[str, list[uuid.UUID]] = {}
    for journal in journals:
        for position in journal.pairs.answered | journal.pairs.skipped:
            question = questions[journal.session.pk, position]
            status = journal.pairs.status_of(position)
            if question.status != status:
                changed.setdefault(status, []).append(question.pk)
    for status, ids in changed.items():
        Question.objects.filter(pk__in=ids).update(status=status)
