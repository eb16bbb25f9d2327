"""What the web process does when it starts and when it stops."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from interviewer.orchestrator.background import finish_launched_turns, lend_loop
from interviewer.orchestrator.models import prepare_models
from interviewer.scoring.encoder import load_encoder

# With the server's own grace for open requests it fits into the supervisor's.
DRAIN_SECONDS = 0.5


async def run_lifespan(receive: Any, send: Any) -> None:
    """Lend the loop to background turns for as long as the server runs."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            lend_loop(asyncio.get_running_loop())
            # Loaded beside the first requests, so that no answer waits for it.
            threading.Thread(target=_prepare, name="prepare", daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        else:
            lend_loop(None)
            await finish_launched_turns(seconds=DRAIN_SECONDS)
            await send({"type": "lifespan.shutdown.complete"})
            return


def _prepare() -> None:
    prepare_models()
    load_encoder()
