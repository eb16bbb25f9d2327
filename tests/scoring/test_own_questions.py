import dataclasses

import pytest

from interviewer.bank.loader import load_bank
from interviewer.orchestrator import judging
from interviewer.policy.progress import Progress
from interviewer.scoring import result
from interviewer.scoring.assess import assess

OWN = dataclasses.replace(
    load_bank().questions[0],
    id="own.1",
    reference="",
    points=(),
    exemplars=(),
    followups=(),
)
ANSWER = "My grandmother taught me how to bake bread with rye, and I sold it."


def test_an_answer_to_a_question_without_rubric_counts_and_gets_no_score() -> None:
    assessment = assess(question=OWN, answer=ANSWER, encoder=None)

    assert assessment.gate.passed
    assert assessment.state == result.UNSCOREABLE
    assert assessment.score is None


def test_what_is_no_answer_is_still_stopped() -> None:
    assessment = assess(question=OWN, answer="I do not know.", encoder=None)

    assert assessment.gate.outcome == result.DONT_KNOW


def test_no_encoder_is_loaded_where_there_is_nothing_to_compare_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "load_encoder", lambda: pytest.fail("was loaded"))

    judgement = judging.judge_answer(
        question=OWN, progress=Progress(slot_index=0), text=ANSWER, seq=2
    )

    assert judgement.evaluation.score is None
