"""Checks for `manage.py check --deploy`: what one machine may do and production not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.caches, deploy=True)
def cache_and_broker_are_apart(**_: Any) -> list[CheckMessage]:
    """A server that evicts cache entries may evict queued tasks as well."""
    if settings.REDIS_CACHE_URL != settings.REDIS_URL:
        return []
    return [
        Warning(
            "The cache and the broker share one Redis server.",
            hint="Set REDIS_CACHE_URL to a server with the policy allkeys-lfu, and "
            "REDIS_URL to one with noeviction.",
            id="interviewer.W001",
        )
    ]


@register(Tags.security, deploy=True)
def proxy_is_trusted(**_: Any) -> list[CheckMessage]:
    """Without a trusted proxy nobody can tell us that a request came over TLS."""
    if not settings.IS_TLS or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "PUBLIC_URL is https, but no proxy may say that a request came over TLS: "
            "every page would redirect to itself.",
            hint="Set TRUSTED_PROXIES to the address of the proxy that does TLS.",
            id="interviewer.W002",
        )
    ]
