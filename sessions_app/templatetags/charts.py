"""Charts as inline SVG: geometry here, shapes and the table of numbers in templates.

Every horizontal measure is a percentage of the drawing's width, so that a chart
fills its column while its lettering keeps the size of the text around it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django import template

from sessions_app.services.feedback import CriterionView
from sessions_app.services.report_types import CriterionSummary, QuestionCard
from sessions_app.services.self_calibration import RatedAnswer
from sessions_app.templatetags.display import as_words, read_duration, score_with_error

register = template.Library()

BAR_ROW_PX = 46
DOT_ROW_PX = 34
AMOUNT_ROW_PX = 32
AXIS_PX = 20
CALIBRATION_TOP_PX, CALIBRATION_ROW_PX = 36, 20
# The dot strip shares its line with a label on the left and numbers on the right.
STRIP_START, STRIP_END = 10.0, 50.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a chart; low and high are the ends of its band, from 0 to 100."""

    name: str
    word: str
    score: str
    percent: float | None
    low: float | None
    high: float | None
    top: int  # pixels
    note: str = ""  # evidence count, or time taken

    @property
    def text_y(self) -> int:
        return self.top + 17

    @property
    def bar_y(self) -> int:
        return self.top + 26

    @property
    def middle_y(self) -> int:
        return self.top + 31

    @property
    def strip(self) -> dict[str, float | None]:
        """Return where dot and band lie on the shorter strip, in percent."""
        return {
            name: _on_strip(getattr(self, name)) for name in ("percent", "low", "high")
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Amount:
    """One line of a chart of amounts; `text` says the amount with its unit."""

    name: str
    value: float
    text: str


@register.inclusion_tag("components/_amount_chart.html")
def amount_chart(amounts: Sequence[Amount], *, id: str, title: str) -> dict[str, Any]:
    """Draw one bar per amount from zero, the longest filling the width."""
    most = max((amount.value for amount in amounts), default=0) or 1
    rows = [
        {
            "name": amount.name,
            "text": amount.text,
            "width": 100 * amount.value / most,
            "text_y": index * AMOUNT_ROW_PX + 13,
            "bar_y": index * AMOUNT_ROW_PX + 18,
        }
        for index, amount in enumerate(amounts)
    ]
    height = len(rows) * AMOUNT_ROW_PX
    return {"id": id, "title": title, "rows": rows, "height": height}


@register.inclusion_tag("components/_bar_chart.html", takes_context=True)
def bar_chart(
    context: template.Context,
    criteria: Iterable[CriterionSummary],
    *,
    id: str,
    title: str,
) -> dict[str, Any]:
    """Draw one bar per criterion with its band; a hollow one without evidence."""
    rows = [
        _row(
            item.name,
            item.word,
            item.percent,
            item.error,
            top=index * BAR_ROW_PX,
            note=str(item.evidence_count),
        )
        for index, item in enumerate(criteria)
    ]
    return _chart(context, rows, BAR_ROW_PX, id=id, title=title)


@register.inclusion_tag("components/_bar_chart.html", takes_context=True)
def feedback_chart(
    context: template.Context, criteria: Iterable[CriterionView], *, id: str, title: str
) -> dict[str, Any]:
    """Draw one bar per criterion of a single answer, in little space."""
    rows = [
        _row(
            as_words(item.name),
            item.score_word,
            item.percent,
            None,
            top=index * BAR_ROW_PX,
        )
        for index, item in enumerate(criteria)
    ]
    return _chart(context, rows, BAR_ROW_PX, id=id, title=title) | {"compact": True}


@register.inclusion_tag("components/_dot_chart.html", takes_context=True)
def dot_chart(
    context: template.Context, questions: Iterable[QuestionCard], *, id: str, title: str
) -> dict[str, Any]:
    """Draw one dot with its band per question, and say how long each answer took."""
    rows = [
        _row(
            f"{card.no}. {card.topic}",
            card.word if card.percent is not None else card.state_word,
            card.percent,
            card.error,
            top=index * DOT_ROW_PX,
            note=read_duration(card.seconds),
        )
        for index, card in enumerate(questions)
    ]
    axis = [(_on_strip(value), value) for value in (0, 50, 100)]
    return _chart(context, rows, DOT_ROW_PX, id=id, title=title) | {"axis": axis}


@register.inclusion_tag("components/_calibration_chart.html")
def calibration_chart(
    answers: Sequence[RatedAnswer], *, id: str, title: str
) -> dict[str, Any]:
    """Draw two dots per answer, own mark and score, with the line between them."""
    rows = [
        {
            "score": _in_frame(answer.percent),
            "own": _in_frame(answer.rating_percent),
            "y": CALIBRATION_TOP_PX + index * CALIBRATION_ROW_PX,
            "text_y": CALIBRATION_TOP_PX + index * CALIBRATION_ROW_PX + 4,
        }
        for index, answer in enumerate(answers)
    ]
    end = CALIBRATION_TOP_PX + len(rows) * CALIBRATION_ROW_PX
    return {
        "id": id,
        "title": title,
        "rows": rows,
        "axis": [{"x": _in_frame(value), "value": value} for value in (0, 50, 100)],
        "rows_end": end - CALIBRATION_ROW_PX // 2,
        "axis_y": end + 4,
        "height": end + 8,
    }


def _in_frame(percent: float) -> float:
    """Return where a value lies beside the numbers of the rows, in percent."""
    return round(8 + 0.89 * percent, 2)


def _row(
    name: str,
    word: str,
    percent: float | None,
    error: float | None,
    *,
    top: int,
    note: str = "",
) -> Row:
    low = high = None
    if percent is not None and error:
        low, high = max(0.0, percent - error), min(100.0, percent + error)
    return Row(
        name=name,
        word=word,
        score=score_with_error(percent, error),
        percent=percent,
        low=low,
        high=high,
        top=top,
        note=note,
    )


def _chart(
    context: template.Context, rows: list[Row], row_px: int, *, id: str, title: str
) -> dict[str, Any]:
    height = len(rows) * row_px
    return {
        "id": id,
        "title": title,
        "rows": rows,
        "rows_height": height,
        "height": height + AXIS_PX,
        "axis_y": height + AXIS_PX - 6,
        "is_print": "print" in context["request"].GET
        if "request" in context
        else False,
    }


def _on_strip(percent: float | None) -> float | None:
    if percent is None:
        return None
    return round(STRIP_START + (STRIP_END - STRIP_START) * percent / 100, 2)
