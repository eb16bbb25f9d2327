"""Follow-up questions: what an answer still needs, and the words to ask for it.

Needs come in a fixed order; the first one with a fitting wording wins. A wording
fits when it is one short question that was not asked before in this session and
does not say what it wants to hear. Wordings come from the rubric first.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Sequence

from interviewer.bank.model import BankQuestion, Point
from interviewer.policy import wording
from interviewer.policy.stock_probes import (
    ACTION,
    ANOTHER_CASE,
    CLAIM,
    DEPTH,
    EXPAND,
    NUMBERS,
    RESULT,
    SITUATION,
    TRADE_OFF,
)
from interviewer.scoring import result
from interviewer.scoring.result import Assessment

STAR_ORDER = ("action", "result", "situation")
_STAR_WORDINGS = {"action": ACTION, "result": RESULT, "situation": SITUATION}
_STAR_GAPS = {
    "action": "The answer did not say what the candidate did personally.",
    "result": "The answer did not say how it ended.",
    "situation": "The answer did not say what the situation was.",
}
_SPECIFIC = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundreds?"
    r"|thousands?|millions?|half|halved|doubled|tripled|twice|percent)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:much|far|way|a lot|significantly|dramatically|massively|hugely|greatly"
    r"|really|extremely|highly)\s+(?:[a-z]+er|better|worse|more\s+[a-z]+|less\s+[a-z]+"
    r"|improved|reduced|increased|scalable|reliable|efficient|performant|secure)\b"
    r"|\b(?:improved|reduced|increased|decreased)\s+(?:[a-z]+\s+)?"
    r"(?:significantly|dramatically|massively|hugely|a lot)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """A follow-up question, what it is after and why it is asked."""

    kind: str  # clarify | example | quantify | expand | contrast | challenge
    target: str  # point id, STAR part, "vague", "claim" or "depth"
    text: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Exchange:
    """What a follow-up may build on: the question, the answers, all asked so far."""

    question: BankQuestion
    answers: tuple[str, ...]
    asked: tuple[str, ...]
    probed: tuple[str, ...]  # targets of the probes of this question
    style: str

    @property
    def is_behavioural(self) -> bool:
        return self.question.type == "behavioural"


@dataclasses.dataclass(frozen=True, slots=True)
class _Need:
    """Something an answer lacks, with the wordings that may ask for it."""

    kind: str
    target: str
    reason: str
    wordings: tuple[str, ...]
    point: Point | None = None


def next_probe(
    *, exchange: Exchange, assessment: Assessment, only: Collection[str] = ()
) -> Probe | None:
    """Return the first applicable follow-up, or None.

    only: the kinds that may be asked; all of them when empty
    """
    needs = [
        need for need in _needs(exchange, assessment) if not only or need.kind in only
    ]
    if exchange.style == "challenging":
        needs.sort(key=lambda need: need.kind != "challenge")
    if exchange.style == "technical":
        needs = _depth_before_details(needs)
    return _first_fitting(exchange, needs)


def depth_probe(*, exchange: Exchange) -> Probe | None:
    """Return a question that goes deeper into an answer that already suffices."""
    return _first_fitting(exchange, [_depth(exchange)])


def other_angle(*, exchange: Exchange) -> Probe | None:
    """Return another way into the question for somebody who does not know."""
    must_first = sorted(exchange.question.points, key=lambda p: not p.must_have)
    needs = [_missing_point(exchange, point) for point in must_first]
    if exchange.is_behavioural:
        reason = "Another kind of example may come to mind."
        needs = [_Need("example", "other_case", reason, ANOTHER_CASE)]
    return _first_fitting(exchange, needs)


def point_wording(*, exchange: Exchange, point: Point) -> str | None:
    """Return a question that leads to one point without telling it."""
    probe = _first_fitting(exchange, [_missing_point(exchange, point)])
    return probe.text if probe else None


def _needs(exchange: Exchange, assessment: Assessment) -> Iterator[_Need]:
    gaps = [exchange.question.point(gap.id) for gap in assessment.missing]
    wrong = {p.id for p in assessment.points if p.status == result.CONTRADICTED}
    must = [p for p in gaps if p.must_have and p.id not in wrong]
    others = [p for p in gaps if not p.must_have and p.id not in wrong]
    if exchange.is_behavioural:
        yield from _star_needs(exchange, assessment)
    yield from (_contradicted_point(exchange, p) for p in gaps if p.id in wrong)
    yield from (_missing_point(exchange, p) for p in must)
    if exchange.is_behavioural:
        yield from _vague(exchange)
        yield from _claims(exchange)
        yield from (_missing_point(exchange, p) for p in others)
    else:
        yield from (_missing_point(exchange, p) for p in others)
        yield from _claims(exchange)
    yield _depth(exchange)


def _star_needs(exchange: Exchange, assessment: Assessment) -> Iterator[_Need]:
    absent = {s.part for s in assessment.star if s.required and not s.found}
    for part in STAR_ORDER:
        if part in absent:
            texts = (*_texts(exchange, f"missing:{part}"), *_STAR_WORDINGS[part])
            yield _Need("expand", part, _STAR_GAPS[part], texts)


def _contradicted_point(exchange: Exchange, point: Point) -> _Need:
    texts = _texts(exchange, f"contradicted:{point.id}", f"missing:{point.id}")
    return _Need(
        kind="challenge",
        target=point.id,
        reason=f"Something was stated that speaks against this point: {point.text}.",
        wordings=(*texts, *_own(point)),
        point=point,
    )


def _missing_point(exchange: Exchange, point: Point) -> _Need:
    return _Need(
        kind="expand",
        target=point.id,
        reason=f"The answer did not cover this point: {point.text}.",
        wordings=(*_texts(exchange, f"missing:{point.id}"), *_own(point), *EXPAND),
        point=point,
    )


def _vague(exchange: Exchange) -> Iterator[_Need]:
    if any(_SPECIFIC.search(answer) for answer in exchange.answers):
        return
    texts = (*_texts(exchange, "vague"), *NUMBERS)
    yield _Need("quantify", "vague", "The answer gave no number or detail.", texts)


def _claims(exchange: Exchange) -> Iterator[_Need]:
    found = (_CLAIM.search(answer) for answer in exchange.answers)
    claim = next((match.group() for match in found if match), None)
    if claim is None:
        return
    texts = tuple(text.format(claim=" ".join(claim.split())) for text in CLAIM)
    yield _Need("challenge", "claim", f"“{claim}” was not backed by anything.", texts)


def _depth(exchange: Exchange) -> _Need:
    stock = DEPTH if exchange.is_behavioural else TRADE_OFF
    texts = (*_texts(exchange, "depth"), *stock)
    return _Need("contrast", "depth", "The answer leaves room to go deeper.", texts)


def _depth_before_details(needs: Sequence[_Need]) -> list[_Need]:
    """Return the needs with depth ahead of the points that are not must-haves."""

    def rank(need: _Need) -> int:
        if need.target == "depth":
            return 1
        is_detail = need.point is not None and not need.point.must_have
        return 2 if is_detail and need.kind == "expand" else 0

    return sorted(needs, key=rank)


def _texts(exchange: Exchange, *triggers: str) -> tuple[str, ...]:
    return tuple(
        followup.text
        for trigger in triggers
        for followup in exchange.question.followups
        if followup.when == trigger
    )


def _own(point: Point) -> tuple[str, ...]:
    return (point.probe,) if point.probe else ()


def _first_fitting(exchange: Exchange, needs: Sequence[_Need]) -> Probe | None:
    for need in needs:
        if _was_probed(exchange, need):
            continue
        for text in need.wordings:
            if _fits(exchange, need, text):
                return Probe(need.kind, need.target, text, need.reason)
    return None


def _was_probed(exchange: Exchange, need: _Need) -> bool:
    # A point "own_action" asks for the same as the STAR part "action".
    same = {need.target, *(need.target.split("_") if need.point else ())}
    return any(target in same for target in exchange.probed)


def _fits(exchange: Exchange, need: _Need, text: str) -> bool:
    if not wording.is_one_question(text):
        return False
    if wording.is_near_duplicate(text, exchange.asked):
        return False
    if need.point is None or exchange.is_behavioural:
        return True  # a story cannot be given away
    known = (exchange.question.question, *exchange.answers)
    return not wording.reveals(text, point=need.point, known=known)
