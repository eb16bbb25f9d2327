"""From a stored evaluation to what a report may say: nothing without its proof.

Every quote is compared with the answer again. A claim whose quote does not stand
there is dropped, whoever made it.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sessions_app.models import Evaluation
from sessions_app.services.explaining import balanced, explain
from sessions_app.services.figures import OBSERVED
from sessions_app.services.labels import band_word, engine_label
from sessions_app.services.report_types import (
    CriterionScore,
    FeedbackItem,
    OutlineView,
    PointView,
    StarView,
    Verdict,
)
from sessions_app.services.spans import Mark, Span, is_verified

STATUS_WORDS = {
    "hit": "Covered",
    "partial": "Partly covered",
    "missing": "Missing",
    "contradicted": "Stated wrongly",
}
UNSCORED_REASONS = {
    "insufficient": "There was too little in the answer to judge it.",
    "unscoreable": "The answer could not be judged.",
    "declined": "You chose not to answer this question.",
    "not_known": "You said that you do not know this yet.",
}
NO_RUBRIC = (
    "Your own question has no rubric to judge by, so the answer has no score. That "
    "lowers nothing."
)
STRUCTURE = "structure"  # the criterion that STAR parts are evidence for

_Claim = Mapping[str, Any]  # a stored point or STAR part


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """The verified spans of an evaluation, numbered in order of the text."""

    spans: tuple[Span, ...]
    numbers: Mapping[str, int]  # target id → number


def read_verdict(
    *, evaluation: Evaluation, text: str, prefix: str
) -> tuple[Verdict, tuple[Span, ...]]:
    """Return what the evaluation proves, and the spans of the text that prove it.

    text: the answers in the journal that it is about, joined by a blank line
    prefix: of the element ids, unique on the page
    Raises KeyError, TypeError or ValueError when the stored result is malformed.
    """
    result = evaluation.result
    points = [
        point
        for point in result.get("points", ())
        if point["status"] == "missing" or _is_proven(point, text)
    ]
    star = [
        part
        for part in result.get("star", ())
        if not part["found"] or _is_proven(part, text)
    ]
    evidence = _number(
        [
            *((f"{prefix}-point-{p['id']}", p["criterion"], p) for p in points),
            *((f"{prefix}-star-{s['part']}", s["part"], s) for s in star),
        ]
    )
    views, adjustments = balanced(
        evaluation=evaluation,
        points=[_point_view(point, evidence, prefix) for point in points],
    )
    verdict = Verdict(
        percent=as_percent(evaluation.score_in_force),
        error=as_percent(evaluation.error_in_force),
        word=band_word(score=evaluation.score_in_force),
        reason=_reason(evaluation),
        criteria=_criteria(evaluation, points, star),
        points=views,
        star=tuple(_star_view(s, evidence, prefix) for s in star),
        adjustments=adjustments,
        outline=tuple(
            OutlineView(kind=line["mark"], text=line["text"])
            for line in evaluation.outline
        ),
        feedback=_feedback(evaluation, text, evidence, prefix),
        posture=str(evaluation.feedback.get("posture", "")),
        next_band=str(evaluation.feedback.get("next_anchor", "")),
        explanation=explain(
            evaluation=evaluation, points=views, adjustments=adjustments
        ),
        provenance=f"Judged by {evaluation.engine}",
        provenance_tag=engine_label(
            versions=dict(result.get("versions", ())), engine=evaluation.engine
        ),
        evaluation_id=evaluation.pk,
        is_changed=evaluation.override is not None,
        original_percent=as_percent(evaluation.score),
    )
    return verdict, evidence.spans


def counting_evaluation(
    *, evaluations: Iterable[Evaluation], slot: int
) -> Evaluation | None:
    """Return the judgement that counts for a question: the last with a score, or last.

    evaluations: counted ones, in the order of their answers
    """
    of_question = [row for row in evaluations if row.slot == slot]
    scored = [row for row in of_question if row.is_scored]
    candidates = scored or of_question
    return candidates[-1] if candidates else None


def as_percent(value: float | None) -> int | None:
    """Return the whole percent of a figure from 0.0 to 1.0."""
    return None if value is None else round(100 * value)


def _is_proven(claim: _Claim, text: str) -> bool:
    return is_verified(text=text, evidence=claim.get("evidence") or {})


def _number(claims: Sequence[tuple[str, str, _Claim]]) -> Evidence:
    proven = sorted(
        (claim for claim in claims if claim[2].get("evidence")),
        key=lambda claim: (claim[2]["evidence"]["start"], claim[2]["evidence"]["end"]),
    )
    spans = tuple(
        Span(
            start=claim["evidence"]["start"],
            end=claim["evidence"]["end"],
            mark=Mark(
                n=n, kind=claim["evidence"]["kind"], target_id=target, label=label
            ),
        )
        for n, (target, label, claim) in enumerate(proven, start=1)
    )
    return Evidence(
        spans=spans, numbers={span.mark.target_id: span.mark.n for span in spans}
    )


def _reason(evaluation: Evaluation) -> str:
    if evaluation.is_scored:
        return ""
    gate = evaluation.result.get("gate") or {}
    if (evaluation.state, gate.get("outcome")) == ("unscoreable", "passed"):
        return NO_RUBRIC
    return gate.get("reason") or UNSCORED_REASONS.get(
        evaluation.state, UNSCORED_REASONS["unscoreable"]
    )


def _criteria(
    evaluation: Evaluation, points: Sequence[_Claim], star: Sequence[_Claim]
) -> tuple[CriterionScore, ...]:
    observed = [
        criterion
        for criterion in evaluation.result.get("criteria", ())
        if criterion["state"] == OBSERVED and criterion["score"] is not None
    ]
    counts = Counter(point["criterion"] for point in points if point.get("evidence"))
    counts[STRUCTURE] += sum(1 for part in star if part.get("evidence"))
    error = _criterion_error(evaluation.error, [c["weight"] for c in observed])
    return tuple(
        CriterionScore(
            name=criterion["name"],
            score=float(criterion["score"]),
            error=error,
            evidence_count=counts[criterion["name"]],
        )
        for criterion in observed
    )


def _criterion_error(error: float | None, weights: Sequence[float]) -> float | None:
    """Return the error of one criterion from that of their weighted mean.

    Propagation read backwards, taking the criteria as equally uncertain and
    independent: error of the mean = error of each x sqrt(sum of squared weights).
    """
    if error is None or not weights:
        return None
    return min(0.5, error * math.fsum(weights) / math.hypot(*weights))


def _point_view(point: _Claim, evidence: Evidence, prefix: str) -> PointView:
    anchor = f"{prefix}-point-{point['id']}"
    return PointView(
        id=point["id"],
        anchor=anchor,
        text=point["text"],
        criterion=point["criterion"],
        status=point["status"],
        status_word=STATUS_WORDS[point["status"]],
        weight=float(point["weight"]),
        must_have=bool(point["must_have"]),
        contribution=float(point["contribution"]),
        coverage_percent=round(100 * point["coverage"]),
        threshold_percent=round(100 * point["threshold"]),
        evidence_n=evidence.numbers.get(anchor),
    )


def _star_view(part: _Claim, evidence: Evidence, prefix: str) -> StarView:
    anchor = f"{prefix}-star-{part['part']}"
    return StarView(
        part=part["part"],
        anchor=anchor,
        found=bool(part["found"]),
        required=bool(part["required"]),
        evidence_n=evidence.numbers.get(anchor),
    )


def _feedback(
    evaluation: Evaluation, text: str, evidence: Evidence, prefix: str
) -> tuple[FeedbackItem, ...]:
    return tuple(
        FeedbackItem(
            kind=item["kind"],
            quote=item["quote"] if item["quote"] in text else "",
            criterion=item["criterion"],
            gap=item["gap"],
            advice=item["advice"],
            anchor=_anchor(str(item.get("source", "")), evidence, prefix),
        )
        for item in evaluation.feedback.get("items", ())
    )


def _anchor(source: str, evidence: Evidence, prefix: str) -> str:
    for target in (f"{prefix}-point-{source}", f"{prefix}-star-{source}"):
        if target in evidence.numbers:
            return f"{prefix}-evidence-{evidence.numbers[target]}"
    return prefix
