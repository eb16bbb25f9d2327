"""Suite G over the bank: scores move when they should, and only then.

Cases that hold for every question stand in HARD_CASES. The others are measured, and
may not fall below the rates here; `bin/bench scoring` prints the current ones.
"""

import pytest

from interviewer.bank.loader import load_bank
from interviewer.benchmarks.robustness import CASES, measure
from interviewer.benchmarks.scoring import HARD_CASES

# Floors a little below the rates measured with the encoder and by words alone.
LEAST_RATES = {
    "echo_earns_nothing": 0.97,
    "other_answer_earns_little": 0.78,
    "scrambled_earns_half": 0.97,
    "negated_is_stated_wrongly": 0.95,
    "better_scores_higher": 0.96,
    "padding_changes_little": 0.95,
    "repeating_changes_nothing": 0.96,
    "reordering_changes_little": 0.96,
    "typos_cost_little": 0.92,
    "markers_change_nothing": 0.96,
    "instructions_never_help": 0.98,
    "adding_a_point_raises": 0.97,
    "deleting_a_point_lowers": 0.83,
}
ENCODED_SAMPLE = 6  # every so many questions; all are measured by `bin/bench`


@pytest.fixture
def questions(encoder):
    """The whole bank by words, a sample of it with the slower encoder."""
    questions = load_bank().questions
    return questions if encoder is None else questions[::ENCODED_SAMPLE]


def test_every_case_is_either_hard_or_has_a_floor():
    assert set(CASES) == set(HARD_CASES) | set(LEAST_RATES)


@pytest.mark.parametrize("name", HARD_CASES)
def test_holds_for_every_question(name, encoder, questions):
    found = measure(case=CASES[name], questions=questions, encoder=encoder)

    assert found.failing == ()


@pytest.mark.parametrize("name", LEAST_RATES)
def test_holds_nearly_always(name, encoder, questions):
    found = measure(case=CASES[name], questions=questions, encoder=encoder)

    assert found.rate >= LEAST_RATES[name], found.failing
