from interviewer.scoring import result
from tests.scoring.samples import statuses


def test_a_phrase_of_the_rubric_in_another_context_proves_less(encoder):
    stray = (
        "For the cake I fold the napkins, then a partial index finger of sugar goes on "
        "top and my grandmother decorates everything with cherries and cream."
    )

    assert statuses(stray, encoder=encoder).get("alternative") != result.HIT
