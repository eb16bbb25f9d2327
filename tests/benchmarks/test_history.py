"""The simulation is told apart from what it measures: its meters and its yardstick."""

from interviewer.agents.history_window import AUTOMATIC, EXPLICIT, NO_CACHE
from interviewer.agents.model_types import PromptMessage
from interviewer.benchmarks.history_arms import play_full, play_ours
from interviewer.benchmarks.history_billing import Meter
from interviewer.benchmarks.history_recall import middleware_recall, recall
from interviewer.benchmarks.simulated_sessions import simulate

STABLE = PromptMessage("system", "word " * 1_276, True)  # 1,280 tokens with its frame


def prompt(tail):
    return (STABLE, PromptMessage("user", tail))


def test_without_a_cache_everything_is_paid_for():
    meter = Meter(NO_CACHE)
    for tail in ("a", "b"):
        meter.call(prompt(tail))

    assert meter.billed == meter.raw == 2 * 1_285


def test_a_repeated_beginning_is_read_at_a_tenth():
    meter = Meter(AUTOMATIC)
    for tail in ("a", "b"):
        meter.call(prompt(tail))

    assert meter.billed == 1_285 + 128 + 5


def test_an_explicit_cache_costs_extra_to_write():
    meter = Meter(EXPLICIT)
    meter.call(prompt("a"))

    assert meter.billed == 1_280 * 1.25 + 5


def test_a_changed_beginning_is_paid_for_again():
    meter = Meter(AUTOMATIC)
    meter.call(prompt("a"))
    meter.call((PromptMessage("system", "other " * 1_276, True),))

    assert meter.billed == 1_285 + 1_280


def test_the_same_seed_is_the_same_interview():
    assert simulate(turns=15, seed=4) == simulate(turns=15, seed=4)
    assert simulate(turns=15, seed=4) != simulate(turns=15, seed=5)


def test_sixty_turns_hold_twelve_corrections_among_sixty_statements():
    planted = simulate(turns=60, seed=1).planted

    assert len(planted) == 48
    assert sum(bool(fact.old) for fact in planted) == 12


def test_everything_is_remembered_of_what_is_sent_word_for_word():
    session = simulate(turns=60, seed=1)
    said = [message.content for message in session.messages]

    assert recall(session=session, record="", verbatim=said).remembered == 1
    assert recall(session=session, record="", verbatim=[]).remembered == 0


def test_the_rival_loses_what_its_trimming_keeps_from_its_model():
    session = simulate(turns=60, seed=1)
    options = {"trim_tokens_to_summarize": None}

    untrimmed = middleware_recall(session=session, high_mark=80, **options)
    default = middleware_recall(session=session, high_mark=80)

    assert untrimmed.remembered == 1
    assert default.remembered < 1


def test_a_long_interview_keeps_its_prefix_and_shrinks():
    session = simulate(turns=40, seed=1)

    ours = play_ours(session=session, profile=NO_CACHE)
    full = play_full(session=session, profile=NO_CACHE)

    assert ours.stable_turns == ours.turns_within_epoch > 0
    assert ours.meter.raw < full.meter.raw
