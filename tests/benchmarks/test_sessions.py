"""The suite on kept reads: that it would notice what it says it measures."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from interviewer.benchmarks.sessions import polling, races
from interviewer.benchmarks.sessions.counting import costs
from interviewer.benchmarks.sessions.rows import make_person, make_sessions, say
from interviewer.benchmarks.suite import exponent
from sessions_app.services import generations
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_sessions

SIZES = (10, 100, 1_000)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(polling, "PEOPLE", 2)
    monkeypatch.setattr(polling, "MINUTES", 5)


def test_the_races_catch_deletion_on_write() -> None:
    assert races._races(races._rival_read, count=50) > 0


def test_ours_wins_the_races() -> None:
    assert races._races(races._our_read, count=50) == 0


def test_the_races_would_catch_a_token_that_is_read_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the fill were stored under the token of the time of storing."""
    fill = generations._fill

    def late(place: Any, *, token: str, **options: Any) -> Any:
        entry = fill(place, token=token, **options)
        current = generations.client().get(
            generations.generation_key(user_id=place.owner)
        )
        if entry is not None and current is not None:
            wrong = generations.renewed(
                entry=entry,
                token=current.decode(),
                filled=generations.Filled(body=entry.body),
            )
            generations.client().set(place.key, generations.packed(wrong), ex=60)
        return entry

    monkeypatch.setattr(generations, "_fill", late)

    assert races._races(races._our_read, count=50) > 0


def test_polling_tells_stale_ways_from_ours() -> None:
    by_time = polling._play(polling.Kept, 60)
    ours = polling._play(polling.Ours, 60)

    assert by_time.stale > 0
    assert ours.stale == 0
    assert by_time.reads == ours.reads
    assert ours.filled < polling._play(polling.OnlyTokens, 60).filled


def test_counts_queries_commits_and_round_trips() -> None:
    user = make_person()
    (session,) = make_sessions(user=user, count=1, messages=2)
    list_sessions(user=user, page=PageKey())

    assert costs(lambda: list_sessions(user=user, page=PageKey())) == {
        "queries": 0,
        "commits": 0,
        "redis": 1,
    }
    assert costs(lambda: say(session))["commits"] == 1


def test_the_newest_sessions_have_the_messages() -> None:
    user = make_person()
    rows = make_sessions(user=user, count=4, messages=3, spoken=2)

    listed = list_sessions(user=user, page=PageKey()).sessions
    assert [row.message_count for row in listed] == [3, 3, 0, 0]
    assert listed[0].id == rows[0].pk


def test_the_slope_of_what_does_not_grow_is_zero_and_of_a_line_one() -> None:
    assert exponent(sizes=SIZES, costs=(2.0, 2.0, 2.0)) == pytest.approx(0)
    assert exponent(sizes=SIZES, costs=(1.0, 10.0, 100.0)) == pytest.approx(1)
