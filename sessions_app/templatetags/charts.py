"""Charts as inline SVG: geometry here, shapes and the table of numbers in templates.

Every horizontal measure is a percentage of the drawing's width, so that a chart
fills its column while its lettering keeps the size of the text around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from sessions_app.templatetags.display import read_duration, score_with_error

register = template.Library()

BAR_ROW_PX = 46
DOT_ROW_PX = 34
# The dot strip shares its line with a label on the left and numbers on the right.
STRIP_START, STRIP_END = 12.0, 56.0


@register.inclusion_tag("components/_bar_chart.html", takes_context=True)
def bar_chart(
    context: template.Context,
    criteria: Iterable[Mapping[str, Any]],
    *,
    id: str,
    title: str,
    compact: bool = False,
) -> dict[str, Any]:
    """Draw one bar per criterion from 0 to 100, with its band and a hollow bar for none."""
    rows = [_bar(row, top=index * BAR_ROW_PX) for index, row in enumerate(criteria)]
    return {
        "request": context.get("request"),
        "id": id,
        "title": title,
        "rows": rows,
        "height": len(rows) * BAR_ROW_PX + (0 if compact else 18),
        "axis_y": len(rows) * BAR_ROW_PX + 12,
        "compact": compact,
    }


@register.inclusion_tag("components/_dot_chart.html", takes_context=True)
def dot_chart(
    context: template.Context,
    questions: Iterable[Mapping[str, Any]],
    *,
    id: str,
    title: str,
) -> dict[str, Any]:
    """Draw one dot with its range per question, and say how long each answer took."""
    rows = [_dot(row, top=index * DOT_ROW_PX) for index, row in enumerate(questions)]
    return {
        "request": context.get("request"),
        "id": id,
        "title": title,
        "rows": rows,
        "height": len(rows) * DOT_ROW_PX + 20,
        "grid_height": len(rows) * DOT_ROW_PX,
        "axis_y": len(rows) * DOT_ROW_PX + 15,
        "axis": [(_on_strip(value), value) for value in (0, 50, 100)],
    }


def _bar(row: Mapping[str, Any], *, top: int) -> dict[str, Any]:
    percent, error = row["percent"], row.get("error")
    return {
        "name": row["name"],
        "word": row.get("word") or row.get("score_word", ""),
        "score": score_with_error(percent, error),
        "evidence_count": row.get("evidence_count"),
        "percent": percent,
        "low": _bounded(percent, error, sign=-1),
        "high": _bounded(percent, error, sign=1),
        "text_y": top + 17,
        "bar_y": top + 26,
        "range_y": top + 31,
    }


def _dot(row: Mapping[str, Any], *, top: int) -> dict[str, Any]:
    percent, error = row["percent"], row.get("error")
    low, high = _bounded(percent, error, sign=-1), _bounded(percent, error, sign=1)
    return {
        "no": row["no"],
        "topic": row["topic"],
        "word": row["word"],
        "score": score_with_error(percent, error),
        "time": read_duration(row["seconds"]),
        "percent": percent,
        "x": _on_strip(percent),
        "low": _on_strip(low),
        "high": _on_strip(high),
        "text_y": top + 22,
        "line_y": top + 17,
    }


def _bounded(percent: float | None, error: float | None, *, sign: int) -> float | None:
    """Return one end of the band within 0 to 100, or None without a band."""
    if percent is None or not error:
        return None
    return max(0.0, min(100.0, percent + sign * error))


def _on_strip(percent: float | None) -> float | None:
    if percent is None:
        return None
    return round(STRIP_START + (STRIP_END - STRIP_START) * percent / 100, 2)
