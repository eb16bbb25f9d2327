"""The candidate's questions at the end, rated apart from all answers.

The rating of each question was stored with the reply to it; here they are added up.
Having asked nothing is no zero: nothing was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sessions_app.models import Message
from sessions_app.services.report_types import InquiryCriterion, InquiryView

MAX_STRONGER = 3
MAX_NEED_CHARACTERS = 90
# Key of the stored rating → what it means, and its points; 5 in all.
CRITERIA = {
    "is_specific": ("Takes up the job, the company or this conversation", 2),
    "is_new": ("Is not answered by the job description", 1),
    "is_open": ("Is open, and is about a decision, a risk or a change", 1),
    "is_beyond_pay": ("Is about more than pay, leave or perks", 1),
}
APART = "This score stands apart: it is no part of the overall one."
ASKED_NOTHING = (
    "You asked nothing, so there is nothing to rate. In a real interview it is worth "
    "having two questions ready."
)
ABOUT_A_NEED = (
    "You ask for “{need}”. What makes that hard at the moment?",
    "When it comes to “{need}”, which decision is still open?",
)
ALWAYS_GOOD = (
    "What should the person in this role have changed after six months, and how "
    "will you tell?",
    "Which risk in the team's work worries you most, and who works on it?",
    "What did the last person who did well in this role do differently?",
)


def inquiry_view(
    *, plan: Mapping[str, Any], messages: Sequence[Message]
) -> InquiryView | None:
    """Return what the questions show; None when there was no invitation to ask."""
    if not any(message.kind == Message.Kind.INVITE for message in messages):
        return None
    asked = [
        message.content
        for message in messages
        if message.kind == Message.Kind.INQUIRY and message.content
    ]
    ratings = [m.details["inquiry"] for m in messages if m.details.get("inquiry")]
    stronger = tuple(_stronger(plan, asked))
    if not ratings:
        return InquiryView(
            asked=tuple(asked),
            score=None,
            sentence=ASKED_NOTHING,
            criteria=(),
            stronger=stronger,
        )
    criteria = tuple(
        InquiryCriterion(
            text=text,
            points=points,
            is_shown=any(rating.get(name) for rating in ratings),
        )
        for name, (text, points) in CRITERIA.items()
    )
    score = sum(row.points for row in criteria if row.is_shown)
    return InquiryView(
        asked=tuple(asked),
        score=score,
        sentence=f"{score} of 5 points. {APART}",
        criteria=criteria,
        stronger=stronger,
    )


def _stronger(plan: Mapping[str, Any], asked: Iterable[str]) -> Iterable[str]:
    """Yield three questions that would show more, on needs first."""
    said = " ".join(asked).lower()
    needs = [
        need
        for need in plan.get("requirements", ())
        if len(need) <= MAX_NEED_CHARACTERS and need.lower() not in said
    ]
    about = [
        wording.format(need=need)
        for wording, need in zip(ABOUT_A_NEED, needs, strict=False)
    ]
    yield from [*about, *ALWAYS_GOOD][:MAX_STRONGER]
