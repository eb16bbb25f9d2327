"""The coach's answers about one question: why this score, and what is stronger.

Each function yields answers to the same request, the next with what the one before
had no room for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interviewer.agents import coach_phrases
from interviewer.agents.coach_answer import CoachAnswer, Part, put_together, quoted
from interviewer.agents.coach_evidence import (
    ADD,
    SAID,
    PointEvidence,
    QuestionEvidence,
    figure,
)
from interviewer.scoring.result import CONTRADICTED, HIT, MISSING, PARTIAL

OUTLINE_LINES = 4  # of one answer
_BELOW = re.compile(r"^As \d, ")  # how the bank's anchors begin when they build up


def called(question: QuestionEvidence) -> str:
    """Return "Question 2 (Indexing)"."""
    label = f" ({question.label})" if question.label else ""
    return f"Question {question.number}{label}"


def spoken_of(question: QuestionEvidence) -> str:
    """Return "question 2 (Indexing)", for the middle of a sentence."""
    return called(question).replace("Question", "question", 1)


def standing(question: QuestionEvidence) -> Part:
    """Return what the question's answers were scored."""
    number = figure(question.score, question.error)
    return Part(f"{called(question)} has {number} of 100: {question.word.lower()}.")


def no_score(question: QuestionEvidence) -> Part:
    """Return why the question has no score, and that this costs nothing."""
    reason = question.reason or "There was too little to judge."
    return Part(f"{called(question)} has no score. {reason} That lowers nothing.")


def why_this_score(question: QuestionEvidence, opening: str) -> Iterator[CoachAnswer]:
    """Yield what was covered, what was not, the number's parts and its bands."""
    if question.score is None:
        yield put_together([no_score(question), *_touched(question)], opening=opening)
        yield put_together([no_score(question), *_what_to_say(question)])
        return
    hits, gaps = question.with_status(HIT), _gaps(question)
    yield put_together(
        [
            standing(question),
            *_covered(question, hits[:1]),
            *wrong(question),
            *_missing(gaps[:2]),
            *_next_band(question),
            _sum(question),
        ],
        opening=opening,
    )
    partly = question.with_status(PARTIAL)
    yield put_together(
        [
            Part(f"{called(question)} in more detail."),
            *_covered(question, [*hits[1:3], *partly[:1]]),
            *_missing(gaps[2:5]),
            *_this_band(question),
            *_next_band(question),
        ]
    )
    yield put_together(
        [
            Part(f"This is how the number of {spoken_of(question)} comes about:"),
            *_by_point(question),
            *_adjustments(question),
            Part(f"\nTogether that is {question.score} of 100."),
            *_by_criterion(question),
        ]
    )


def stronger_answer(question: QuestionEvidence, opening: str) -> Iterator[CoachAnswer]:
    """Yield a stronger answer in lines: the candidate's own words and the gaps."""
    lines = [line for line in _outline_lines(question) if line.text]
    if not lines:
        nothing = Part("So there is no outline for it.")
        yield put_together([no_score(question), nothing], opening=opening)
        return
    name = spoken_of(question)
    head = (
        f"A stronger answer to {name}, from your own words and what was missing;"
        " [brackets] are yours to fill in:"
    )
    yield put_together([Part(head), *lines[:OUTLINE_LINES]], opening=opening)
    for start in range(OUTLINE_LINES, len(lines), OUTLINE_LINES):
        more = Part(f"The outline for {name} goes on:")
        yield put_together([more, *lines[start : start + OUTLINE_LINES]])
    yield put_together(
        [
            Part(f"Say the answer to {name} aloud in four sentences."),
            *_what_to_say(question),
            Part("Keep what you said already; add one sentence for each gap."),
        ]
    )


def strengths(question: QuestionEvidence) -> Iterator[Part]:
    """Yield the passages that covered a point, the ones that added most first."""
    for point in sorted(question.with_status(HIT), key=lambda p: -p.adds):
        if question.excerpt(point.quote):
            before = f"\n– Question {question.number}: "
            yield quoted(before, question, point.quote, f" covers: {point.text}")


