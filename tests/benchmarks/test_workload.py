import pytest

from interviewer.benchmarks.responses.workload import (
    SESSIONS,
    TURNS,
    make_workload,
    mix_of,
)

DAY = make_workload()


def test_a_day_has_the_published_mix() -> None:
    mix = mix_of(DAY)

    assert mix["sessions"] == SESSIONS == 500
    assert mix["resends"] == pytest.approx(0.05, abs=0.01)
    assert mix["double clicks"] == pytest.approx(0.03, abs=0.01)
    assert mix["reconnects"] == pytest.approx(0.02, abs=0.01)
    assert mix["closed intents"] == pytest.approx(0.08, abs=0.01)


def test_interviews_are_of_all_lengths() -> None:
    lengths = {len(session.steps) for session in DAY}

    assert (min(lengths), max(lengths)) == TURNS


def test_the_most_common_start_is_about_twice_as_common_as_the_next() -> None:
    starts = [(session.role, session.level) for session in DAY]
    counts = sorted((starts.count(start) for start in set(starts)), reverse=True)

    assert counts[0] / counts[1] == pytest.approx(2, abs=0.6)


def test_a_day_without_repeats_has_none() -> None:
    mix = mix_of(make_workload(has_repeats=False))

    assert mix == {
        "sessions": 500,
        "turns": mix_of(DAY)["turns"],
        "resends": 0,
        "double clicks": 0,
        "reconnects": 0,
        "closed intents": 0,
        "starts like an earlier one": 0,
    }


def test_equal_seeds_give_equal_days_of_any_size() -> None:
    assert make_workload(sessions=3) == make_workload(sessions=3)
    assert len(make_workload(sessions=3)) == 3
    assert make_workload(sessions=3) != make_workload(sessions=3, seed=1)
