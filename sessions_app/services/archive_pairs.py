"""Storing the pairs of a batch of messages: questions first, then their answers.

What is stored already is left as it is, and its id is used.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from sessions_app.models import (
    Answer,
    InterviewSession,
    Message,
    Question,
    RubricVersion,
)
from sessions_app.services.extraction import AskedQuestion, GivenAnswer, Pairs

_Key: TypeAlias = tuple[uuid.UUID, int]  # a session and a seq or position in it


@dataclasses.dataclass(frozen=True, slots=True)
class Journal:
    """A session and the pairs of its whole journal."""

    session: InterviewSession
    pairs: Pairs


def store_pairs(*, journals: Sequence[Journal], batch: Iterable[Message]) -> None:
    """Store what these messages ask and answer, and how each question stands.

    Two to nine queries, however many journals and messages.
    """
    messages = {(row.session_id, row.seq): row for row in batch}
    asked = [
        (journal.session, question)
        for journal in journals
        for question in journal.pairs.questions
        if (journal.session.pk, question.seq) in messages
    ]
    given = [
        (journal.session, answer)
        for journal in journals
        for answer in journal.pairs.answers
        if (journal.session.pk, answer.seq) in messages
    ]
    questions = _store_questions(journals, asked, messages)
    Answer.objects.bulk_create(
        [
            _answer_row(
                session=session,
                answer=answer,
                message=messages[session.pk, answer.seq],
                question=questions[session.pk, answer.position],
            )
            for session, answer in given
        ],
        ignore_conflicts=True,
    )
    _store_statuses(journals, questions)


def _store_questions(
    journals: Sequence[Journal],
    asked: Sequence[tuple[InterviewSession, AskedQuestion]],
    messages: Mapping[_Key, Message],
) -> Mapping[_Key, Question]:
    """Store the questions, then the probes into them; return all, by position."""
    rubrics = _known_rubrics({question.rubric for _, question in asked} - {""})
    stored: Mapping[_Key, Question] = {}
    for are_probes in (False, True):
        rows = [
            _question_row(
                session=session,
                question=question,
                message=messages[session.pk, question.seq],
                parent=stored.get((session.pk, question.parent_position or 0)),
                rubrics=rubrics,
            )
            for session, question in asked
            if (question.parent_position is not None) == are_probes
        ]
        Question.objects.bulk_create(rows, ignore_conflicts=True)
        if rows or not stored:
            # Read back: an ignored row keeps the id that it was stored under.
            stored = _stored_questions(journals)
    return stored


def _known_rubrics(digests: Collection[str]) -> Collection[str]:
    # A rubric that got lost must not cost the answers to its question.
    known = RubricVersion.objects.filter(digest__in=digests)
    return set(known.values_list("digest", flat=True)) if digests else set()


def _stored_questions(journals: Iterable[Journal]) -> Mapping[_Key, Question]:
    sessions = [journal.session.pk for journal in journals]
    rows = Question.objects.filter(session_id__in=sessions).only(
        "session", "position", "status"
    )
    return {(row.session_id, row.position): row for row in rows}


def _store_statuses(
    journals: Iterable[Journal], questions: Mapping[_Key, Question]
) -> None:
    changed = []
    for journal in journals:
        for status, positions in (
            (Question.Status.ANSWERED, journal.pairs.answered),
            (Question.Status.SKIPPED, journal.pairs.skipped),
        ):
            for position in positions:
                question = questions.get((journal.session.pk, position))
                if question is not None and question.status != status:
                    question.status = status
                    changed.append(question)
    Question.objects.bulk_update(changed, ["status"])


def _question_row(
    *,
    session: InterviewSession,
    question: AskedQuestion,
    message: Message,
    parent: Question | None,
    rubrics: Collection[str],
) -> Question:
    return Question(
        user_id=session.user_id,
        session=session,
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
        asked_at=message.created_at,
    )


def _answer_row(
    *,
    session: InterviewSession,
    answer: GivenAnswer,
    message: Message,
    question: Question,
) -> Answer:
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