def wrong(question: QuestionEvidence) -> Iterator[Part]:
    """Yield what was said against a point of the question."""
    for point in question.with_status(CONTRADICTED):
        before = f"Stated wrongly, against this point ({point.text}): "
        yield quoted(before, question, point.quote)


def on_point(question: QuestionEvidence, point: PointEvidence) -> Part:
    """Return how this one point stands, with the words that show it."""
    standing_word = _STANDINGS[point.status]
    before = f"Question {question.number}, {standing_word}: {point.text}: "
    return quoted(before, question, point.quote)


_STANDINGS = {
    HIT: "covered, as far as the stored judgement goes",
    PARTIAL: "only touched on",
    MISSING: "nothing was said on it",
    CONTRADICTED: "what you said speaks against this point",
}


# Parts of a score.


def _gaps(question: QuestionEvidence) -> Sequence[str]:
    missing = [point.text for point in question.with_status(MISSING, PARTIAL)]
    parts = [coach_phrases.STAR_MISSING[part] for part in question.missing_parts]
    return [*parts, *missing]


def _covered(
    question: QuestionEvidence, points: Sequence[PointEvidence]
) -> Iterator[Part]:
    for point in points:
        word = "Covered" if point.status == HIT else "Only touched on"
        yield quoted(f"{word}: {point.text}: ", question, point.quote)


def _touched(question: QuestionEvidence) -> Iterator[Part]:
    points = question.with_status(HIT, PARTIAL)
    yield from _covered(question, points[:2])


def _missing(gaps: Sequence[str]) -> Iterator[Part]:
    if gaps:
        yield Part(f"Missing: {'; '.join(gaps)}.")


def _this_band(question: QuestionEvidence) -> Iterator[Part]:
    if question.anchor:
        stands_for = _BELOW.sub("As the one below, ", question.anchor)
        yield Part(f"This band: {stands_for}")


def _next_band(question: QuestionEvidence) -> Iterator[Part]:
    if question.next_anchor:
        needs = _BELOW.sub("As this one, ", question.next_anchor)
        yield Part(f"The next band: {needs}")


def _sum(question: QuestionEvidence) -> Part:
    added = round(sum(point.adds for point in question.points))
    rest = round(sum(points for _, points in question.adjustments))
    if not rest:
        return Part(f"The number is what the covered points add: {added}.")
    return Part(f"The number: points add {added}, adjustments {rest:+d}.")


def _by_point(question: QuestionEvidence) -> Iterator[Part]:
    adding = [point for point in question.points if round(point.adds)]
    for point in sorted(adding, key=lambda p: -p.adds)[:4]:
        yield Part(f"\n– {point.text}: {point.adds:.0f}")


def _adjustments(question: QuestionEvidence) -> Iterator[Part]:
    for reason, points in question.adjustments[:3]:
        yield Part(f"\n– {reason}: {points:+.0f}")


def _by_criterion(question: QuestionEvidence) -> Iterator[Part]:
    if question.criteria:
        named = [
            f"{name.replace('_', ' ')} {score}" for name, score in question.criteria
        ]
        yield Part(f"By criterion: {', '.join(named)}.")


# Parts of an outline.


def _outline_lines(question: QuestionEvidence) -> Iterator[Part]:
    for mark, text in question.outline:
        if mark == SAID:
            line = quoted("\n– You said: ", question, text)
            yield line if line.cites else Part("")
        elif mark == ADD:
            yield Part(f"\n– Add: {text}")


def _what_to_say(question: QuestionEvidence) -> Iterator[Part]:
    gaps = _gaps(question)[:3] or [
        text for mark, text in question.outline if mark == ADD
    ]
    if gaps:
        yield Part(f"What it asks for: {'; '.join(gaps[:3])}.")
