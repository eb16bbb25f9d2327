"""Why a language model's words were not used, as people are told in room and report."""

from __future__ import annotations

_LATE = "did not answer in time"
_UNUSABLE = "gave an answer that could not be used"
# By the chat models' codes.
TROUBLES = {
    "breaker_open": "was left alone after failing several times",
    "busy": "was busy",
    "over_budget": "was not asked, to stay within the token budget",
    "unauthorized": "refused our key",
    "rate_limited": "was busy",
    "provider_error": "reported an error",
    "unreachable": "could not be reached",
    "first_token_late": _LATE,
    "stalled": _LATE,
    "too_slow": _LATE,
    "cut_off": "broke off",
    "refused": "declined to answer",
    "too_large": "could not take in so long a conversation",
}


def what_went_wrong(*, failure: str) -> str:
    """Return the beginning of a sentence: what the model did."""
    return f"The language model {TROUBLES.get(failure, _UNUSABLE)}"
