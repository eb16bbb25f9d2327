"""Where an answer stands before the question's graded answers are looked at.

Points first, by their weights; then what the feature model makes of the whole; then
the doubts about words that make no sentences. An answer and the graded answers that
it is compared with stand in the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from interviewer.scoring import arithmetic, result
from interviewer.scoring import calibration as c
from interviewer.scoring.arithmetic import Adjustment
from interviewer.scoring.comparison import Comparison
from interviewer.scoring.coverage import Coverage
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.feature_model import FeatureModel
from interviewer.scoring.features import features_of
from interviewer.scoring.prose import keyword_doubt, scrambled_doubt
from interviewer.scoring.result import Evidence, PointResult, StarPart
from interviewer.scoring.rubric import BEHAVIOURAL
from interviewer.scoring.star import find_parts

SUPPORTS = "supports"
CONTRADICTS = "contradicts"
MORE_THAN_POINTS = "Graders of such answers gave more than the points alone show"
LESS_THAN_POINTS = "Graders of such answers gave less than the points alone show"


@dataclasses.dataclass(frozen=True, slots=True)
class Prediction:
    """What the feature model says, from 0 to 1."""

    score: float
    error: float  # half width of the 80 % band
    share: float  # of the way from the points to it that the score goes


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """An answer's parts so far; contributions and adjustments in points of 100."""

    points: tuple[PointResult, ...]
    star: tuple[StarPart, ...]
    told: tuple[Adjustment, ...]  # what the parts of a told case add
    adjustments: tuple[Adjustment, ...]  # all of them, `told` first
    by_points: float  # the score by points and told parts alone, 0 to 1
    prediction: Prediction | None
    doubt: float  # whether this is an answer at all, 0 to 1

    @property
    def is_contradicted(self) -> bool:
        """Return whether a point is stated wrongly."""
        return any(point.status == result.CONTRADICTED for point in self.points)

    @property
    def score(self) -> float:
        """Return the score so far, from 0 to 1."""
        total = arithmetic.total(points=self.points, adjustments=self.adjustments)
        return min(1.0, max(0.0, total / 100))


def stand(
    *, comparison: Comparison, encoder: Encoder | None, model: FeatureModel
) -> Standing:
    """Return where a compared answer stands; it must have something to read."""
    question = comparison.question
    points = _points(comparison)
    star = _star(comparison)
    told = tuple(
        arithmetic.structure_adjustments(question=question, points=points, star=star)
    )
    raw = arithmetic.total(points=points, adjustments=told)
    prediction = _predict(comparison, encoder, model)
    adjustments = [*told, *_towards(prediction, points, raw)]
    left = arithmetic.total(points=points, adjustments=adjustments)
    scrambled = scrambled_doubt(comparison=comparison)
    keywords = keyword_doubt(comparison=comparison)
    adjustments += _doubts(scrambled, keywords, left)
    doubt = max(scrambled, keywords)
    return Standing(
        points, star, told, tuple(adjustments), raw / 100, prediction, doubt
    )


def _points(comparison: Comparison) -> tuple[PointResult, ...]:
    found = [
        PointResult(
            id=point.id,
            criterion=point.criterion,
            text=point.text,
            weight=point.weight,
            must_have=point.must_have,
            status=_status(coverage),
            coverage=coverage.credit,
            threshold=c.HIT_CREDIT_FROM,
            contribution=0.0,
            evidence=_evidence(comparison, point.id, coverage),
        )
        for point, coverage in zip(
            comparison.question.points, comparison.coverages, strict=True
        )
    ]
    return arithmetic.contribute(question=comparison.question, points=found)


def _status(coverage: Coverage) -> str:
    if coverage.contradiction is not None:
        return result.CONTRADICTED
    if coverage.credit >= c.HIT_CREDIT_FROM:
        return result.HIT
    return result.PARTIAL if coverage.credit > 0 else result.MISSING


def _evidence(
    comparison: Comparison, point_id: str, coverage: Coverage
) -> Evidence | None:
    if coverage.contradiction is None and coverage.credit == 0:
        return None
    unit = comparison.reading.units[coverage.unit]
    quote = comparison.reading.text[unit.start : unit.end]
    kind = SUPPORTS if coverage.contradiction is None else CONTRADICTS
    return Evidence(unit.start, unit.end, quote, kind, point_id)


def _star(comparison: Comparison) -> tuple[StarPart, ...]:
    required = comparison.question.star_required
    if not required:
        return ()
    return find_parts(reading=comparison.reading, required=required)


def _predict(
    comparison: Comparison, encoder: Encoder | None, model: FeatureModel
) -> Prediction | None:
    """Return what the feature model says; it knows explanations, not told cases."""
    reference = comparison.rubric.reference
    question = comparison.question
    if encoder is None or reference is None or question.type == BEHAVIOURAL:
        return None
    features = features_of(comparison=comparison, reference=reference, encoder=encoder)
    score, error = model.predict(features=features)
    share = 1.0 if comparison.rubric.is_model_led else c.MODEL_SHARE
    return Prediction(score, error, share)


def _towards(
    prediction: Prediction | None, points: Sequence[PointResult], raw: float
) -> Iterator[Adjustment]:
    """Yield the step from the points towards what graders gave such answers.

    Where a rubric knows wordings, what it does not find is missing: the model then
    moves an answer only as far as points are covered, and not up past a wrong one.
    """
    if prediction is None:
        return
    step = prediction.share * (100 * prediction.score - raw)
    if prediction.share < 1.0:
        step *= min(1.0, raw / 100 / c.FULL_MODEL_FROM)
        if any(point.status == result.CONTRADICTED for point in points):
            step = min(0.0, step)
    if step:
        yield MORE_THAN_POINTS if step > 0 else LESS_THAN_POINTS, step


def _doubts(scrambled: float, keywords: float, left: float) -> Iterator[Adjustment]:
    """Yield what is taken off words that make no sentences."""
    loss = (1.0 - c.DOUBTFUL_SHARE) * max(scrambled, keywords) * left
    if loss > 0 and scrambled >= keywords:
        yield "The words stand in no order that makes sentences", -loss
    elif loss > 0:
        yield "Key words are strung together without saying how they connect", -loss
