"""Vectors of single words, each computed once in a process."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from interviewer.scoring.encoder import Encoder, Vectors

MAX_KEPT = 30_000  # words; about 60 MB

_kept: dict[tuple[str, str], Vectors] = {}
_lock = threading.Lock()


def vectors_of(*, words: Sequence[str], encoder: Encoder) -> Vectors:
    """Return one unit row per word; a word's row does not depend on the others."""
    keys = [(encoder.name, word) for word in words]
    with _lock:
        known = {key: _kept[key] for key in keys if key in _kept}
    new = sorted({key for key in keys if key not in known})
    if new:
        rows = encoder.encode([word for _, word in new])
        # Rounded: the last bits of a float32 product depend on the batch.
        known |= dict(zip(new, np.round(rows, 5), strict=True))
        with _lock:
            if len(_kept) + len(new) > MAX_KEPT:
                _kept.clear()
            _kept.update({key: known[key] for key in new})
    if not keys:
        return encoder.encode([])
    return np.stack([known[key] for key in keys])
