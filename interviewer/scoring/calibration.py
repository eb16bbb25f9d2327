"""The fitted numbers of the scorer, with where they come from.

VERSION changes with any of them. `bin/bench scoring --data PATH` prints what
they achieve; docs/scoring.md says how they were chosen.
"""

from __future__ import annotations

import dataclasses

VERSION = "2026.1"


@dataclasses.dataclass(frozen=True, slots=True)
class Mix:
    """How words and vectors become the coverage of a point."""

    word_share: float  # what all words of a wording prove by themselves
    vector_share: float  # what full similarity proves by itself
    cosine_floor: float  # similarity of unrelated texts
    cosine_ceiling: float  # similarity of close paraphrases
    partial_from: float  # support at which a point starts to count
    hit_from: float  # support from which a point is fully covered


WITH_ENCODER = Mix(
    word_share=0.75,
    vector_share=0.65,
    cosine_floor=0.15,
    cosine_ceiling=0.75,
    partial_from=0.30,
    hit_from=0.70,
)
WORDS_ONLY = Mix(
    word_share=1.0,
    vector_share=0.0,
    cosine_floor=0.0,
    cosine_ceiling=1.0,
    partial_from=0.20,
    hit_from=0.65,
)

PARTIAL_CREDIT_FROM = 0.25  # credited coverage from which a point is "partial"
HIT_CREDIT_FROM = 0.75  # … and from which it is a "hit"

LOOSE_ALIAS = 0.8  # all words of an alias, but not in order
PART_OF_POINT = 0.8  # a clause of a point's text proves less than the whole
