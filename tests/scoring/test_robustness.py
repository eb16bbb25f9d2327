"""Suite G over the bank: scores move when they should, and only then.

Cases that hold for every question stand in HARD_CASES. The others are measured, and
may not fall below the rates here; `bin/bench scoring` prints the current ones over more
of the bank. Here cheap cases see every question by words, the others a share of it.
"""

import pytest

from interviewer.bank.loader import load_bank
from interviewer.benchmarks.robustness import CASES, HARD_CASES, measure

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
CHEAP = {
    "reference_is_strong",
    "nothing_is_gated",
    "echo_is_gated",
    "echo_earns_nothing",
    "fluent_wrong_is_low",
    "terse_right_is_high",
    "instructions_alone_are_gated",
}
# Questions that the other cases see, whatever the size of the bank; the same ones,
# since preparing a rubric and its graded answers costs more than judging an answer.
MOST_BY_WORDS = 12
MOST_ENCODED = 6
CHANCE = 1.5  # trials that may fail in a sample beside those of the whole bank


def sample(name, encoder):
    """Return the bank's questions that a case sees, spread evenly."""
    questions = load_bank().questions
    if name in CHEAP and encoder is None:
        return questions
    most = MOST_BY_WORDS if encoder is None else MOST_ENCODED
    return questions[:: -(-len(questions) // most)]


def test_every_case_is_either_hard_or_has_a_floor():
    assert set(CASES) == set(HARD_CASES) | set(LEAST_RATES)


@pytest.mark.parametrize("name", HARD_CASES)
def test_holds_for_every_question(name, encoder):
    found = measure(case=CASES[name], questions=sample(name, encoder), encoder=encoder)

    assert found.trials > 0
    assert found.failing == ()


@pytest.mark.parametrize("name", LEAST_RATES)
def test_holds_nearly_always(name, encoder):
    found = measure(case=CASES[name], questions=sample(name, encoder), encoder=encoder)

    failed = found.trials - found.passed
    assert failed <= (1 - LEAST_RATES[name]) * found.trials + CHANCE, found.failing
