import dataclasses

import pytest

from interviewer.scoring import result
from interviewer.scoring.next_band import cheapest_step
from tests.scoring.samples import INDEX, judged

MIDDLE = (
    "On every write the database has to update the index as well, which costs time. "
    "I would probably remove it if the team feels that it is slow for everybody."
)


def test_names_a_point_that_lifts_the_answer_into_the_next_band():
    verdict = judged(MIDDLE, encoder=None)

    step = cheapest_step(question=INDEX, assessment=verdict)

    assert step.point_id == "measure"
    assert step.reaches == verdict.band + 1
    assert 100 * verdict.score + step.gain > 100 * verdict.band / 5


def test_of_two_points_that_suffice_the_one_with_less_left_to_say_is_named():
    verdict = judged(MIDDLE, encoder=None)
    points = [
        dataclasses.replace(p, coverage=0.6, status=result.PARTIAL)
        if p.id == "space"
        else p
        for p in verdict.points
    ]
    near = dataclasses.replace(verdict, points=tuple(points), score=0.599, band=3)

    assert cheapest_step(question=INDEX, assessment=near).point_id == "space"


def test_says_when_no_single_point_is_enough():
    verdict = dataclasses.replace(judged(MIDDLE, encoder=None), score=0.01, band=1)
    verdict = dataclasses.replace(
        verdict,
        points=tuple(p for p in verdict.points if p.id in ("maintain", "space")),
    )

    step = cheapest_step(question=INDEX, assessment=verdict)

    assert (step.point_id, step.reaches) == ("space", None)


@pytest.mark.parametrize("answer", ["", "I don't know."])
def test_nothing_is_named_without_a_score(answer):
    verdict = judged(answer, encoder=None)

    assert cheapest_step(question=INDEX, assessment=verdict) is None


def test_nothing_is_named_when_every_point_is_covered():
    verdict = judged(INDEX.reference, encoder=None)
    whole = dataclasses.replace(
        verdict,
        points=tuple(
            dataclasses.replace(p, status=result.HIT, coverage=1.0)
            for p in verdict.points
        ),
    )

    assert cheapest_step(question=INDEX, assessment=whole) is None
