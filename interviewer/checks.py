"""Checks of the settings: what cannot work, and what production needs beyond a machine.

The former run with every `manage.py check`, and what it says of models stops `bin/run`;
the latter with `manage.py check --deploy`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

from interviewer.agents.providers import UnableToUseModel
from interviewer.orchestrator.models import built_models
from sessions_app.services.pricing import is_priced

MODELS = "models"  # tag


@register(MODELS)
def models_are_usable(**_: Any) -> list[CheckMessage]:
    """Found here, and not in the first reply. Builds the models, if there are any."""
    try:
        built_models()
    except UnableToUseModel as error:
        return [
            Error(
                str(error),
                hint="Correct INTERVIEWER_MODEL and INTERVIEWER_CHEAP_MODEL, or leave "
                "them empty: the built-in engine needs no model.",
                id="interviewer.E001",
            )
        ]
    return []


@register(MODELS)
def models_have_prices(**_: Any) -> list[CheckMessage]:
    """Without a price a model counts as free."""
    names = {settings.INTERVIEWER_MODEL, settings.INTERVIEWER_CHEAP_MODEL} - {""}
    return [
        Info(
            f"MODEL_PRICES has no price for {name}: its calls count as free.",
            id="interviewer.I001",
        )
        for name in sorted(names)
        if not is_priced(model=name)
    ]


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
