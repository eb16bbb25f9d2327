import datetime

import pytest

from sessions_app.services.budgets import budget_level
from sessions_app.services.model_calls import store_model_calls
from tests.model_calls import new_call
from tests.people import make_session

NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
LADDER = [
    (0, "full"),
    (699, "full"),
    (700, "compact"),
    (849, "compact"),
    (850, "cheaper"),
    (999, "cheaper"),
    (1000, "embedded"),
    (50_000, "embedded"),
]


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.MODEL_SESSION_TOKENS = 0
    settings.MODEL_USER_DAY_TOKENS = 0
    settings.MODEL_DAY_TOKENS = 0


def use(session, tokens, *, now=NOON):
    """Let the session use so many tokens, a tenth of them for the output."""
    out = tokens // 10
    call = new_call(tokens_in=tokens - out, tokens_cached=0, tokens_out=out)
    store_model_calls(session=session, turn=None, calls=[call], now=now)
    session.save()


@pytest.mark.parametrize(("tokens", "level"), LADDER)
def test_the_session_goes_down_the_ladder(alice, settings, tokens, level):
    settings.MODEL_SESSION_TOKENS = 1000
    session = make_session(user=alice)
    use(session, tokens)

    assert budget_level(session=session, now=NOON) == level


@pytest.mark.parametrize(("tokens", "level"), LADDER)
@pytest.mark.parametrize("limit", ["MODEL_USER_DAY_TOKENS", "MODEL_DAY_TOKENS"])
def test_a_day_goes_down_the_same_ladder(alice, settings, limit, tokens, level):
    setattr(settings, limit, 1000)
    use(make_session(user=alice), tokens)

    other = make_session(user=alice)
    assert budget_level(session=other, now=NOON) == level


def test_the_tightest_budget_counts(alice, settings):
    settings.MODEL_SESSION_TOKENS = 10_000
    settings.MODEL_USER_DAY_TOKENS = 1_000
    settings.MODEL_DAY_TOKENS = 100_000
    session = make_session(user=alice)
    use(session, 900)

    assert budget_level(session=session, now=NOON) == "cheaper"


def test_another_persons_tokens_count_for_the_whole_day_only(alice, bob, settings):
    settings.MODEL_USER_DAY_TOKENS = 1000
    use(make_session(user=bob), 5000)
    session = make_session(user=alice)
    assert budget_level(session=session, now=NOON) == "full"

    settings.MODEL_DAY_TOKENS = 1000

    assert budget_level(session=session, now=NOON) == "embedded"


def test_a_day_begins_at_midnight_utc(alice, settings):
    settings.MODEL_USER_DAY_TOKENS = 1000
    session = make_session(user=alice)
    midnight = NOON.replace(hour=0)
    use(session, 1000, now=midnight - datetime.timedelta(microseconds=1))
    assert budget_level(session=session, now=NOON) == "full"

    use(session, 1000, now=midnight)

    assert budget_level(session=session, now=NOON) == "embedded"
    elsewhere = NOON.astimezone(datetime.timezone(datetime.timedelta(hours=14)))
    assert budget_level(session=session, now=elsewhere) == "embedded"


def test_without_limits_nothing_is_read(alice, django_assert_num_queries):
    session = make_session(user=alice)
    use(session, 10**9)

    with django_assert_num_queries(0):
        assert budget_level(session=session, now=NOON) == "full"


@pytest.mark.parametrize(
    ("limits", "queries"),
    [
        ({"MODEL_SESSION_TOKENS": 10_000}, 0),
        ({"MODEL_SESSION_TOKENS": 10_000, "MODEL_USER_DAY_TOKENS": 10_000}, 1),
        ({"MODEL_USER_DAY_TOKENS": 10_000, "MODEL_DAY_TOKENS": 10_000}, 2),
        ({"MODEL_SESSION_TOKENS": 100, "MODEL_DAY_TOKENS": 10_000}, 0),  # used up
    ],
)
def test_each_daily_limit_is_one_query(
    alice, settings, limits, queries, django_assert_num_queries
):
    session = make_session(user=alice)
    use(session, 1000)
    for name, value in limits.items():
        setattr(settings, name, value)

    with django_assert_num_queries(queries):
        budget_level(session=session, now=NOON)


def test_hits_use_no_budget(alice, settings):
    settings.MODEL_USER_DAY_TOKENS = 1000
    session = make_session(user=alice)
    hit = new_call(outcome="exact_hit", tokens_in=0, tokens_cached=0, tokens_out=0)
    store_model_calls(session=session, turn=None, calls=[hit] * 50, now=NOON)

    assert budget_level(session=session, now=NOON) == "full"
