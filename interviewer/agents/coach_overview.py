"""The coach's answers over several questions: gaps, strengths, mistakes, figures."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from interviewer.agents import coach_phrases as phrases
from interviewer.agents import coach_replies as replies
from interviewer.agents.coach_answer import CoachAnswer, Part, put_together
from interviewer.agents.coach_asking import Asked, shares_topic
from interviewer.agents.coach_evidence import (
    InterviewEvidence,
    PointEvidence,
    QuestionEvidence,
    figure,
)
from interviewer.scoring.result import CONTRADICTED, HIT, MISSING, PARTIAL

WEAK_CRITERION = 60  # of 100: below it a criterion counts as a gap
SHOWN = 3

_Gap = tuple[str, str]  # what to practice, and the kind of drill


def practice(request: Asked, evidence: InterviewEvidence) -> Iterator[CoachAnswer]:
    """Yield the gaps from the most frequent on, each with one drill."""
    where: defaultdict[_Gap, list[int]] = defaultdict(list)
    for question in _chosen(request, evidence):
        for gap in dict.fromkeys(_gaps(question)):
            where[gap].append(question.number)
    counts = Counter({gap: len(numbers) for gap, numbers in where.items()})
    for (text, kind), _ in counts.most_common():
        yield put_together(
            [
                Part(f"Practice {text}."),
                Part(f"It fell short in {_numbers(where[text, kind])}."),
                Part(f"One drill: {phrases.DRILLS[kind]}"),
            ]
        )
    if not counts:
        yield put_together([Part(phrases.NOTHING_STANDS_OUT)])


def strengths(request: Asked, evidence: InterviewEvidence) -> Iterator[CoachAnswer]:
    """Yield the passages that covered a point, a few at a time."""
    best_first = list(reversed(_chosen(request, evidence)))
    found = [part for question in best_first for part in replies.strengths(question)]
    for start in range(0, len(found), SHOWN):
        head = "These words covered a point:" if start == 0 else "These words did too:"
        yield put_together([Part(head), *found[start : start + SHOWN]])
    if not found:
        yield put_together(
            [
                Part("No stored passage covers a point as a whole."),
                *_closest(best_first),
            ]
        )


def compare(request: Asked, evidence: InterviewEvidence) -> Iterator[CoachAnswer]:
    """Yield two questions side by side, and whether their scores really differ."""
    pair = _pair(request, evidence)
    if len(pair) < 2:
        yield put_together(
            [Part("Comparing takes two questions, both with a score.")]
            + [replies.standing(q) for q in evidence.scored[:1]]
        )
        return
    one, other = pair
    numbers = [replies.standing(one), replies.standing(other), _difference(one, other)]
    yield put_together([*numbers, *_only_gap(one), *_only_gap(other)])
    yield put_together(
        [
            Part(f"What each covered, question {one.number} and {other.number}:"),
            *list(replies.strengths(one))[:2],
            *list(replies.strengths(other))[:2],
        ]
    )
    yield put_together([_criteria(one), _criteria(other), _difference(one, other)])


def mistakes(request: Asked, evidence: InterviewEvidence) -> Iterator[CoachAnswer]:
    """Yield the statements that speak against a point, or that none was found."""
    chosen = _chosen(request, evidence)
    asked_about = [(q, p) for q in chosen for p in _points_named(request, q)]
    if asked_about:
        yield put_together([replies.on_point(q, p) for q, p in asked_about[:SHOWN]])
    elif request.words and not request.numbers:
        yield put_together([Part(_NOT_A_POINT), *_all_wrong(chosen)[:SHOWN]])
    found = _all_wrong(chosen)
    for start in range(0, len(found), SHOWN):
        yield put_together(found[start : start + SHOWN])
    if not found:
        where = _numbers([q.number for q in chosen])
        for sentence in (
            f"Nothing in {where} was found to speak against a point.",
            f"No point of {where} is marked as stated wrongly.",
        ):
            limit = "Only the listed points are checked, so this proves no more."
            yield put_together([Part(sentence), Part(limit)])


def overall(request: Asked, evidence: InterviewEvidence) -> Iterator[CoachAnswer]:
    """Yield the overall score and what it is the mean of."""
    scored = sorted(evidence.scored, key=lambda q: q.number)
    each = ", ".join(f"question {q.number}: {q.score}" for q in scored[:12])
    if evidence.score is None:
        head = "There is no overall score: it takes two scored questions."
    else:
        number = figure(evidence.score, evidence.error)
        head = (
            f"The overall score is {number} of 100, the mean of the scored questions."
        )
    yield put_together([Part(head), Part(f"They are {each}."), Part(_UNSCORED)])
    yield put_together(
        [
            Part(f"Overall: {figure(evidence.score, evidence.error)}."),
            Part("The number after ± is the uncertainty."),
            *[replies.standing(question) for question in evidence.scored[:1]],
            *list(_gap_parts(evidence.scored[:1])),
        ]
    )


_NOT_A_POINT = "No point of your scored questions is about that."
_UNSCORED = "Questions without a score do not count."


def _chosen(request: Asked, evidence: InterviewEvidence) -> list[QuestionEvidence]:
    """Return the questions named, else all with a score; the weakest first."""
    named = [evidence.question(number) for number in request.numbers]
    return [q for q in named if q] or list(evidence.scored)


def _pair(request: Asked, evidence: InterviewEvidence) -> list[QuestionEvidence]:
    scored = evidence.scored
    named = [q for q in _chosen(request, evidence) if q.score is not None]
    if len(request.numbers) >= 2:
        return named[:2]
    if len(scored) < 2:
        return list(scored)
    one = named[0] if request.numbers and named else scored[-1]
    other = scored[0] if one != scored[0] else scored[-1]
    return [one, other]


def _gaps(question: QuestionEvidence) -> Iterator[_Gap]:
    for part in question.missing_parts:
        yield phrases.STAR_PRACTICE[part], part
    if question.with_status(CONTRADICTED):
        yield "checking statements before making them", "wrong"
    for name, score in question.criteria:
        if score < WEAK_CRITERION and name != "structure":
            yield f"the {name.replace('_', ' ')} part of your answers", "criterion"
    for point in question.with_status(MISSING):
        if point.must_have:
            yield f"this point: {point.text}", "must"


def _closest(questions: Sequence[QuestionEvidence]) -> Iterator[Part]:
    for question in questions:
        for point in question.with_status(PARTIAL)[:1]:
            yield replies.on_point(question, point)


def _all_wrong(questions: Sequence[QuestionEvidence]) -> list[Part]:
    return [
        replies.on_point(question, point)
        for question in questions
        for point in question.with_status(CONTRADICTED)
    ]


def _points_named(
    request: Asked, question: QuestionEvidence
) -> Iterator[PointEvidence]:
    for point in question.points:
        if shares_topic(words=request.words, text=point.text):
            yield point


def _difference(one: QuestionEvidence, other: QuestionEvidence) -> Part:
    gap = abs((one.score or 0) - (other.score or 0))
    if one.error is None or other.error is None:
        return Part(f"They differ by {gap}; how sure that is, is not known.")
    noise = round(math.hypot(one.error, other.error))
    if gap > noise:
        return Part(f"They differ by {gap}, more than the uncertainty of {noise}.")
    return Part(f"They differ by {gap}, within the uncertainty of {noise}.")


def _only_gap(question: QuestionEvidence) -> Iterator[Part]:
    covered = len(question.with_status(HIT))
    yield Part(
        f"Question {question.number} covers {covered} of {len(question.points)} points."
    )
    yield from _gap_parts([question])


def _gap_parts(questions: Sequence[QuestionEvidence]) -> Iterator[Part]:
    for question in questions:
        for point in question.with_status(MISSING, PARTIAL)[:1]:
            yield Part(f"Question {question.number} lacks most: {point.text}.")


def _criteria(question: QuestionEvidence) -> Part:
    named = [f"{name.replace('_', ' ')} {score}" for name, score in question.criteria]
    return Part(f"Question {question.number} by criterion: {', '.join(named)}.")


def _numbers(numbers: Sequence[int]) -> str:
    ordered = [str(number) for number in sorted(numbers)]
    if len(ordered) <= 1:
        return f"question {''.join(ordered)}"
    return f"questions {', '.join(ordered[:-1])} and {ordered[-1]}"
