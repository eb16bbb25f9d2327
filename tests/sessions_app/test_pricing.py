import pytest

from sessions_app.services.pricing import cost_micros, is_priced, money

MODEL = "openai:gpt-test"


@pytest.fixture
def prices(settings):
    settings.MODEL_PRICES = {
        MODEL: {"in": 0.25, "cached": 0.025, "cache_write": 0.3125, "out": 2.0},
        "local:plain": {"in": 1, "out": 3},
    }


def cost(model=MODEL, tokens_in=0, cached=0, cache_written=0, tokens_out=0):
    return cost_micros(
        model=model,
        tokens_in=tokens_in,
        cached=cached,
        cache_written=cache_written,
        tokens_out=tokens_out,
    )


def test_a_million_tokens_cost_their_price(prices):
    assert cost(tokens_in=1_000_000) == 250_000
    assert cost(tokens_out=1_000_000) == 2_000_000
    assert cost(tokens_in=1_000_000, cached=1_000_000) == 25_000
    assert cost(tokens_in=1_000_000, cache_written=1_000_000) == 312_500


def test_cached_tokens_are_not_paid_twice(prices):
    found = cost(tokens_in=1000, cached=600, cache_written=200, tokens_out=100)

    assert found == round(200 * 0.25 + 600 * 0.025 + 200 * 0.3125 + 100 * 2.0)


def test_without_a_price_of_their_own_cached_tokens_cost_what_others_do(prices):
    assert cost("local:plain", tokens_in=1000, cached=400, cache_written=100) == 1000


def test_half_a_millionth_is_rounded_up(prices):
    assert [cost(tokens_in=count) for count in (1, 2, 3)] == [0, 1, 1]


def test_decimals_are_exact(settings):
    settings.MODEL_PRICES = {MODEL: {"in": 0.1, "out": 0.1}}

    assert cost(tokens_in=5) == 1  # 0.5
    assert cost(tokens_in=10**12) == 10**11


def test_a_model_without_a_price_costs_nothing_that_is_known(prices):
    assert cost("other:model", tokens_in=1_000_000) == 0
    assert not is_priced(model="other:model")
    assert is_priced(model=MODEL)


@pytest.mark.parametrize(
    ("micros", "text"),
    [(0, "0.0000"), (1_234, "0.0012"), (999_900, "0.9999"), (12_345_678, "12.35")],
)
def test_small_amounts_keep_their_digits(micros, text):
    assert money(micros=micros) == text
