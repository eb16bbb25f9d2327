"""What the job asks for: requirement → asked → answered → quote → strength.

Read from the frozen plan and the question cards, which hold stored values only. Each
state is said as it is: what was never asked is no weakness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sessions_app.services.report_types import NeedRow, QuestionCard

NOT_ASKED = "Not asked in this interview"
NOT_REACHED = "Planned, not reached"
NO_ANSWER = "Asked, not answered"
SKIPPED = "Skipped"
NO_SCORE = "Answered, not enough to judge"
SUPPORTS = "supports"


def need_rows(
    *, plan: Mapping[str, Any], cards: Sequence[QuestionCard]
) -> tuple[NeedRow, ...]:
    """Return a row per requirement that the plan keeps account of, in its order."""
    slots = plan.get("slots", ())
    planned = [slot["requirement"] for slot in slots if slot.get("requirement")]
    # Plans of old name only the requirements that they serve.
    texts = dict.fromkeys([*plan.get("requirements", ()), *planned])
    return tuple(
        _row(
            text,
            [card for card in cards if card.requirement == text],
            is_planned=text in planned,
        )
        for text in texts
    )


def _row(text: str, cards: Sequence[QuestionCard], *, is_planned: bool) -> NeedRow:
    numbers = tuple(card.no for card in cards)
    scored = [card for card in cards if card.percent is not None]
    if scored:
        best = max(scored, key=lambda card: card.percent or 0)
        return NeedRow(
            text=text,
            state=best.word,
            is_scored=True,
            percent=best.percent,
            error=best.error,
            questions=numbers,
            quote=_quote(best),
        )
    state = _state(cards) if cards else NOT_REACHED if is_planned else NOT_ASKED
    return NeedRow(text=text, state=state, is_scored=False, questions=numbers)


def _state(cards: Iterable[QuestionCard]) -> str:
    words = {card.state_word for card in cards}
    if words & {"Answered", "Answered, not scored"}:
        return NO_SCORE
    return SKIPPED if "Skipped" in words else NO_ANSWER


def _quote(card: QuestionCard) -> str:
    """Return the words that earned the most, or the first that support a point."""
    kept = (item.quote for item in card.feedback if item.kind == "keep" and item.quote)
    marked = (
        segment.text
        for answer in card.answers
        for segment in answer.segments
        if any(mark.kind == SUPPORTS for mark in segment.marks)
    )
    return next(kept, "") or next(marked, "")
