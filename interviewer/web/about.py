"""How scoring works, for everybody to read: its numbers are those of the code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interviewer.agents.coach import STRONG
from interviewer.scoring import calibration, confidence
from interviewer.scoring.assess import SCORER
from sessions_app.services.figures import MIN_SCORED_ANSWERS
from sessions_app.services.labels import BAND_WORDS

PUBLIC_SECONDS = 300


@require_safe
@cache_control(public=True, max_age=PUBLIC_SECONDS)
def scoring(request: HttpRequest) -> HttpResponse:
    """Show the published formula; the same bytes for everybody, so no request in it."""
    context = {"facts": scoring_facts(), "bands": bands()}
    return HttpResponse(render_to_string("interview/about_scoring.html", context))


def scoring_facts() -> dict[str, Any]:
    """Return the figures of the page, shares in percent."""
    c = calibration
    knee, worth = c.CURVE_KNEE
    return {
        "scorer": SCORER,
        "calibration": c.VERSION,
        "partial_from": _percent(c.PARTIAL_CREDIT_FROM),
        "hit_from": _percent(c.HIT_CREDIT_FROM),
        "knee": _percent(knee),
        "worth": _percent(worth),
        "structure_cap": _percent(c.MAX_STRUCTURE_WITH_GAP),
        "model_share": _percent(c.MODEL_SHARE),
        "graded_share": _percent(c.GRADED_SHARE),
        "left_at_full_doubt": _percent(c.DOUBTFUL_SHARE),
        "margin": _percent(confidence.MARGIN_WEIGHT),
        "agreement": _percent(confidence.AGREEMENT_WEIGHT),
        "nearness": _percent(confidence.NEARNESS_WEIGHT),
        "low_confidence": _percent(c.LOW_CONFIDENCE),
        "error_least": _percent(c.ERROR_AT_FULL_CONFIDENCE),
        "error_most": _percent(c.ERROR_AT_NO_CONFIDENCE),
        "min_words": c.MIN_JUDGED_WORDS,
        "strong_from": _percent(STRONG),
        "min_answers": MIN_SCORED_ANSWERS,
    }


def bands() -> list[tuple[int, str, str]]:
    """Return number, range and word of each band."""
    step = 100 / calibration.BANDS
    return [
        (number, _range(step * (number - 1), step * number), BAND_WORDS[number])
        for number in range(1, calibration.BANDS + 1)
    ]


def _range(low: float, high: float) -> str:
    return f"up to {high:.0f}" if not low else f"above {low:.0f} to {high:.0f}"


def _percent(share: float) -> int:
    return round(100 * share)
