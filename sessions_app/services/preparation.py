"""Stories, dates and memories of real interviews: reading and writing them."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.db import transaction
from django.db.models import Q

from sessions_app.models import (
    Answer,
    Evaluation,
    InterviewSession,
    PlannedInterview,
    QuestionNote,
    RealInterview,
    Story,
    User,
)
from sessions_app.services.report_verdict import counting_evaluation, read_verdict

TITLE_WORDS = 8
NOTE_CHARACTERS = 500
RECENT_ANSWERS = 200
RECENT_JUDGEMENTS = 40
BEHAVIOURAL = "behavioural"


class UnableToSaveStory(Exception):
    """The question has no behavioral answer to keep; the reason is in the text."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A behavioral answer that the person gave in some interview."""

    session_id: uuid.UUID
    text: str
    answered_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What was found in an answer: a quote to rely on, or something to mention."""

    topic: str
    quote: str
    advice: str


def next_interview(*, user: User, today: datetime.date) -> PlannedInterview | None:
    """Return the person's next real interview, today or later; one query."""
    coming = PlannedInterview.objects.visible_to(user).filter(held_on__gte=today)
    return cast("PlannedInterview | None", coming.first())


@transaction.atomic
def save_story_of(
    *,
    session: InterviewSession,
    slot: int,
    facts_of: Callable[[str], str],
    now: datetime.datetime,
) -> Story:
    """Keep the answer to this question as a story; again returns the one that is kept.

    Title, parts and competency come from the question and its stored judgement. Raises
    UnableToSaveStory where nothing behavioral was said.

    facts_of: the numbers of a text that are worth remembering, one a line
    """
    planned = _slot(session, slot)
    judged = counting_evaluation(evaluations=_judgements(session, slot), slot=slot)
    if planned.get("type") != BEHAVIOURAL or judged is None or not judged.text.strip():
        raise UnableToSaveStory("There is no answer here that could be a story.")
    story, _ = Story.objects.get_or_create(
        session=session,
        slot=slot,
        defaults={
            "user_id": session.user_id,
            "title": _title(judged.text),
            "text": judged.text,
            **_star(judged),
            "competencies": [planned["competency"]]
            if planned.get("competency")
            else [],
            "facts": facts_of(judged.text),
            "created_at": now,
            "updated_at": now,
        },
    )
    return story


def behavioural_answers(*, user: User, since: datetime.datetime) -> list[Telling]:
    """Return what this person told to each behavioral question since then.

    With what follow-ups brought; the newest first. One query.
    """
    rows = (
        Answer.objects.visible_to(user)
        .filter(
            Q(question__kind=BEHAVIOURAL) | Q(question__parent__kind=BEHAVIOURAL),
            answered_at__gte=since,
        )
        .order_by("-answered_at", "-id")
        .values_list("session_id", "question__slot", "text", "answered_at")
    )[:RECENT_ANSWERS]
    told: dict[tuple[uuid.UUID, int], Telling] = {}
    for session_id, slot, text, answered_at in rows:
        later = told.get((session_id, slot))
        told[(session_id, slot)] = Telling(
            session_id=session_id,
            text=f"{text}\n\n{later.text}" if later else text,
            answered_at=later.answered_at if later else answered_at,
        )
    return list(told.values())


def remarks(*, user: User) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    """Return strengths with their quotes, the best first, and gaps, the newest first.

    Of the latest judged answers; a quote that does not stand in the answer is dropped.
    One query.
    """
    rows = (
        Evaluation.objects.visible_to(user)
        .filter(is_counted=True, score__isnull=False)
        .select_related("session")
        .only("text", "score", "override", "state", "slot", "feedback", "session__plan")
        .order_by("-created_at", "-id")[:RECENT_JUDGEMENTS]
    )
    strengths: list[tuple[float, Remark]] = []
    gaps: list[Remark] = []
    for row in rows:
        topic = str(_slot(row.session, row.slot).get("label", ""))
        for item in row.feedback.get("items", ()):
            quote = item["quote"] if item["quote"] in row.text else ""
            remark = Remark(topic=topic, quote=quote, advice=item["advice"])
            if item["kind"] == "keep" and quote:
                strengths.append((row.score_in_force or 0.0, remark))
            elif item["kind"] == "change":
                gaps.append(remark)
    # A longer quote says more to somebody who reads it a day later.
    strengths.sort(key=lambda pair: (-pair[0], -len(pair[1].quote)))
    return _one_per_topic([r for _, r in strengths]), _one_per_topic(gaps)


def keep_question(
    *, interview: RealInterview, text: str, now: datetime.datetime
) -> QuestionNote:
    """Note a question that was asked there, to prepare an answer; again is harmless."""
    note, _ = QuestionNote.objects.get_or_create(
        interview=interview,
        text=text[:NOTE_CHARACTERS],
        defaults={"user_id": interview.user_id, "created_at": now},
    )
    return note


def _one_per_topic(found: Sequence[Remark]) -> tuple[Remark, ...]:
    first: dict[str, Remark] = {}
    for remark in found:
        first.setdefault(remark.topic, remark)
    return tuple(first.values())


def _slot(session: InterviewSession, index: int) -> Mapping[str, Any]:
    slots = session.plan.get("slots", ())
    return next((slot for slot in slots if slot["index"] == index), {})


def _judgements(session: InterviewSession, slot: int) -> list[Evaluation]:
    rows = session.evaluations.filter(slot=slot, is_counted=True)
    return list(rows.order_by("message__seq"))


def _title(text: str) -> str:
    words = text.split()
    title = " ".join(words[:TITLE_WORDS])[:110]
    return title if len(words) <= TITLE_WORDS else f"{title} …"


def _star(judged: Evaluation) -> dict[str, str]:
    """Return the words that were found to be situation, action and result."""
    verdict, _ = read_verdict(evaluation=judged, text=judged.text, prefix="story")
    found = {part.part for part in verdict.star if part.found}
    return {
        part["part"]: part["evidence"]["quote"]
        for part in judged.result.get("star", ())
        if part["part"] in found and part.get("evidence")
    }
