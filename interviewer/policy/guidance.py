"""Help that keeps the question open: hints, and saying a question differently."""

from __future__ import annotations

from interviewer.policy import labels
from interviewer.policy.probes import Exchange, point_wording
from interviewer.scoring.result import Assessment

HINT_STEPS = 3

_TELL_IT_IN_ORDER = (
    "Pick one real case and tell it in order: the situation, what you did, what came"
    " of it."
)
_DIFFERENT_CASE = (
    "Describe a different case that you know well and how you handled it. Then come"
    " back to this question and see what carries over."
)
_NO_MORE_HINTS = (
    "There are no more hints for this question. Answer with what you have, or skip it."
)
_CLARIFY = {
    "behavioural": "Any real case from work or study will do, large or small.",
    "technical": "Answer from your own understanding, and state what you assume.",
    "system_design": "Choose sensible assumptions, state them and start from there.",
}


def hint(*, exchange: Exchange, assessment: Assessment | None, step: int) -> str:
    """Return the next hint after `step` hints: where to look, which part, transfer."""
    if step == 0:
        return _where_to_look(exchange)
    if step == 1:
        return _which_part(exchange, assessment)
    return _DIFFERENT_CASE if step < HINT_STEPS else _NO_MORE_HINTS


def lead_into(*, exchange: Exchange) -> str:
    """Return a sentence that says what kind of answer fits, never which answer."""
    return _CLARIFY[exchange.question.type]


def _where_to_look(exchange: Exchange) -> str:
    if exchange.is_behavioural:
        return _TELL_IT_IN_ORDER
    topic = labels.topic(exchange.question.skills)
    aspects = " and ".join(exchange.question.criteria)
    return f"The question is about this topic: {topic}. A full answer shows {aspects}."


def _which_part(exchange: Exchange, assessment: Assessment | None) -> str:
    """Return a question that leads to the most important part still missing."""
    question = exchange.question
    points = sorted(question.points, key=lambda p: (not p.must_have, -p.weight))
    if assessment is not None and assessment.points:
        points = [question.point(gap.id) for gap in assessment.missing] or points
    for point in points:
        text = point_wording(exchange=exchange, point=point)
        if text is not None:
            return f"One part to think about: {text[:1].lower()}{text[1:]}"
    return _DIFFERENT_CASE
