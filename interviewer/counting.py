"""Counts what the data app tells of its kept reads: it knows nobody who counts."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from interviewer.telemetry import record_cache, record_event, record_invalidation
from sessions_app.services.generations import (
    Result,
    generation_was_missing,
    was_read,
)
from sessions_app.services.invalidation import was_applied


@receiver(was_read)
def count_read(namespace: str, result: Result, **_: Any) -> None:
    record_cache(namespace, result)


@receiver(generation_was_missing)
def count_missing_generation(**_: Any) -> None:
    record_event("generation_missing")


@receiver(was_applied)
def count_invalidation(lag_seconds: float, **_: Any) -> None:
    record_invalidation(lag_seconds=lag_seconds)
