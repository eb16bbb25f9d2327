"""Work for all cores: processes that each hold the encoder."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from interviewer.scoring.encoder import load_encoder


@contextlib.contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """Give a pool with one process per core, each with the encoder loaded."""
    with ProcessPoolExecutor(
        max_workers=os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=load_encoder,
    ) as pool:
        yield pool
