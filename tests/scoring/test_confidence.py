import pytest

from interviewer.scoring.confidence import error_at
from tests.scoring.samples import GOOD, judged


def test_the_band_narrows_with_confidence():
    assert 0 < error_at(confidence=1.0) < error_at(confidence=0.5)


def test_clear_answers_are_judged_with_more_confidence(encoder):
    vague = (
        "It has to do with how the update and the cache and the plans work together."
    )

    assert (
        judged(GOOD, encoder=encoder).confidence
        > judged(vague, encoder=encoder).confidence
    )


def test_the_confidence_is_the_sum_of_its_parts(encoder):
    for answer in (GOOD, "I would look at the index and then at the plan of it."):
        verdict = judged(answer, encoder=encoder)
        parts = [weight * value for _, weight, value in verdict.confidence_parts]

        assert [name for name, *_ in verdict.confidence_parts] == [
            "margin",
            "agreement",
            "nearness",
        ]
        assert verdict.confidence == pytest.approx(sum(parts), abs=1e-9)
        assert sum(weight for _, weight, _ in verdict.confidence_parts) == 1
