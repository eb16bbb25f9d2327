import dataclasses

from interviewer.bank.model import Exemplar
from interviewer.scoring.comparison import compare
from interviewer.scoring.feature_model import load_model
from interviewer.scoring.graded_answers import carried
from tests.scoring.samples import GOOD, INDEX, judged

NEAR = GOOD.replace("few", "not many")
FAR = "Reading the plans and the statistics of use tells whether it is worth it."


def graded(*pairs):
    exemplars = tuple(Exemplar("graded", score, text, "") for text, score in pairs)
    return dataclasses.replace(INDEX, exemplars=exemplars)


def step(question, answer, encoder, score=0.6):
    comparison = compare(question=question, answer=answer, encoder=encoder)
    return carried(
        comparison=comparison, score=score, encoder=encoder, model=load_model()
    ).step


def test_near_answers_carry_more_than_far_ones(encoder):
    others = [(FAR, 0.3), ("The index takes cache space.", 0.3)]
    low = graded((GOOD, 0.0), *others)
    high = graded((GOOD, 1.0), *others)

    near = step(high, NEAR, encoder) - step(low, NEAR, encoder)
    far = step(high, "Usage decides.", encoder) - step(low, "Usage decides.", encoder)
    assert near > 2 * far > 0


def test_an_answer_is_not_compared_with_itself(encoder):
    others = [(FAR, 0.3), ("The index takes cache space.", 0.3), (NEAR, 0.5)]

    assert step(graded((GOOD, 0.0), *others), GOOD, encoder) == step(
        graded((GOOD, 1.0), *others), GOOD, encoder
    )


def test_two_graded_answers_say_nothing(encoder):
    assert step(graded((GOOD, 0.0), (FAR, 0.0)), NEAR, encoder) == 0.0


def test_the_step_is_named_with_its_size(encoder):
    question = graded((GOOD, 0.2), (FAR, 0.1), ("The index takes space.", 0.1))
    verdict = judged(NEAR, question=question, encoder=encoder)
    steps = dict(verdict.adjustments)

    assert steps["Graded answers to this question that resemble it earned less"] < 0


def test_equal_questions_carry_equal_steps(encoder):
    question = graded((GOOD, 0.9), (FAR, 0.2), ("The index takes space.", 0.2))

    assert step(question, NEAR, encoder) == step(question, NEAR, encoder)
