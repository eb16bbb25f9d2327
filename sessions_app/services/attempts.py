"""A person's attempts at one question of the bank, over all of their interviews."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.template.defaultfilters import date as format_date
from django.utils.timezone import localtime

from sessions_app.models import Evaluation, InterviewSession, Message, Question, User
from sessions_app.services.report_questions import words_asked
from sessions_app.services.report_types import Verdict
from sessions_app.services.report_verdict import counting_evaluation, read_verdict
from sessions_app.services.self_ratings import OWN_RATING
from sessions_app.services.spans import Segment, cut

MAX_SESSIONS = 20  # the latest ones in which the question was asked


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An answer to the question, with the judgement that was made of it."""

    id: uuid.UUID | None  # of the evaluation; None: not stored
    label: str
    text: str
    segments: tuple[Segment, ...]
    verdict: Verdict
    quotes: Mapping[str, str]  # point id → the words that prove it
    seconds: float | None = None
    own_rating: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was asked in a session, and what was answered."""

    session: InterviewSession
    slot: int
    text: str
    topic: str
    bank_id: str
    evaluations: tuple[Evaluation, ...]  # of this session, in order, with messages

    @property
    def counting(self) -> Evaluation | None:
        """Return the judgement that counts."""
        return counting_evaluation(evaluations=self.evaluations, slot=self.slot)


def find_asked(*, session: InterviewSession, slot: int) -> Asked | None:
    """Return the question of this slot; None when it was not asked. Two queries."""
    questions = Message.objects.filter(session=session, kind=Message.Kind.QUESTION)
    asked = [m for m in questions.order_by("seq") if m.details.get("slot") == slot]
    if not asked:
        return None
    slots = session.plan.get("slots", ())
    return Asked(
        session=session,
        slot=slot,
        text=words_asked(message=asked[-1]),
        topic=next((row["label"] for row in slots if row["index"] == slot), ""),
        bank_id=str(asked[-1].details.get("bank_id", "")),
        evaluations=tuple(_evaluations({(session.pk, slot)})),
    )


def attempts_at(*, user: User, asked: Asked) -> tuple[Attempt, ...]:
    """Return the person's scored attempts at this question, the oldest first.

    Those of this session, and of the person's ended ones as far as they are archived;
    two queries.
    """
    elsewhere = (
        Question.objects.visible_to(user)
        .filter(
            bank_id=asked.bank_id,
            parent__isnull=True,
            session__state__in=InterviewSession.ENDED_STATES,
        )
        .exclude(session=asked.session)
        .order_by("-asked_at")
        .values_list("session_id", "slot")[:MAX_SESSIONS]
    )
    places = set(elsewhere) if asked.bank_id else set()
    rows = [*(_evaluations(places) if places else ()), *asked.evaluations]
    rows.sort(key=lambda row: row.message.created_at)
    return tuple(stored_attempt(evaluation=row) for row in rows if row.is_scored)


def stored_attempt(*, evaluation: Evaluation, prefix: str = "") -> Attempt:
    """Return the attempt that this evaluation, loaded with its message, is of.

    prefix: of its element ids, unique on the page; by default the evaluation's own
    """
    message = evaluation.message
    count = len(evaluation.message_seqs)
    which = "first answer" if evaluation.is_first else f"{count} answers together"
    return read_attempt(
        evaluation=evaluation,
        label=f"{_date(message.created_at)}, {which}",
        prefix=prefix or f"attempt-{evaluation.pk.hex}",
        seconds=message.details.get("seconds"),
        own_rating=evaluation.own_rating,
    )


def read_attempt(
    *,
    evaluation: Evaluation,
    label: str,
    prefix: str,
    seconds: float | None = None,
    own_rating: int | None = None,
) -> Attempt:
    """Return the attempt of an evaluation that may not be stored; no query."""
    text = evaluation.text
    verdict, spans = read_verdict(evaluation=evaluation, text=text, prefix=prefix)
    by_anchor = {span.mark.target_id: text[span.start : span.end] for span in spans}
    return Attempt(
        id=None if evaluation._state.adding else evaluation.pk,
        label=label,
        text=text,
        segments=cut(text=text, spans=spans),
        verdict=verdict,
        quotes={
            point.id: by_anchor[point.anchor]
            for point in verdict.points
            if point.anchor in by_anchor
        },
        seconds=seconds,
        own_rating=own_rating,
    )


def chosen(
    *, attempts: Sequence[Attempt], first: str, second: str, asked: Asked
) -> tuple[Attempt, Attempt] | None:
    """Return the two to compare, by id; None when there are fewer than two.

    What is no id of an attempt means: this session's counting one, and the one before.
    """
    if len(attempts) < 2:
        return None
    by_id = {str(attempt.id): attempt for attempt in attempts}
    counting = str(asked.counting.pk) if asked.counting else ""
    later = by_id.get(second) or by_id.get(counting) or attempts[-1]
    if first in by_id and by_id[first] is not later:
        return by_id[first], later
    others = [attempt for attempt in attempts if attempt is not later]
    before = attempts[: attempts.index(later)]
    return (before or others)[-1], later


def _evaluations(places: Iterable[tuple[uuid.UUID, int]]) -> list[Evaluation]:
    wanted = set(places)
    rows = (
        Evaluation.objects.filter(
            session__in={session_id for session_id, _ in wanted},
            slot__in={slot for _, slot in wanted},
            is_counted=True,
        )
        .select_related("message")
        .annotate(own_rating=OWN_RATING)
        .order_by("message__seq", "pk")
    )
    return [row for row in rows if (row.session_id, row.slot) in wanted]


def _date(moment: datetime.datetime) -> str:
    return format_date(localtime(moment), "j F Y, H:i")
