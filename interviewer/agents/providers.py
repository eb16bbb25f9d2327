"""LangChain's chat models, one per event loop, and what differs between providers.

LangChain is imported when the first model is built, never with this module.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import importlib.util
import itertools
import ssl
import threading
import weakref
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interviewer.agents.model_types import Prompt, PromptMessage, Usage
from interviewer.agents.reply_stream import Chunk

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

PACKAGES = {
    "openai": "langchain-openai",
    "anthropic": "langchain-anthropic",
    "google_genai": "langchain-google-genai",
    "ollama": "langchain-ollama",
}
MAX_CONNECTIONS = 100
_loop_numbers = itertools.count()


class UnableToUseModel(Exception):
    """The configured model cannot be used; the text says what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model, where, and how it is asked."""

    name: str  # provider:model
    base_url: str = ""  # empty: the provider's own
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    context_tokens: int = 0  # prompt and reply together; 0: unknown

    @property
    def provider(self) -> str:
        return self.name.partition(":")[0]

    @property
    def model(self) -> str:
        return self.name.partition(":")[2]


class ProviderModel:
    """A configured model of one provider; usable from any number of event loops."""

    def __init__(
        self, *, settings: ModelSettings, connect_seconds: float, total_seconds: float
    ) -> None:
        _require_package(settings)
        self._settings = settings
        self._connect_seconds = connect_seconds
        self._total_seconds = total_seconds
        # Connections belong to the loop that made them.
        self._by_loop: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[BaseChatModel, AsyncGenerator[None, None]]
        ] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        _turn_tracing_off()
        self._build()  # a wrong parameter or a missing key is found at once

    async def chunks(
        self, *, prompt: Prompt, schema: Mapping[str, Any] | None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the reply as it arrives; with a schema, the reply is JSON for it."""
        model = await self._model_of_this_loop()
        provider = self._settings.provider
        options = _options(provider, prompt.max_tokens, schema)
        messages = _messages(provider, prompt.messages)
        async for message in model.astream(messages, **options):
            yield _chunk(message)

    async def _model_of_this_loop(self) -> BaseChatModel:
        loop = asyncio.get_running_loop()
        with self._lock:
            known = self._by_loop.get(loop)
        if known is not None:
            return known[0]
        model, client = self._build()
        closing = _closing_with_the_loop(client)
        await anext(closing)
        with self._lock:
            self._by_loop[loop] = (model, closing)
        return model

    def _build(self) -> tuple[BaseChatModel, Any]:
        from langchain.chat_models import init_chat_model

        settings = self._settings
        defaults, client = self._defaults()
        options = {**defaults, **settings.parameters, "max_retries": 0}
        if settings.base_url:
            options["base_url"] = settings.base_url
        try:
            model = init_chat_model(
                settings.model, model_provider=settings.provider, **options
            )
        except Exception as error:
            raise UnableToUseModel(
                f"{settings.name} cannot be set up; check its key and"
                f" INTERVIEWER_MODEL_PARAMETERS ({type(error).__name__})."
            ) from error
        return model, client

    def _defaults(self) -> tuple[dict[str, Any], Any]:
        """Return the provider's options, and the HTTP client if it is ours."""
        total, provider = self._total_seconds, self._settings.provider
        if provider == "openai":
            client = self._openai_client()
            return {
                "http_async_client": client,
                "timeout": total,
                "stream_usage": True,
                "stream_chunk_timeout": None,  # deadlines are ours
                "use_responses_api": False,
            }, client
        if provider == "ollama":
            return {"client_kwargs": {"timeout": total}}, None
        if provider == "anthropic":
            # Clients are shared by timeout: another one, another loop's client.
            total += next(_loop_numbers) * 1e-6
        return {"timeout": total}, None

    def _openai_client(self) -> Any:
        import openai

        return openai.DefaultAsyncHttpxClient(
            timeout=openai.Timeout(self._total_seconds, connect=self._connect_seconds),
            verify=_ssl_context(),
            follow_redirects=False,
        )


def _require_package(settings: ModelSettings) -> None:
    package = PACKAGES.get(settings.provider)
    if package is None or not settings.model:
        raise UnableToUseModel(
            f"{settings.name!r} names no model; use provider:model with one of"
            f" {', '.join(PACKAGES)}."
        )
    if importlib.util.find_spec(package.replace("-", "_")) is None:
        raise UnableToUseModel(
            f"{settings.name} needs a package: run .venv/bin/pip install {package}"
        )


def _turn_tracing_off() -> None:
    """Keep prompts in the house whatever the environment says."""
    import langsmith

    langsmith.configure(enabled=False)


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    return ssl.create_default_context()  # slow to make, and good for every loop


async def _closing_with_the_loop(client: Any) -> AsyncGenerator[None, None]:
    """Close the client when the loop shuts its generators down, before it ends."""
    try:
        yield
    finally:
        if client is not None:
            await client.aclose()


def _options(
    provider: str, max_tokens: int, schema: Mapping[str, Any] | None
) -> dict[str, Any]:
    if provider == "google_genai":
        options: dict[str, Any] = {"max_output_tokens": max_tokens}
        if schema is not None:
            options["response_mime_type"] = "application/json"
            options["response_json_schema"] = schema
        return options
    if provider == "ollama":
        options = {"options": {"num_predict": max_tokens}}
        return options if schema is None else {**options, "format": schema}
    options = {"max_tokens": max_tokens}
    if schema is not None and provider == "anthropic":
        options["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    elif schema is not None:
        # As a plain field of the body: the library then leaves stream and text alone.
        options["extra_body"] = {"response_format": _response_format(schema)}
    return options


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    name = str(schema.get("title", "result"))
    body = {"name": name, "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": body}


def _messages(provider: str, messages: Sequence[PromptMessage]) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    classes = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    marks = provider == "anthropic"  # others find the stable part by themselves
    return [
        classes[m.role](
            content=_marked(m.content) if marks and m.ends_stable_part else m.content
        )
        for m in messages
    ]


def _marked(content: str) -> list[str | dict[str, Any]]:
    mark = {"cache_control": {"type": "ephemeral"}}
    return [{"type": "text", "text": content, **mark}]


def _chunk(message: AIMessageChunk) -> Chunk:
    metadata = message.response_metadata
    reason = next(
        (
            str(metadata[name])
            for name in ("finish_reason", "stop_reason", "done_reason")
            if metadata.get(name)
        ),
        "",
    )
    return Chunk(_text(message.content), _usage(message), reason)


def _text(content: str | list[str | dict[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    blocks = [{"type": "text", "text": b} if isinstance(b, str) else b for b in content]
    return "".join(b.get("text") or "" for b in blocks if b.get("type") == "text")


def _usage(message: AIMessageChunk) -> Usage | None:
    counts = message.usage_metadata
    if counts is None:
        return None
    details = counts.get("input_token_details") or {}
    return Usage(
        tokens_in=counts["input_tokens"],
        cached=details.get("cache_read") or 0,
        cache_written=details.get("cache_creation") or 0,
        tokens_out=counts["output_tokens"],
    )
