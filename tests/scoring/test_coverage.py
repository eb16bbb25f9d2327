from interviewer.scoring import result
from tests.scoring.samples import GOOD, INDEX, WRONG, judged, statuses


def test_finds_every_point_of_a_good_answer(encoder):
    assert set(statuses(GOOD, encoder=encoder).values()) <= {result.HIT, result.PARTIAL}
    assert statuses(GOOD, encoder=encoder)["measure"] == result.HIT


def test_quotes_the_words_that_prove_a_point(encoder):
    verdict = judged(GOOD, encoder=encoder)

    (measure,) = (point for point in verdict.points if point.id == "measure")
    assert "index scan counts" in measure.evidence.quote
    assert GOOD[measure.evidence.start : measure.evidence.end] == measure.evidence.quote


def test_the_model_answer_covers_its_own_points(encoder):
    verdict = judged(INDEX.reference, encoder=encoder)

    assert {point.status for point in verdict.points} == {result.HIT}


def test_an_alias_counts_as_the_point(encoder):
    answer = "The reason is write amplification, that is what makes inserts slow here."

    assert statuses(answer, encoder=encoder)["maintain"] == result.HIT


def test_words_of_the_question_prove_nothing(encoder):
    answer = (
        "An index on a busy table is a table with an index that can happen to slow."
    )

    assert judged(answer, encoder=encoder).score in (None, 0.0)


def test_a_misspelt_answer_still_covers_its_points(encoder):
    answer = GOOD.replace("update", "updaet").replace("explain", "explian")

    assert judged(answer, encoder=encoder).score >= 0.6


def test_the_opposite_of_a_point_is_stated_wrongly(encoder):
    found = statuses(WRONG, encoder=encoder)

    assert found["maintain"] == result.CONTRADICTED
    assert found["measure"] == result.CONTRADICTED
    assert judged(WRONG, encoder=encoder).score < 0.1


def test_denying_a_wrong_statement_is_not_making_it(encoder):
    answer = "It is a myth that indexes only affect reads: each write updates them too."

    assert statuses(answer, encoder=encoder)["maintain"] != result.CONTRADICTED
