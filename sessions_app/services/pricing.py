"""What a call of a language model costs, by the prices in MODEL_PRICES.

A price is for a million tokens, so it is also the millionths that one token costs.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

MICROS = 1_000_000  # of the currency that the prices are in


def is_priced(*, model: str) -> bool:
    """Say whether MODEL_PRICES knows this model."""
    return model in settings.MODEL_PRICES


def cost_micros(
    *, model: str, tokens_in: int, cached: int, cache_written: int, tokens_out: int
) -> int:
    """Return the cost in millionths, half a millionth rounded up; 0 without a price.

    `cached` and `cache_written` are part of `tokens_in`, and cost what other tokens
    do where no price of their own is given.
    """
    price = settings.MODEL_PRICES.get(model)
    if price is None:
        return 0
    ordinary = max(0, tokens_in - cached - cache_written)
    counted = (
        (ordinary, price["in"]),
        (cached, price.get("cached", price["in"])),
        (cache_written, price.get("cache_write", price["in"])),
        (tokens_out, price["out"]),
    )
    # Through text, because 0.1 as a float is a little more than a tenth.
    exact = sum((tokens * Decimal(str(each)) for tokens, each in counted), Decimal())
    return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def money(*, micros: int) -> str:
    """Return an amount as people read it: cents, and more digits while it is small."""
    amount = Decimal(micros) / MICROS
    return f"{amount:.4f}" if amount < 1 else f"{amount:.2f}"
