"""The coach's words on one answer, as the room shows them in practice."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sessions_app.models import Evaluation, InterviewSession, Message
from sessions_app.services.labels import band_of, band_word

ASKS_MORE = (Message.Kind.PROBE, Message.Kind.REASK)


@dataclasses.dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion's standing; `percent` is None without evidence."""

    name: str
    score_word: str
    percent: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class FeedbackView:
    """What to keep and what to change, ready for `interview/_feedback.html`."""

    score_word: str
    band: int | None
    items: Sequence[Mapping[str, Any]]
    criteria: Sequence[CriterionView]
    is_open: bool  # a follow-up is open: the rest comes after it
    reason: str
    provenance: str
    posture: str
    next_band: str
    own_rating: int | None
    asks_rating: bool  # first the candidate's own mark, then this
    answer_seq: int
    slot: int
    session_id: uuid.UUID


def feedback_view(
    *, evaluation: Evaluation, reply: Message | None, session: InterviewSession
) -> FeedbackView:
    """Return the feedback on an answer, loaded with message and own rating; no query.

    While `reply` asks more about the same question, only what to keep is shown: to
    name what is missing would answer the follow-up.
    """
    is_open = reply is not None and reply.kind in ASKS_MORE
    items = evaluation.feedback.get("items", [])
    result = evaluation.result
    score = evaluation.score
    return FeedbackView(
        score_word=band_word(score=score),
        band=None if score is None else band_of(score=score),
        items=[item for item in items if item["kind"] == "keep" or not is_open],
        is_open=is_open,
        criteria=[_criterion(item, result) for item in result["criteria"]],
        reason=result["gate"]["reason"],
        provenance=evaluation.engine,
        posture="" if is_open else evaluation.feedback.get("posture", ""),
        next_band="" if is_open else evaluation.feedback.get("next_anchor", ""),
        own_rating=evaluation.own_rating,
        asks_rating=evaluation.is_scored
        and evaluation.own_rating is None
        and session.state == InterviewSession.State.IN_PROGRESS,
        answer_seq=evaluation.message.seq,
        slot=evaluation.slot,
        session_id=session.pk,
    )


def _criterion(values: Mapping[str, Any], result: Mapping[str, Any]) -> CriterionView:
    score = values["score"] if _has_evidence(values["name"], result) else None
    return CriterionView(
        name=values["name"],
        score_word=band_word(score=score),
        percent=None if score is None else round(100 * score),
    )


def _has_evidence(criterion: str, result: Mapping[str, Any]) -> bool:
    """Say whether any quote stands behind this criterion's score."""
    points = [p for p in result["points"] if p["criterion"] == criterion]
    # A criterion without points is the structure of a told case.
    shown = points or result["star"]
    return any(item["evidence"] for item in shown)
