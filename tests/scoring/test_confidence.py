import itertools

import pytest

from interviewer.scoring.calibration import ERROR_AT_NO_CONFIDENCE
from tests.scoring.samples import GOOD, judged

VAGUE = "It has to do with how the update and the cache and the plans work together."


def test_the_band_narrows_with_confidence(encoder):
    texts = (GOOD, "Every write has to update the index.", "Usage and plans decide it.")
    verdicts = [judged(text, encoder=encoder) for text in texts]
    bands = [(v.confidence, v.error) for v in verdicts if v.error is not None]

    assert len(bands) >= 2
    for (sure, narrow), (unsure, wide) in itertools.combinations(
        sorted(bands, reverse=True), 2
    ):
        assert sure > unsure
        assert 0 < narrow < wide <= ERROR_AT_NO_CONFIDENCE


def test_clear_answers_are_judged_with_more_confidence(encoder):
    assert (
        judged(GOOD, encoder=encoder).confidence
        > judged(VAGUE, encoder=encoder).confidence
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
