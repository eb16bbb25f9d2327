"""Read a provider's error: what kind of failure it is and whether to try again.

Providers' libraries raise their own classes; what they share is a status code, and
since LangChain 1.8 a common base per condition. Both are read by name, so that no
library needs to be imported for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

SHORT_WAIT_SECONDS = 2.0  # the longest that a provider may ask us to wait

_STATUS_BY_BASE = {
    "ModelAuthenticationError": 401,
    "ModelPermissionDeniedError": 403,
    "ModelNotFoundError": 404,
    "ModelInvalidRequestError": 400,
    "ModelRateLimitError": 429,
    "ModelAPIError": 500,
}
_UNAUTHORIZED = (401, 403)
_RATE_LIMITED = 429
_WORTH_A_RETRY = (408, 425, 429)  # and every 5xx
_TOO_LARGE = ("ContextOverflowError",)
_REFUSED = ("ModelRefusalError",)


@dataclasses.dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with one attempt."""

    failure: str  # a FAILURES word
    detail: str = ""  # fit for a log: never the provider's own text
    is_retryable: bool = False
    wait_seconds: float | None = None  # as the provider asked


def read_error(error: BaseException, *, has_begun: bool) -> Trouble:
    """Return the trouble behind an error; `has_begun`: something was received."""
    bases = {base.__name__ for link in _chain(error) for base in type(link).__mro__}
    if bases & set(_TOO_LARGE):
        return Trouble("too_large")
    if bases & set(_REFUSED):
        return Trouble("refused")
    status = _status(error, bases)
    if status is not None:
        return _of_status(status, _retry_after(error))
    if has_begun:
        return Trouble("cut_off", type(error).__name__)
    return Trouble("unreachable", type(error).__name__, is_retryable=True)


def _of_status(status: int, wait_seconds: float | None) -> Trouble:
    detail = f"http {status}"
    if status in _UNAUTHORIZED:
        return Trouble("unauthorized", detail)
    failure = "rate_limited" if status == _RATE_LIMITED else "provider_error"
    is_retryable = status in _WORTH_A_RETRY or status >= 500
    if wait_seconds is not None and wait_seconds > SHORT_WAIT_SECONDS:
        is_retryable = False
    return Trouble(failure, detail, is_retryable, wait_seconds)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(10):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _status(error: BaseException, bases: set[str]) -> int | None:
    for link in _chain(error):
        for name in ("status_code", "code"):
            status = getattr(link, name, None)
            if isinstance(status, int) and 400 <= status <= 599:
                return status
    return next((_STATUS_BY_BASE[b] for b in bases & _STATUS_BY_BASE.keys()), None)


def _retry_after(error: BaseException) -> float | None:
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or {}
        value = headers.get("retry-after")
        if value is not None:
            return _seconds(value)
    return None


def _seconds(value: str) -> float:
    try:
        return max(0.0, float(value))
    except ValueError:
        return float("inf")  # a date: further away than we would wait
