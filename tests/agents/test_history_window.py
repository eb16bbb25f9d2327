import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.agents.history_window import (
    AUTOMATIC,
    EXPLICIT,
    NO_CACHE,
    Spoken,
    cut_before,
    high_mark,
    is_over_hard_cap,
    may_swap,
    plan_fold,
    prepare_mark,
    profile_of,
)

WINDOW = 20


def journal(turns, *, tokens=100, asides=()):
    """Opening, then question and answer in turn; a clarification in some turns."""
    messages = [Spoken(1, "interviewer", "opening", tokens)]
    for turn in range(1, turns + 1):
        kinds = [("interviewer", "question"), ("candidate", "answer")]
        if turn in asides:
            kinds[1:1] = [("candidate", "clarify"), ("interviewer", "clarify")]
        for role, kind in kinds:
            messages.append(Spoken(len(messages) + 1, role, kind, tokens, turn))
    return messages


def plan(messages, profile=NO_CACHE, epoch=0):
    return plan_fold(messages=messages, epoch=epoch, profile=profile, window=WINDOW)


def swaps(messages, upto_seq, profile=NO_CACHE):
    return may_swap(
        messages=messages, upto_seq=upto_seq, profile=profile, window=WINDOW
    )


def test_a_short_history_is_not_folded():
    assert plan(journal(11)) is None


def test_a_fold_is_prepared_before_it_is_needed_and_used_after():
    early, late = journal(12), journal(15)

    assert plan(early).upto_seq == 9
    assert not swaps(early, 9)
    assert swaps(late, 9)


@pytest.mark.parametrize("profile", [NO_CACHE, AUTOMATIC])
def test_an_epoch_lasts_many_turns(profile):
    folds, covered, epoch, ready = 0, 0, 0, None
    for turns in range(1, 121):
        verbatim = journal(turns)[covered:]
        ready = ready or plan(verbatim, profile, epoch)
        if ready and swaps(verbatim, ready.upto_seq, profile):
            covered, epoch, ready = ready.upto_seq, ready.number, None
            folds += 1
            assert len(journal(turns)[covered:]) >= WINDOW

    assert 0 < folds <= 120 / (5 if profile is NO_CACHE else 10)


def test_a_provider_that_caches_beginnings_is_folded_later():
    assert high_mark(profile=NO_CACHE, window=WINDOW) == 30
    assert high_mark(profile=EXPLICIT, window=WINDOW) == 80
    assert prepare_mark(profile=EXPLICIT, window=WINDOW) == 64
    assert profile_of(model="anthropic:some-model") is EXPLICIT
    assert profile_of(model="") is NO_CACHE


def test_long_messages_are_folded_before_they_fill_the_context():
    messages = journal(11, tokens=1_000)

    assert plan(messages) is not None
    assert is_over_hard_cap(messages=messages, profile=NO_CACHE, window=WINDOW)


def test_every_fourth_epoch_is_made_from_the_originals():
    made = [plan(journal(15), epoch=epoch).is_rebuild for epoch in range(8)]

    assert made == [False, False, False, True] * 2


@given(
    turns=st.integers(1, 60),
    asides=st.sets(st.integers(1, 60)),
    at_most=st.integers(-5, 200),
)
def test_a_cut_never_separates_a_question_from_its_answer(turns, asides, at_most):
    messages = journal(turns, asides=asides)

    cut = cut_before(messages=messages, at_most=at_most)

    assert cut <= max(0, at_most)
    kept = {message.question_no for message in messages[cut:]}
    assert not kept & {message.question_no for message in messages[:cut]} - {None}
