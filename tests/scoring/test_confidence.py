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
