from interviewer.scoring.calibration import ERROR_AT_NO_CONFIDENCE
from tests.scoring.samples import GOOD, judged

VAGUE = "It has to do with how the update and the cache and the plans work together."


def test_the_band_narrows_with_confidence(encoder):
    half = "Every write has to update the index, and I would look into it somehow."
    clear, vague = (judged(text, encoder=encoder) for text in (GOOD, half))

    assert 0 < clear.error < vague.error <= ERROR_AT_NO_CONFIDENCE


def test_clear_answers_are_judged_with_more_confidence(encoder):
    assert (
        judged(GOOD, encoder=encoder).confidence
        > judged(VAGUE, encoder=encoder).confidence
    )
