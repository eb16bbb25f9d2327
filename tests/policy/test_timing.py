import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.policy import timing


@pytest.mark.parametrize(
    ("minutes", "questions"), [(1, 1), (10, 4), (20, 7), (30, 10), (None, 8)]
)
def test_plans_a_question_for_every_three_minutes(minutes, questions):
    assert timing.question_count(minutes) == questions


@pytest.mark.parametrize(
    ("minutes", "expected"), [(14, False), (15, True), (None, True)]
)
def test_warms_up_only_when_there_is_time(minutes, expected):
    assert timing.has_warm_up(minutes) is expected


@given(slots=st.integers(1, 60), warm_up=st.booleans())
@settings(deadline=None)
def test_phases_share_all_slots(slots, warm_up):
    sizes = timing.phase_sizes(slots=slots, warm_up=warm_up)

    assert sum(sizes.values()) == slots
    assert min(sizes.values()) >= 0
    assert sizes["exploration"] or slots == 1


@given(minutes=st.integers(1, 180))
@settings(deadline=None)
def test_slots_leave_a_tenth_of_the_time_for_the_closing(minutes):
    sizes = timing.phase_sizes(
        slots=timing.question_count(minutes), warm_up=timing.has_warm_up(minutes)
    )

    seconds = timing.phase_seconds(minutes=minutes, sizes=sizes)

    planned = sum(seconds[phase] * sizes[phase] for phase in seconds)
    assert planned <= minutes * 60 * 0.9 + 1e-6
    assert planned >= minutes * 60 * 0.8


def test_late_answers_have_fifteen_seconds_of_grace():
    assert not timing.is_over(-15)
    assert timing.is_over(-15.1)


def test_no_question_is_opened_in_the_last_minute():
    assert timing.is_closing_time(59.9)
    assert not timing.is_closing_time(60)


def test_an_interview_without_limit_never_runs_short():
    assert not timing.is_over(None)
    assert not timing.is_closing_time(None)
    assert not timing.is_pressed(None, must_slots=100)
    assert timing.allows_depth(None, must_slots=100)


def test_must_slots_claim_the_remaining_time():
    assert timing.is_pressed(209, must_slots=2)
    assert not timing.is_pressed(210, must_slots=2)
    assert not timing.allows_depth(299, must_slots=2)
    assert timing.allows_depth(300, must_slots=2)
