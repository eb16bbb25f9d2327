"""What MODEL_PRICES must look like, checked when the settings are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NEEDED = frozenset({"in", "out"})
KNOWN = NEEDED | {"cached", "cache_write"}


def checked_prices(prices: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the prices; raises ImproperlyConfigured with the model that is wrong."""
    for model, price in prices.items():
        if not isinstance(price, dict) or not NEEDED <= set(price) <= KNOWN:
            raise ImproperlyConfigured(
                f"MODEL_PRICES must give each model the prices in and out, and if they "
                f"differ cached and cache_write; {model!r} has {price!r}."
            )
        if not all(_is_amount(amount) for amount in price.values()):
            raise ImproperlyConfigured(
                f"MODEL_PRICES must be numbers from 0 on; {model!r} has {price!r}."
            )
    return dict(prices)


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0
