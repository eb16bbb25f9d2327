"""How values are shown: form fields, band words with their shape, marked evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sessions_app.models.self_rating import HIGHEST
from sessions_app.services.labels import POSTURES
from sessions_app.services.self_ratings import RATING_WORDS
from sessions_app.services.spans import Mark, Segment

register = template.Library()

# A status is a word and a shape, so that it never rests on color alone.
BAND_SHAPES = {
    "Strong": "strong",
    "Solid": "solid",
    "Developing": "developing",
    "Needs work": "weak",
}
FILLED = {
    "strong": "M6 1 11.5 11H.5z",
    "solid": "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z",
    "hit": "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z",
    "developing": "M6 .5 11.5 6 6 11.5.5 6z",
    "weak": "M.5 1h11L6 11z",
    "contradicted": "M.5 1h11L6 11z",
    "partial": "M6 1a5 5 0 0 1 0 10z",
}
RING = "M6 1.75a4.25 4.25 0 1 1 0 8.5 4.25 4.25 0 0 1 0-8.5z"


@register.inclusion_tag("components/_field.html")
def form_field(
    field: BoundField, hint: str = "", counted: bool = False
) -> dict[str, Any]:
    """Show a field with label, hint and errors, joined to its control for everybody."""
    hint = hint or str(field.help_text)
    described_by = " ".join(
        f"{field.auto_id}_{part}"
        for part, present in (("helptext", hint), ("error", field.errors))
        if present
    )
    # A placeholder that repeats the label is read twice and looks like an answer.
    attributes: dict[str, Any] = {"class": "input", "placeholder": False}
    if described_by:
        attributes["aria-describedby"] = described_by
    if counted:
        attributes["data-counted"] = ""
    is_check = isinstance(field.field.widget, CheckboxInput)
    return {
        "field": field,
        "hint": hint,
        "described_by": described_by,
        "is_check": is_check,
        "is_group": field.use_fieldset,
        "control": field.as_widget(attrs={} if is_check else attributes),
    }


@register.simple_tag
def band(word: str) -> SafeString:
    """Show a band word with the shape that belongs to it."""
    return _worded_shape(BAND_SHAPES.get(word, "none"), word)


@register.simple_tag
def shape(kind: str, word: str) -> SafeString:
    """Show a word with the shape and color of its kind, such as a point's status."""
    return _worded_shape(kind, word)


@register.simple_tag
def evidence(segments: Iterable[Segment], *scope: str | int) -> SafeString:
    """Show an answer with its evidence marked and each mark linked to its point.

    scope: what makes ids unique on the page, such as "question", 3. The first link
    of evidence n has the id `<scope>-evidence-<n>`, so that a point can lead back to
    the words that it rests on.
    """
    prefix = "-".join(str(part) for part in scope)
    seen: set[int] = set()
    return format_html_join("", "{}", ((_segment(s, prefix, seen),) for s in segments))


@register.filter
def as_words(code: str) -> str:
    """Show a stored code, such as "trade_offs", as words."""
    return code.replace("_", " ").capitalize()


@register.filter
def posture(code: str) -> str:
    """Say what an answer still needs, in a sentence."""
    return POSTURES.get(code, "")


@register.filter
def own_rating(value: int) -> str:
    """Show a candidate's own mark: "4 of 5 (good)"."""
    return f"{value} of {HIGHEST} ({RATING_WORDS[value].lower()})"


@register.simple_tag
def rating_choices() -> list[tuple[int, str]]:
    """Return the marks that candidates may give themselves."""
    return list(RATING_WORDS.items())


@register.filter
def signed(value: float, digits: int = 1) -> str:
    """Show a difference with its sign, and the true minus: "+4.0", "−2.5"."""
    shown = f"{abs(value):.{digits}f}"
    if not float(shown):
        return shown
    return f"{'−' if value < 0 else '+'}{shown}"


@register.filter
def moved(difference: int) -> str:
    """Say a difference in points in words."""
    if not difference:
        return "as before"
    return f"{abs(difference)} {'more' if difference > 0 else 'less'} than before"


@register.filter
def duration(seconds: float | None) -> str:
    """Say a number of seconds in words."""
    return read_duration(seconds)


@register.simple_tag
def score(percent: float | None, error: float | None = None) -> str:
    """Say a score with its uncertainty, or that there is none."""
    return score_with_error(percent, error)


def read_duration(seconds: float | None) -> str:
    """Return "1 min 40 s", or a dash when nothing was measured."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def score_with_error(percent: float | None, error: float | None) -> str:
    """Return "68 ± 7", or "no score"."""
    if percent is None:
        return "no score"
    return f"{percent:.0f} ± {error:.0f}" if error else f"{percent:.0f}"


def _worded_shape(kind: str, word: str) -> SafeString:
    ring = format_html(
        '<path d="{}" fill="none" stroke="currentColor" stroke-width="1.5"/>', RING
    )
    fill = format_html('<path d="{}" fill="currentColor"/>', FILLED.get(kind, ""))
    shape = fill if kind in FILLED else ring
    if kind == "partial":
        shape = ring + fill
    return format_html(
        '<span class="band" data-band="{}"><svg viewBox="0 0 12 12" width="11" '
        'height="11" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        kind,
        shape,
        word,
    )


def _segment(segment: Segment, prefix: str, seen: set[int]) -> SafeString | str:
    if not segment.marks:
        return segment.text
    links = [_evidence_link(mark, prefix, seen) for mark in segment.marks]
    return format_html(
        '<mark class="evidence" data-kind="{}">{}</mark>{}',
        _shown_kind(segment.marks),
        segment.text,
        format_html_join("", "{}", ((link,) for link in links)),
    )


def _evidence_link(mark: Mark, prefix: str, seen: set[int]) -> SafeString:
    anchor = ""
    if mark.n not in seen:
        seen.add(mark.n)
        anchor = format_html(' id="{}-evidence-{}"', prefix, mark.n)
    return format_html(
        '<a class="evidence-link"{} href="#{}" '
        'aria-label="Evidence {} for {}">[{}]</a>',
        anchor,
        mark.target_id,
        mark.n,
        mark.label,
        mark.n,
    )


def _shown_kind(marks: Iterable[Mark]) -> str:
    """Return the kind that a shared segment shows: a contradiction is never hidden."""
    kinds = {mark.kind for mark in marks}
    return next((k for k in ("contradicts", "supports") if k in kinds), "star")
