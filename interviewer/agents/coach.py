"""What the coach says about answers: quotes, gaps and one thing to say next time.

Templates over a verdict: nothing is said that the rubric or the answer does not
hold, every quote is checked against the answer, and nobody is praised.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from interviewer.agents import coach_phrases as phrases
from interviewer.bank.model import BankQuestion
from interviewer.scoring import result
from interviewer.scoring.next_band import Step, cheapest_step
from interviewer.scoring.result import Assessment, PointResult

MAX_CHANGES = 2
STRONG = 0.85  # score from which an answer is left as it is
WEAK_CRITERION = 0.6  # score below which a criterion counts as a gap

KEEP = "keep"
CHANGE = "change"
MOVE_ON = "move_on"
# How much an answer still needs.
FIX = "fix"  # something essential is missing or wrong
POLISH = "polish"  # the essentials are there

SAID = "said"
ADD = "add"
STRUCTURE = "structure"


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One thing to keep or to change; an empty quote: nothing was said on it."""

    kind: str  # keep | change | move_on
    quote: str
    criterion: str
    gap: str
    advice: str
    source: str  # the rubric point or STAR part that it rests on, or empty


@dataclasses.dataclass(frozen=True, slots=True)
class Feedback:
    """Up to three items on an answer, with what the next band would take."""

    items: tuple[Item, ...]
    versions: tuple[tuple[str, str], ...]
    posture: str  # fix | polish | move_on
    anchor: str = ""  # what the band of the score stands for
    next_anchor: str = ""  # empty at the top, or when nothing was judged
    step: Step | None = None  # towards the next band

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "items": [dataclasses.asdict(item) for item in self.items],
            "versions": [list(version) for version in self.versions],
            "posture": self.posture,
            "anchor": self.anchor,
            "next_anchor": self.next_anchor,
            "step": self.step and dataclasses.asdict(self.step),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of a stronger answer: words that were said, or something to add."""

    text: str
    mark: str  # said | add
    source: str  # the rubric point or STAR part that it serves
    replaces: str = ""  # the quote that it should stand in for

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return dataclasses.asdict(self)


def feedback(
    *, question: BankQuestion, assessment: Assessment, answer: str
) -> Feedback:
    """Return what to keep and what to change; a strong answer is left as it is."""
    versions = assessment.versions
    if assessment.state != result.OBSERVED:
        # Where there is nothing to judge by, nothing needs fixing.
        posture = FIX if question.points else ""
        return Feedback((_unjudged(question, assessment),), versions, posture)
    kept = list(_kept(assessment, answer))
    band = assessment.band or 0
    anchor = question.anchors.get(band, "")
    if _is_strong(assessment):
        items = (*kept, Item(MOVE_ON, "", "", "", phrases.MOVE_ON, ""))
        return Feedback(items, versions, MOVE_ON, anchor)
    changes = list(_changes(question, assessment, answer))[:MAX_CHANGES]
    return Feedback(
        items=(*kept, *changes),
        versions=versions,
        posture=FIX if _lacks_essentials(assessment) else POLISH,
        anchor=anchor,
        next_anchor=question.anchors.get(band + 1, ""),
        step=cheapest_step(question=question, assessment=assessment),
    )


def outline(
    *, question: BankQuestion, assessment: Assessment, answer: str
) -> tuple[OutlineLine, ...]:
    """Return a stronger answer in lines: the candidate's own words and the gaps.

    Facts that only the candidate knows stay open, in square brackets.
    """
    if assessment.state != result.OBSERVED:
        return _outline_from_nothing(question)
    parts = _missing_parts(assessment)
    told = [
        line
        for point in assessment.points
        for line in _point_lines(question, point, answer)
        if line.mark == SAID or not _belongs_to(point.id, parts)
    ]
    wrong = {line.replaces for line in told}
    lines = [line for line in told if line.mark == ADD or line.text not in wrong]
    opening = [_blank(part) for part in parts if part == "situation"]
    ending = [_blank(part) for part in parts if part != "situation"]
    return tuple(_without_repeats([*opening, *lines, *ending]))


def next_step(*, assessments: Sequence[Assessment]) -> str:
    """Return one sentence on what to practice: the gap that recurs most."""
    judged = [a for a in assessments if a.state == result.OBSERVED]
    if not judged:
        return phrases.NOTHING_JUDGED
    counts: Counter[tuple[str, str]] = Counter()
    losses: Counter[tuple[str, str]] = Counter()
    for practice, because, loss in (gap for a in judged for gap in _gaps(a)):
        counts[practice, because] += 1
        losses[practice, because] += loss
    if not counts:
        return phrases.NOTHING_STANDS_OUT
    # The order of the verdicts must not decide between equals.
    gap = min(counts, key=lambda gap: (-counts[gap], -losses[gap], gap))
    answers = "answer" if len(judged) == 1 else "answers"
    return f"Practice {gap[0]}: {gap[1]} in {counts[gap]} of {len(judged)} {answers}."


# Feedback


def _is_strong(assessment: Assessment) -> bool:
    wrong = any(p.status == result.CONTRADICTED for p in assessment.points)
    return assessment.score is not None and assessment.score >= STRONG and not wrong


def _lacks_essentials(assessment: Assessment) -> bool:
    return bool(_missing_parts(assessment)) or any(
        p.status == result.CONTRADICTED or (p.must_have and p.status == result.MISSING)
        for p in assessment.points
    )


def _unjudged(question: BankQuestion, assessment: Assessment) -> Item:
    if not question.points and assessment.gate.passed:
        advice = phrases.CHECK_IT_YOURSELF
        return Item(CHANGE, "", "", phrases.NO_RUBRIC, advice, "")
    gap = assessment.gate.reason or phrases.NOT_JUDGED[assessment.state]
    return Item(CHANGE, "", "", gap, phrases.NEXT_TIME[assessment.state], "")


def _kept(assessment: Assessment, answer: str) -> Iterator[Item]:
    """Yield the sentence that earned the most."""
    hits = [
        point
        for point in assessment.points
        if point.status == result.HIT and _quote(point, answer)
    ]
    if not hits:
        return
    best = max(hits, key=lambda point: point.contribution)
    advice = f"Keep this; it serves the point: {best.text}."
    yield Item(KEEP, _quote(best, answer), best.criterion, "", advice, best.id)


def _changes(
    question: BankQuestion, assessment: Assessment, answer: str
) -> Iterator[Item]:
    """Yield what to change: wrong statements, STAR parts, then missing points."""
    parts = _missing_parts(assessment)
    gaps = [p for p in assessment.missing if not _belongs_to(p.id, parts)]
    wrong = [p for p in gaps if p.status == result.CONTRADICTED]
    yield from (_point_item(question, point, answer) for point in wrong)
    for part in parts:
        gap, advice = phrases.STAR_GAPS[part], phrases.STAR_ADVICE[part]
        yield Item(CHANGE, "", STRUCTURE, gap, advice, part)
    rest = (p for p in gaps if p.status != result.CONTRADICTED)
    yield from (_point_item(question, point, answer) for point in rest)


def _point_item(question: BankQuestion, point: PointResult, answer: str) -> Item:
    quote = _quote(point, answer)
    if point.status == result.CONTRADICTED:
        gap = f"This speaks against a point of the question: {point.text}."
    elif quote:
        gap = f"Only touched on so far: {point.text}."
    else:
        gap = f"Nothing on this point: {point.text}."
    return Item(
        CHANGE, quote, point.criterion, gap, _advice(question, point.id), point.id
    )


def _advice(question: BankQuestion, point_id: str) -> str:
    probe = question.point(point_id).probe
    if probe:
        return f"Next time answer this without being asked: “{probe}”"
    return "Next time give it one sentence of its own."


# Outline


def _outline_from_nothing(question: BankQuestion) -> tuple[OutlineLine, ...]:
    blanks = [_blank(part) for part in question.star_required]
    points = [
        OutlineLine(_to_add(question, point.text), ADD, point.id)
        for point in question.points
        if not _belongs_to(point.id, question.star_required)
    ]
    return (*blanks, *points)


def _blank(part: str) -> OutlineLine:
    return OutlineLine(phrases.STAR_BLANKS[part], ADD, part)


def _point_lines(
    question: BankQuestion, point: PointResult, answer: str
) -> Iterator[OutlineLine]:
    quote = _quote(point, answer)
    wrong = point.status == result.CONTRADICTED
    if quote and not wrong:
        yield OutlineLine(quote, SAID, point.id)
    if point.status != result.HIT:
        text = _to_add(question, point.text)
        yield OutlineLine(text, ADD, point.id, replaces=quote if wrong else "")


def _to_add(question: BankQuestion, text: str) -> str:
    # What happened is for the candidate to fill in; knowledge can be told.
    return f"[{text}]" if question.type == "behavioural" else text


def _without_repeats(lines: Iterable[OutlineLine]) -> Iterator[OutlineLine]:
    """Yield the lines; one sentence may prove several points but stands once."""
    lines = list(lines)
    longer = {line.text for line in lines if line.mark == SAID}
    seen: set[str] = set()
    for line in lines:
        is_part = any(line.text in text for text in longer - {line.text})
        if line.text not in seen and not (line.mark == SAID and is_part):
            seen.add(line.text)
            yield line


# Next step


def _gaps(assessment: Assessment) -> Iterator[tuple[str, str, int]]:
    """Yield what to practice, what happened and the loss in percent, once a kind."""
    for part in _missing_parts(assessment):
        yield phrases.STAR_PRACTICE[part], f"the {part} was missing", 100
    for criterion in assessment.criteria:
        score = criterion.score
        if score is not None and score < WEAK_CRITERION and criterion.name != STRUCTURE:
            practice = f"the {criterion.name} part of your answers"
            yield practice, "it fell short", round(100 * (1 - score))
    if any(p.status == result.CONTRADICTED for p in assessment.points):
        practice = "checking statements before making them"
        yield practice, "something was stated wrongly", 100


# Shared


def _missing_parts(assessment: Assessment) -> list[str]:
    return [s.part for s in assessment.star if s.required and not s.found]


def _belongs_to(point_id: str, parts: Iterable[str]) -> bool:
    """Return whether a point is about one of these STAR parts: own_action, result."""
    return any(part in point_id.split("_") for part in parts)


def _quote(point: PointResult, answer: str) -> str:
    """Return the words of the answer that prove the point; empty if they do not."""
    span = point.evidence
    if span is None or answer[span.start : span.end] != span.quote:
        return ""
    return span.quote
